"""The emulator as a process, and the real CDK command line pointed at it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from emulator.stacks import ACCOUNT

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
REGION = "us-east-2"
STARTING_SECONDS = 120.0


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    port: int

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def client(self, service: str, **credentials: str) -> Any:
        """A boto3 client of it; `credentials` are anybody's unless given."""
        keys = credentials or {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.Session(region_name=REGION, **keys).client(service, endpoint_url=self.address)

    def cdk(self, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run ``cdk`` in `folder`, knowing no account but this one."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
        tools = [str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin"), os.environ["PATH"]]
        environment = {
            **kept,
            "PATH": os.pathsep.join(tools),
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }
        command = ["cdk", *arguments, "--no-notices", "--ci"]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    def bootstrap(self, folder: Path) -> subprocess.CompletedProcess[str]:
        return self.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", folder=folder)

    def deploy(self, assembly: Path, *stacks: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """``cdk deploy`` of `stacks` of a synthesized app, or of all."""
        which = list(stacks) or ["--all"]
        given = ["--app", assembly.name, "--require-approval", "never", "--progress", "events", *options]
        return self.cdk("deploy", *which, *given, folder=assembly.parent)

    def destroy(self, assembly: Path, *stacks: str) -> subprocess.CompletedProcess[str]:
        which = list(stacks) or ["--all"]
        return self.cdk("destroy", *which, "--app", assembly.name, "--force", folder=assembly.parent)


def free_port() -> int:
    """A port of loopback that nobody has now."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


@contextlib.contextmanager
def running_emulator(log: Path) -> Iterator[Emulator]:
    """An emulator on a free port, stopped by its own process id at the end."""
    emulator = Emulator(free_port())
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    tools = [str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin"), os.environ["PATH"]]
    environment["PATH"] = os.pathsep.join(tools)
    with log.open("w", encoding="utf-8") as written:
        command = [sys.executable, "-m", "emulator", "--port", str(emulator.port)]
        server = subprocess.Popen(command, env=environment, stdout=written, stderr=subprocess.STDOUT)
        try:
            _wait_until_ready(emulator, server, log)
            yield emulator
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_until_ready(emulator: Emulator, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(f"The emulator ended before it was ready: {log.read_text(encoding='utf-8')[-2000:]}")
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"{emulator.address}/emulator-ready", timeout=5).close()
            return
        time.sleep(0.2)
    raise TimeoutError(f"The emulator was not ready after {STARTING_SECONDS:.0f} s.")
