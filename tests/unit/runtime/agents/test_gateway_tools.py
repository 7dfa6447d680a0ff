"""The sample agent's way to a gateway: the real MCP client, signed requests, a real MCP server on loopback."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("strands")

SERVER = """
import sys
from mcp.server import MCPServer
server = MCPServer("orders")

@server.tool()
def order_status(order_id: str) -> str:
    "Where an order is now"
    return f"order {order_id} is on its way"

import uvicorn
app = server.streamable_http_app()

async def signed_only(scope, receive, send):
    "Lets in who signs for AgentCore, as the gateway does."
    if scope["type"] == "http":
        headers = dict(scope["headers"])
        authorization = headers.get(b"authorization", b"").decode()
        if "AWS4-HMAC-SHA256" not in authorization or "/bedrock-agentcore/aws4_request" not in authorization:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
    await app(scope, receive, send)

uvicorn.run(signed_only, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(port)])
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert process.poll() is None, "the MCP server ended before it served anything"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def client(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The sample agent's module, loaded from its folder."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    path = root / "constructs" / "lean_silicon" / "runtime" / "agents" / "sample_agent" / "gateway.py"
    location = importlib.util.spec_from_file_location("sample_gateway", path)
    assert location is not None
    assert location.loader is not None
    module = importlib.util.module_from_spec(location)
    location.loader.exec_module(module)
    return module


def test_tools_are_listed_and_called_with_signed_requests(client: ModuleType, gateway: str) -> None:
    with client.connect(gateway) as connected:
        [tool] = connected.list_tools_sync()
        assert tool.tool_name == "order_status"
        result = connected.call_tool_sync("call-1", "order_status", {"order_id": "1002"})
    assert result["status"] == "success"
    assert result["content"][0]["text"] == "order 1002 is on its way"
