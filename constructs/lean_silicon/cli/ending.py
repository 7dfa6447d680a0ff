"""How a command ends, also where something outside of it goes wrong: never with a traceback for what is no defect of it."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from lean_silicon.cli.output import complain
from lean_silicon.exceptions import LeanSiliconError

FAILED = 2
INTERRUPTED = 130
"""What shells say of a command that Ctrl-C ended: 128 and the number of the signal."""
READER_GONE = 141
"""What they say of one whose reader (``head``, ``less``) went away. Never 0: that would say that all is clean."""


def ended(run: Callable[[], int], *, owns_process: bool = False) -> int:
    """Run a command. Returns its exit code, or the one that says what kept it from ending.

    Parameters
    ----------
    run
        The command.
    owns_process
        Whether the process has nothing else to do. An interrupt then ends it here: giving back the memory of a hundred thousand
        resources, object by object, would take seconds.
    """
    _prepare_streams()
    try:
        return _ended(run, owns_process)
    finally:
        _settle(sys.stderr)


def _ended(run: Callable[[], int], owns_process: bool) -> int:
    try:
        return _written_out(run)
    except BrokenPipeError:
        code = READER_GONE
    except KeyboardInterrupt:
        _abandon(sys.stdout)  # first: what is left might wait for a reader that does not read
        complain("interrupted")
        if owns_process:
            os._exit(INTERRUPTED)
        code = INTERRUPTED
    except MemoryError:
        complain("there is not enough memory for all of it at once; give the templates in parts")
        code = FAILED
    except OSError as error:
        complain(_failure(error))
        code = FAILED
    _abandon(sys.stdout)
    _abandon(sys.stderr)
    return code


def _written_out(run: Callable[[], int]) -> int:
    """The command's exit code, once everything that it said is out of our hands."""
    try:
        code = run()
    except LeanSiliconError as error:
        complain(str(error))
        code = FAILED
    except SystemExit:  # of the parser: help was shown, or an option is wrong
        sys.stdout.flush()
        raise
    sys.stdout.flush()
    return code


def _prepare_streams() -> None:
    """Make every character printable somehow, and streams that the caller closed (``>&-``) ones that nobody reads."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _settle(stream: TextIO) -> None:
    """Write what is still buffered, or let go of it: the interpreter would put its own exit code in the place of ours."""
    try:
        stream.flush()
    except (OSError, ValueError):
        _abandon(stream)


def _abandon(stream: TextIO) -> None:
    """Let nothing that is still buffered be written when the interpreter ends: it would fail again, or wait."""
    with contextlib.suppress(OSError, ValueError):  # what stands in for a stream may have no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _failure(error: OSError) -> str:
    why = error.strerror or str(error)
    if error.filename is None:
        return f"standard output cannot be written: {why}; free some space there, or name a file with --output"
    return f"{error.filename}: {why}; check that it exists and that the user who runs this may use it"
