"""AWS on loopback, breaking as AWS and the networks before it do: moto and the price list behind a proxy that spoils some answers."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlparse

from moto.server import ThreadedMotoServer
from price_list_server import PriceList, price_list_server

_BY_PRICE_LIST = ("GetProducts", "foundation-models")


class Reply(NamedTuple):
    """What goes back: `length` is what the header claims, where that is not the truth."""

    status: int
    body: bytes
    kind: str
    length: int | None = None


Fault = Callable[[Reply], "Reply | None"]
"""Makes of the true answer what goes back; `None` is a connection that breaks off without one."""


def throttled(reply: Reply) -> Reply:
    if "json" in reply.kind:
        return Reply(400, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}', reply.kind)
    if "xml" in reply.kind:
        error = b"<Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
        ec2 = b"<Response><Errors>%s</Errors><RequestID>1</RequestID></Response>"
        others = b"<ErrorResponse>%s<RequestId>1</RequestId></ErrorResponse>"
        return Reply(400, (ec2 if b"amazonaws.com/doc/2016-11-15" in reply.body else others) % error, reply.kind)
    return Reply(429, b"", reply.kind)


def failing(reply: Reply) -> Reply:
    return Reply(500, b"", reply.kind)


def unavailable(reply: Reply) -> Reply:
    return Reply(503, b"<html><body>Service Unavailable</body></html>", "text/html")


def cut_off(reply: Reply) -> Reply:
    """Fewer bytes than the header says, then the end."""
    return reply._replace(body=reply.body[: len(reply.body) // 2], length=len(reply.body))


def halved(reply: Reply) -> Reply:
    """Half of the answer, as if it were all of it."""
    return reply._replace(body=reply.body[: len(reply.body) // 2])


def empty(reply: Reply) -> Reply:
    return reply._replace(body=b"{}" if "json" in reply.kind else b"")


def somebody_elses_page(reply: Reply) -> Reply:
    """What a proxy or a portal answers in the place of AWS."""
    return Reply(200, b"<html><body>Please sign in</body></html>", "text/html")


def unfinished(reply: Reply) -> Reply:
    """CloudWatch's word for a metric that it could not tell to its end, in the place of "Complete"."""
    words = ((b"hComplete", b"mInternalError"), (b"<StatusCode>Complete", b"<StatusCode>InternalError"))
    words = (*words, (b'"StatusCode": "Complete"', b'"StatusCode": "InternalError"'))
    body = reply.body
    for whole, broken in words:
        body = body.replace(whole, broken)
    assert body != reply.body
    return reply._replace(body=body)


def hung_up(reply: Reply) -> None:
    return None


@dataclass
class FaultyAws:
    """Where it listens, what it was asked (the calls, in order), and what it spoils.

    `faults` maps a call to the faults of its next answers, one each; `broken` to one of all answers whose question holds the text.
    """

    url: str
    prices: PriceList
    moto: ThreadedMotoServer
    asked: list[str] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    broken: dict[str, tuple[Fault, str]] = field(default_factory=dict)
    stuck: threading.Event | None = None
    """Set it to an event, and nothing is answered until that happens."""
    wait: threading.Barrier | None = None
    """Set it to a barrier, and every answer waits for as many questions as that wants."""

    @cached_property
    def direct(self) -> str:
        """The account itself, without faults; it costs a second to start, so only when it is asked."""
        self.moto.start()
        host, port = self.moto.get_host_and_port()
        address = f"http://{host}:{port}"
        _ask(address, "POST", "/moto-api/reset", b"", {})
        return address

    def stop(self) -> None:
        if "direct" in self.__dict__:
            self.moto.stop()

    def spoiled(self, call: str, question: str, reply: Reply) -> Reply | None:
        self.asked.append(call)
        if self.stuck is not None:
            self.stuck.wait(60)
        if self.wait is not None:
            self.wait.wait(30)
        if self.faults.get(call):
            return self.faults[call].pop(0)(reply)
        fault, about = self.broken.get(call, (None, ""))
        return fault(reply) if fault is not None and about in question else reply


@contextmanager
def faulty_aws() -> Iterator[FaultyAws]:
    """Serve on free ports of the loopback interface, with an empty account."""
    with price_list_server() as prices:
        aws = FaultyAws("", prices, ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False))
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(aws))
        server.daemon_threads = True
        aws.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield aws
        finally:
            if aws.stuck is not None:
                aws.stuck.set()
            server.shutdown()
            server.server_close()
            thread.join()
            aws.stop()


def _handler(aws: FaultyAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = _call(self.headers.get("X-Amz-Target"), self.path, question)
            upstream = aws.prices.url if call in _BY_PRICE_LIST else aws.direct
            true = _ask(upstream, self.command, self.path, question, dict(self.headers))
            reply = aws.spoiled(call, question.decode("latin-1") + self.path, true)
            self.close_connection = True
            if reply is None:
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
            for name, value in _PROTOCOL.items() if "cbor" in reply.kind else ():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


_PROTOCOL = {"smithy-protocol": "rpc-v2-cbor"}


def _call(target: str | None, path: str, question: bytes) -> str:
    """The operation, however the service's protocol names it."""
    if target:
        return target.rpartition(".")[2]
    action = parse_qs(question.decode("latin-1")).get("Action")
    return action[0] if action else re.split(r"[/?]", path.strip("/"))[-1]


def _ask(upstream: str, method: str, path: str, question: bytes, headers: dict[str, str]) -> Reply:
    where = urlparse(upstream)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)
    try:
        connection.request(method, path, question, headers)
        answer = connection.getresponse()
        return Reply(answer.status, answer.read(), answer.headers.get("Content-Type") or "")
    finally:
        connection.close()
