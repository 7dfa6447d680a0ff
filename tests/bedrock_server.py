"""A local stand-in for Bedrock's runtime: serves prepared Converse streams in AWS's wire format, and keeps the requests."""

from __future__ import annotations

import json
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

_STRING = 7


@dataclass
class BedrockServer:
    """Replies are given in turn; the last one again and again. A reply is a list of events, an HTTP error, or an agent's own stream."""

    replies: list[Any]
    requests: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next_reply(self) -> Any:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def message(event_type: str, payload: dict[str, Any]) -> bytes:
    """One message of ``application/vnd.amazon.eventstream``: lengths, headers, payload, checksums."""
    kinds = {":event-type": event_type, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        bytes([len(name)]) + name.encode() + bytes([_STRING]) + struct.pack("!H", len(value)) + value.encode()
        for name, value in kinds.items()
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", 12 + len(headers) + len(body) + 4, len(headers))
    checked = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + body
    return checked + struct.pack("!I", zlib.crc32(checked))


@contextmanager
def serving(replies: list[Any]) -> Iterator[BedrockServer]:
    """Serve on a free port of the loopback."""
    state = BedrockServer(replies)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            state.requests.append(
                {"path": unquote(self.path), "body": json.loads(content), "headers": dict(self.headers)}
            )
            reply = state.next_reply()
            if isinstance(reply, dict):
                self._answer(reply["status"], "application/json", json.dumps(reply["body"]).encode(), reply["error"])
            elif isinstance(reply, str):
                self._answer(200, "text/event-stream", reply.encode())
            else:
                stream = b"".join(message(kind, payload) for event in reply for kind, payload in event.items())
                self._answer(200, "application/vnd.amazon.eventstream", stream)

        def _answer(self, status: int, content_type: str, content: bytes, error: str = "") -> None:
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(content)))
            if error:
                self.send_header("x-amzn-errortype", error)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
