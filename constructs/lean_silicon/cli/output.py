"""Writes a report to the terminal or, whole or not at all, to a file."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from lean_silicon.exceptions import ConfigurationError
from lean_silicon.harmless_text import printable, without_commands
from lean_silicon.whole_file import replace_file, why_not_written


def write_report(report: str | Iterable[str], file: str | None, *, option: str = "--output") -> None:
    """Print the report, or write it to a file such that an old file stays whole until the new one is complete.

    Parameters
    ----------
    report
        The text, or its parts, which then are never all in memory.
    file
        Where to; `None` is standard output.
    option
        The option that names the file, for messages.

    Raises
    ------
    ConfigurationError
        If the file cannot be written.
    """
    parts = chain((report,) if isinstance(report, str) else report, ("\n",))
    if file is None:
        sys.stdout.writelines(parts)
        return
    try:
        replace_file(Path(file), (part.encode("utf-8", "backslashreplace") for part in parts))
    except OSError as error:
        why = why_not_written(Path(file), error)
        raise ConfigurationError(f"{option} {file}: cannot be written: {why}") from None


def complain(message: str) -> None:
    """Say on standard error what the user should correct."""
    with contextlib.suppress(OSError):  # nobody hears it, and the exit code says it too
        print(without_commands(printable(f"lean-silicon: {message}")), file=sys.stderr)
