"""Answers that broke off in the middle are asked for again: botocore takes them for whole ones."""

from __future__ import annotations

import random
from typing import Any

_UNAVAILABLE = 503
_LONGEST_WAIT = 20.0
"""Seconds; the same as botocore's own retries wait at most."""
_ENDS = {"json": b"}", "xml": b">"}


def insist_on_whole_answers(client: Any, attempts: int) -> None:
    """Have a client of boto3 try again, up to so many attempts in all, where less of an answer came than was promised.

    What still is not whole then lacks what it should have, as if nothing had come.
    """

    def again(response: tuple[Any, dict[str, Any]] | None, attempts: int, **_: object) -> float | None:
        if response is None or response[0].status_code == _UNAVAILABLE or attempts >= most:
            return None
        code = response[1].get("Error", {}).get("Code")
        return _wait(attempts) if code == str(_UNAVAILABLE) else None

    most = attempts
    client.meta.events.register("before-parse", _emptied_if_broken_off)
    client.meta.events.register_last("needs-retry", again)


def _emptied_if_broken_off(response_dict: dict[str, Any], **_: object) -> None:
    """Make of half an answer one of a service that is unavailable, which is what botocore's parsers know."""
    if response_dict["status_code"] < 300 and not _is_whole(response_dict["headers"], response_dict["body"]):
        response_dict["status_code"], response_dict["body"] = _UNAVAILABLE, b""


def _is_whole(headers: Any, body: object) -> bool:
    if not isinstance(body, bytes):
        return True
    promised = str(headers.get("content-length", ""))
    if promised.isdecimal() and "content-encoding" not in headers and len(body) < int(promised):
        return False
    kind = str(headers.get("content-type", ""))
    end = next((end for word, end in _ENDS.items() if word in kind), b"")
    return body.rstrip().endswith(end)


def _wait(attempts: int) -> float:
    """As botocore does: up to twice as long each time, so that many who ask do not ask at once."""
    return random.random() * min(2.0 ** (attempts - 1), _LONGEST_WAIT)  # noqa: S311 - not for secrets
