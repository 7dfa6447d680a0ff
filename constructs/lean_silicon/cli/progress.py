"""A progress bar on a terminal, and nothing anywhere else."""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

_WIDTH = 24


class ProgressBar:
    """Redraws one line on standard error; use it as a context manager, so that the line is cleared at the end.

    Logs and pipes get nothing: a bar there is noise.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream.isatty()

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._write("")

    def show(self, step: str, done: int, total: int) -> None:
        """Draw that so many steps of all are done and which one runs."""
        filled = _WIDTH * done // total if total else _WIDTH
        self._write(f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{total} {step}")

    def _write(self, line: str) -> None:
        if self._shown:
            columns = shutil.get_terminal_size().columns
            self._stream.write(f"\r\x1b[K{line[: columns - 1]}")
            self._stream.flush()
