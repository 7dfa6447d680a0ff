"""The sample agent, started on loopback the way AgentCore starts it but for the port, and called by its HTTP contract."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def running_agent(root: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of an agent that was told `environment`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    process = subprocess.Popen(
        [sys.executable, "-c", f"import main; main.app.run(port={port}, host='127.0.0.1')"],
        cwd=root / "constructs" / "lean_silicon" / "runtime" / "agents" / "sample_agent",
        env={**inherited, **CREDENTIALS, **environment},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _started(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(10)


def _started(url: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the agent ended before it served anything"
        try:
            urllib.request.urlopen(f"{url}/ping", timeout=1)
        except OSError:
            time.sleep(0.1)
        else:
            return url
    raise AssertionError("the agent did not start within a minute")


def invoke(agent: str, payload: Any, *, session: str = "s" * 33) -> tuple[int, list[Any]]:
    """Status and events of one invocation."""
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {"content-type": "application/json", "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id": session}
    request = urllib.request.Request(f"{agent}/invocations", data=content, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            lines = answer.read().decode().splitlines()
            assert answer.headers["content-type"].startswith("text/event-stream")
            return answer.status, [json.loads(line.removeprefix("data: ")) for line in lines if line]
    except urllib.error.HTTPError as error:
        return error.code, [json.loads(error.read())]
