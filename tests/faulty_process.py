"""The real command line in a process of its own, with something around it broken: the disk, its permissions, its pipes, its life."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# The command line itself, after something was set up in its process.
_THEN_RUN = "import runpy, sys\n{before}\nrunpy.run_module('lean_silicon', run_name='__main__', alter_sys=True)\n"
_KILLED_AT_SIZE = (
    "import resource, signal\n"
    "signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"  # Python ignores it, and gets an error instead
    "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"
)
KILLED_BEFORE_REPLACING = (
    "import os, signal\n"
    "sys.addaudithook(lambda event, told: event == 'os.rename' and os.kill(os.getpid(), signal.SIGKILL))\n"
)
_DROP_FROM_BOUNDING_SET = 24
_OVERRIDE_PERMISSIONS = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: what lets root pass every permission."""


def environment(**changed: str) -> dict[str, str]:
    """This process's environment, without what would write compiled modules."""
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1", **changed}


def lean_silicon(
    *words: str | Path,
    before: str = "",
    start: Callable[[], object] | None = None,
    folder: Path | None = None,
    **changed: str,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end.

    Parameters
    ----------
    words
        The command's words.
    before
        Python that the process runs before the command.
    start
        Called in the process before Python starts there.
    folder
        The working directory.
    changed
        Environment variables.
    """
    program = [sys.executable, "-c", _THEN_RUN.format(before=before), *map(str, words)]
    return subprocess.run(
        program,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment(**changed),
        preexec_fn=start,
        timeout=120,
    )


def killed_at(size: int) -> str:
    """For `before`: the system kills the process in the middle of the write that makes a file larger than that."""
    return _KILLED_AT_SIZE.format(size=size)


def files_no_larger_than(size: int) -> Callable[[], None]:
    """For `start`: writing more fails, as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def bound_by_permissions() -> None:
    """For `start`: permissions count for root too."""
    library = ctypes.CDLL(None, use_errno=True)
    for capability in _OVERRIDE_PERMISSIONS if os.geteuid() == 0 else ():
        if library.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


@contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[Path]:
    """A file system of its own, of so many KiB, mounted on a folder; skips where this user may not mount."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no command 'mount' here")
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def require_told(done: subprocess.CompletedProcess[str], *words: str, code: int = 2) -> None:
    """The process ended by itself with that exit code and says these words, without a traceback."""
    told = done.stdout + done.stderr
    assert done.returncode == code, told
    assert "Traceback" not in told, told
    assert "Exception ignored" not in told, told
    for word in words:
        assert word in told, told


Ask = Callable[..., "subprocess.CompletedProcess[str]"]
"""`lean_silicon` with an AWS to ask."""

SIGKILL, SIGXFSZ = -signal.SIGKILL, -signal.SIGXFSZ
