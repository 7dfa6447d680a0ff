"""The server: every service of moto on one loopback port, with CloudFormation, functions and state machines of this package."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

import moto.cloudformation.urls as cloudformation_urls
from moto import settings
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

from emulator.aws import PORT_VARIABLE
from emulator.bucket_policies import install_bucket_policies
from emulator.cloudformation_api import CloudFormationApi
from emulator.functions import FunctionFolders, install_runner
from emulator.jobs import Outcomes
from emulator.moto_gaps import install_moto_gaps
from emulator.provisioning import Provisioner
from emulator.resources.api import ServiceApi
from emulator.resources.attached import AttachedResources
from emulator.resources.custom import AnswerDesk, CustomResources
from emulator.resources.moto_models import MotoModels
from emulator.resources.recorded import NothingBehind
from emulator.stacks import StackStore
from emulator.state_machines import install_job_integrations

ANSWERS = "/emulator-answer/"
OUTCOMES = "/emulator-outcomes"
READY = "/emulator-ready"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def application(desk: AnswerDesk, outcomes: Outcomes) -> Application:
    """moto's dispatcher; in front of it are the desk where custom resources answer, and the place to say how jobs will end."""
    services = DomainDispatcherApplication(create_backend_app)

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path == READY:
            return _say(start_response, "200 OK")
        if path == OUTCOMES:
            outcomes.say(_body(environ))
            return _say(start_response, "200 OK")
        if path.startswith(ANSWERS):
            known = desk.receive(path.removeprefix(ANSWERS), _body(environ))
            return _say(start_response, "200 OK" if known else "404 Not Found")
        return services(environ, start_response)  # type: ignore[no-any-return]

    return serve


def _body(environ: dict[str, Any]) -> Any:
    return json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))


def _say(start_response: Callable[..., Any], status: str) -> list[bytes]:
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]


def install(desk: AnswerDesk, folders: FunctionFolders, outcomes: Outcomes) -> None:
    """Put this package's parts in the place of moto's."""
    CloudFormationApi.store = StackStore()
    CloudFormationApi.provisioner = Provisioner(
        [NothingBehind(), CustomResources(desk), AttachedResources(), ServiceApi(), MotoModels()]
    )
    cloudformation_urls.url_paths["{0}/$"] = CloudFormationApi.dispatch
    install_moto_gaps()
    install_bucket_policies()
    install_runner(folders)
    install_job_integrations(outcomes)


def serve(port: int) -> None:
    """Listen on `port` of loopback until the process is told to end."""
    os.environ[PORT_VARIABLE] = str(port)
    settings.moto_server_host = lambda: "http://localhost"
    desk, folders, outcomes = AnswerDesk(), FunctionFolders(), Outcomes()
    install(desk, folders, outcomes)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        run_simple("127.0.0.1", port, application(desk, outcomes), threaded=True, request_handler=MotoRequestHandler)
    finally:
        folders.remove()
