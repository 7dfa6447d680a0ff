"""A progress bar on a terminal's standard error, and nothing anywhere else: logs and pipes stay clean."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

from lean_silicon.cli.verbosity import detail, is_quiet
from lean_silicon.harmless_text import printable
from lean_silicon.reports.terminal import columns_of

_WIDTH = 24
_SECONDS_BETWEEN = 0.1


class ProgressBar:
    """Redraws one line on standard error; use it as a context manager, so that the line is cleared at the end.

    Parameters
    ----------
    stream
        Where to draw. Default: standard error. Nothing is drawn where that is no terminal or a dumb one, nor under ``--quiet``.
    after
        Seconds of work before the bar appears, so that what is done at once does not flicker. Default: 0, for work that waits
        for a network; each of its steps is then a line under ``--verbose`` where there is no bar.
    clock
        Tells the seconds.
    """

    def __init__(
        self, stream: TextIO | None = None, *, after: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream.isatty() and os.environ.get("TERM") != "dumb" and not is_quiet()
        self._clock = clock
        self._after = after
        self._next = clock() + after
        self._drawn = False

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            self._write("")

    def show(self, step: str, done: int, total: int = 0) -> None:
        """Draw that so many steps of all (of unknown many: 0) are done and which one runs."""
        if not self._shown:
            if self._after == 0:
                detail(f"{done}/{total} {printable(step)}")
            return
        if self._after and self._clock() < self._next:
            return
        self._next = self._clock() + _SECONDS_BETWEEN
        self._drawn = True
        if total:
            filled = _WIDTH * done // total
            self._write(f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{total} {step}")
        else:
            self._write(f"{done} {step}")

    def _write(self, line: str) -> None:
        self._stream.write(f"\r\x1b[K{_cut(printable(line), shutil.get_terminal_size().columns - 1)}")
        self._stream.flush()


def _cut(line: str, columns: int) -> str:
    """As much of a line as fits, so that it can be drawn over."""
    while columns_of(line) > columns:
        line = line[:-1]
    return line
