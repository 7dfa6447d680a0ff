"""What this process opens, starts and calls, by Python's audit events: for tests that something is never touched."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_STARTING = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn")
_CALLING = ("socket.connect", "socket.bind", "socket.getaddrinfo", "urllib.Request", "http.client.connect")


@dataclass
class Watched:
    """What happened while it was watched: real paths of files that were opened and written, and what was started or called."""

    opened: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)


_watching: list[Watched] = []


@contextmanager
def watched() -> Iterator[Watched]:
    """Watch this process for a while. An audit hook cannot be removed, so one is set for good and asks who watches."""
    if not _hooked:
        sys.addaudithook(_note)
        _hooked.append(True)
    seen = Watched()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


_hooked: list[bool] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching:
        return
    for seen in _watching:
        if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
            path = os.fsdecode(os.path.realpath(arguments[0]))
            seen.opened.append(path)
            mode, flags = arguments[1], arguments[2]
            if (isinstance(mode, str) and set(mode) & set("wax+")) or (
                mode is None and flags & (os.O_WRONLY | os.O_RDWR)
            ):
                seen.written.append(path)
        elif event in _STARTING:
            seen.started.append(f"{event} {arguments[:1]}")
        elif event in _CALLING:
            seen.called.append(f"{event} {arguments[:1]}")
