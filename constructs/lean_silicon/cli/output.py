"""Writes a report to the terminal or, whole or not at all, to a file."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from lean_silicon.exceptions import ConfigurationError
from lean_silicon.harmless_text import printable, without_commands


def write_report(text: str, file: str | None) -> None:
    """Print the report, or write it to a file such that an old file stays whole until the new one is complete.

    Raises
    ------
    ConfigurationError
        If the file cannot be written.
    """
    if file is None:
        print(text)
        return
    target = Path(file)
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text + "\n")
        Path(temporary).replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise ConfigurationError(f"--output {file}: cannot be written: {error.strerror or error}") from None


def complain(message: str) -> None:
    """Say on standard error what the user should correct."""
    print(without_commands(printable(f"lean-silicon: {message}")), file=sys.stderr)
