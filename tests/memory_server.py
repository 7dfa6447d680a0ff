"""A local stand-in for AgentCore Memory's events: it keeps them, filters them by metadata, and notes which operations were called."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


@dataclass
class MemoryServer:
    """What was kept, the oldest first, and the names of the operations in the order of their calls."""

    events: list[dict[str, Any]] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    url: str = ""

    def create(self, asked: dict[str, Any]) -> dict[str, Any]:
        kept = {
            "memoryId": "memory-0123456789",
            "eventId": f"{len(self.events)}#{len(self.events):08x}",
            "eventTimestamp": time.time(),
            **{name: asked[name] for name in ("actorId", "sessionId", "payload", "metadata") if name in asked},
        }
        self.events.append(kept)
        return {"event": kept}

    def listed(self, actor: str, session: str, asked: dict[str, Any]) -> dict[str, Any]:
        wanted = (asked.get("filter") or {}).get("eventMetadata", [])
        found = [
            event
            for event in reversed(self.events)
            if (event["actorId"], event["sessionId"]) == (actor, session)
            and all(_matches(event, each) for each in wanted)
        ]
        return {"events": found[: asked.get("maxResults") or None]}

    def said(self) -> str:
        """All that is kept, as text."""
        return json.dumps([event["payload"] for event in self.events])


def _matches(event: dict[str, Any], wanted: dict[str, Any]) -> bool:
    assert wanted["operator"] == "EQUALS_TO", wanted
    value = event.get("metadata", {}).get(wanted["left"]["metadataKey"])
    return bool(value == wanted["right"]["metadataValue"])


@contextmanager
def serving_memory() -> Iterator[MemoryServer]:
    """Serve on a free port of the loopback."""
    state = MemoryServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or "{}")
            parts = unquote(self.path).strip("/").split("/")
            if parts[2:] == ["events"]:
                state.operations.append("CreateEvent")
                self._answer(201, state.create(asked))
            elif parts[2] == "actor":
                state.operations.append("ListEvents")
                self._answer(200, state.listed(parts[3], parts[5], asked))
            else:
                self._answer(404, {"message": self.path})

        def do_DELETE(self) -> None:
            event_id = unquote(self.path).rpartition("/")[2]
            state.operations.append("DeleteEvent")
            state.events = [event for event in state.events if event["eventId"] != event_id]
            self._answer(200, {"eventId": event_id})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
