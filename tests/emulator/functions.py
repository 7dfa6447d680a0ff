"""Lambda functions run for real, in a process of their own instead of a container."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend

from emulator.aws import LONGEST_SECONDS, PORT_VARIABLE, endpoint

RUNNERS = Path(__file__).parent / "runners"
STOOD_IN = ("helm/helm", "kubectl/kubectl")
"""Large programs that are never run here: see ``runners/cluster_tools.py``."""
NODE_MODULES = Path(__file__).parents[2] / "node_modules"


class FunctionFolders:
    """Where the code and the layers of functions are unpacked; one folder a content, gone with the server."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.root = Path(tempfile.mkdtemp(prefix="emulator-functions-"))

    def unpacked(self, name: str, archives: list[bytes]) -> Path:
        folder = self.root / name
        with self.lock:
            if not folder.exists():
                partial = Path(tempfile.mkdtemp(dir=self.root))
                for archive in archives:
                    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                        _extract(opened, partial)
                partial.rename(folder)
        return folder

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)


def _extract(opened: zipfile.ZipFile, folder: Path) -> None:
    """Everything in it, with the permissions that make a program one."""
    # The archives are the ones that this machine just packed, and ZipFile keeps names inside the folder.
    for member in opened.infolist():
        if member.filename in STOOD_IN:
            continue
        path = Path(opened.extract(member, folder))
        mode = member.external_attr >> 16
        if mode and not path.is_dir() and mode & stat.S_IXUSR:
            path.chmod(path.stat().st_mode | stat.S_IXUSR)


def install_runner(folders: FunctionFolders) -> None:
    """Let moto's functions run here, with the unpacked layers for ``/opt``."""
    clusters = folders.root / "clusters"
    clusters.mkdir()

    def invoke(self: Any, event: str | None = None) -> tuple[str, bool, str]:
        self.logs_backend.ensure_log_group(self.logs_group_name)
        code = folders.unpacked(self.code_sha_256.replace("/", "_"), [self.code_bytes])
        layers = _layers_of(self)
        opt = folders.unpacked("layers-" + hashlib.sha256(" ".join(layers).encode()).hexdigest(), list(layers.values()))
        with tempfile.TemporaryDirectory(dir=folders.root) as scratch:
            done = subprocess.run(
                [*_runner(self.run_time), str(code), self.handler],
                input=event if isinstance(event, str) else json.dumps(event or {}),
                capture_output=True,
                text=True,
                env=_environment(self, opt, clusters, scratch),
                timeout=LONGEST_SECONDS,
                check=False,
            )
        lines = done.stdout.splitlines()
        self.save_logs(done.stderr + done.stdout)
        return (lines or ["null"])[-1], done.returncode != 0, os.linesep.join(lines[:-1])

    LambdaFunction._invoke_lambda = invoke


def _runner(runtime: str) -> list[str]:
    if runtime.startswith("nodejs"):
        return ["node", str(RUNNERS / "node_function.js")]
    if runtime.startswith("python"):
        return [sys.executable, str(RUNNERS / "python_function.py")]
    raise ValueError(f"The emulator runs no functions of {runtime}: Python and Node.js only.")


def _layers_of(function: Any) -> dict[str, bytes]:
    backend = get_backend(function.account_id, function.region)
    return {each["Arn"]: backend.layers_versions_by_arn(each["Arn"]).code_bytes for each in function.layers or []}


def _environment(function: Any, opt: Path, clusters: Path, scratch: str) -> dict[str, str]:
    own = {name: str(value) for name, value in function.environment_vars.items() if name != "AWS_CA_BUNDLE"}
    return {
        "PATH": os.environ["PATH"],
        "NODE_PATH": str(NODE_MODULES),  # the SDK, which the runtime of Lambda brings along
        "HOME": scratch,
        "EMULATOR_OPT": str(opt),
        "EMULATOR_CLUSTERS": str(clusters),
        "TEST_OUTDIR": scratch,
        PORT_VARIABLE: os.environ[PORT_VARIABLE],
        "AWS_ENDPOINT_URL": endpoint(),
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ACCESS_KEY_ID": "emulator",
        "AWS_SECRET_ACCESS_KEY": "emulator",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "_HANDLER": function.handler,
        **own,
    }
