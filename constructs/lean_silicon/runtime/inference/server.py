"""The HTTP contract of SageMaker containers, on the standard library: ``GET /ping`` and ``POST /invocations`` on port 8080.

For an image of one's own on Graviton: ``ENTRYPOINT ["python", "server.py"]`` with `inference` beside it; SageMaker adds the argument
``serve``. The log tells of each request its status, its size and its time, and nothing of its content.
"""

from __future__ import annotations

import json
import sys
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

MODEL_FOLDER = "/opt/ml/model"
PORT = 8080
LARGEST_BODY = 100 * 1024 * 1024
"""Bytes: the most that batch transform sends at once (CreateTransformJob, MaxPayloadInMB); in real time it is 6 MiB. Rows of features that
are larger belong into several requests."""


class ModelServer(ThreadingHTTPServer):
    """Serves one model; it is loaded before the first request is taken."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: ModuleType, model_dir: str) -> None:
        self.handler = handler
        self.model = handler.model_fn(model_dir)
        super().__init__(address, _Requests)


class _Requests(BaseHTTPRequestHandler):
    server: ModelServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """``/ping``: the model is loaded, as the server is there."""
        if self.path == "/ping":
            self._answer(HTTPStatus.OK, "", "text/plain")
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "only /ping and /invocations are served")

    def do_POST(self) -> None:
        """``/invocations``: one request to the model."""
        size = self._size()
        if size is None:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "the request has no Content-Length")
        elif size > LARGEST_BODY:
            self.close_connection = True
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the request is larger than {LARGEST_BODY} bytes")
        elif self.path != "/invocations":
            self.rfile.read(size)
            self._refuse(HTTPStatus.NOT_FOUND, "only /ping and /invocations are served")
        else:
            self._invoke(self.rfile.read(size))

    def _invoke(self, body: bytes) -> None:
        began = time.monotonic()
        handler, kind = self.server.handler, self.headers.get("Content-Type", "application/json")
        try:
            rows = handler.input_fn(body, kind)
        except ValueError as error:  # UnicodeDecodeError and JSONDecodeError too, whose messages quote no data
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
            return
        try:
            answer = handler.predict_fn(rows, self.server.model)
            text, mime = handler.output_fn(answer, self.headers.get("Accept", "application/json"))
        except Exception as error:  # the next request may be another's, so the server goes on
            _log(error=type(error).__name__, status=500)
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "the model failed")
            return
        milliseconds = round(1000 * (time.monotonic() - began), 1)
        _log(status=200, bytes_in=len(body), bytes_out=len(text), milliseconds=milliseconds)
        self._answer(HTTPStatus.OK, text, mime)

    def _size(self) -> int | None:
        length = self.headers.get("Content-Length", "")
        return int(length) if length.isdecimal() else None

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            _log(status=int(status))
        self._answer(status, json.dumps({"error": why}), "application/json")

    def _answer(self, status: HTTPStatus, text: str, mime: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", mime)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: the standard log would repeat every /ping, and the path of whoever asks."""


def _log(**fields: Any) -> None:
    print(json.dumps(fields), file=sys.stderr, flush=True)


def main() -> None:
    """Serve ``inference.py`` beside this file."""
    sys.path.insert(0, str(Path(__file__).parent))
    # Every interface of the container: SageMaker asks from outside of it, and nobody else reaches it.
    ModelServer(("0.0.0.0", PORT), import_module("inference"), MODEL_FOLDER).serve_forever()  # noqa: S104


if __name__ == "__main__":
    main()
