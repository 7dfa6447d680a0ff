"""Writes a file whole or not at all: whoever is killed, or runs out of disk, while writing leaves the old file as it was."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

_LONGEST_NAME = 40
"""Of the name of a file that is not complete yet: its own, shortened such that the random part still fits."""


def replace_file(path: Path, parts: Iterable[bytes], *, durable: bool = True) -> None:
    """Write a file beside the old one and put it in its place when it is complete.

    A link is followed, and the old file's permissions are kept. What is no regular file (a terminal, a named pipe, ``/dev/null``)
    cannot be replaced, and is written to.

    Parameters
    ----------
    path
        The file.
    parts
        What it will hold, piece by piece, so that it need not all be in memory.
    durable
        Whether the file survives a power failure from here on. Not needed for what every run makes anew.

    Raises
    ------
    OSError
        If it cannot be written; nothing of it stays behind.
    """
    old = _status(path)
    if old is not None and not stat.S_ISREG(old.st_mode):
        with path.open("wb") as device:  # a folder is refused here, by the system
            device.writelines(parts)
        return
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name[:_LONGEST_NAME]}.{os.urandom(6).hex()}")
    try:  # from here on: an interrupt may come between any two steps
        # The system takes what the user's umask says from these permissions.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(parts)
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        if old is not None:
            temporary.chmod(stat.S_IMODE(old.st_mode))
        temporary.replace(target)
    except BaseException:  # an interrupt too: nothing half-written stays behind
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _status(path: Path) -> os.stat_result | None:
    """What stands there now; `None` if nothing does. Links that go in a circle are an error."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def why_not_written(path: Path, error: OSError) -> str:
    """Why a file could not be written and what would help, without its name."""
    folder = path.parent
    sentences = {
        errno.ENOENT: f"there is no folder {folder}; make it first, or name another",
        errno.ENOTDIR: f"{folder} is not a folder; name a file in one",
        errno.EISDIR: "it is a folder; remove it, or name a file in it",
        errno.EACCES: f"permission denied; make the folder {folder} writable for the user who runs this, or name another",
        errno.EPERM: f"permission denied; make the folder {folder} writable for the user who runs this, or name another",
        errno.EROFS: f"the file system of {folder} is read-only; name a file elsewhere",
        errno.ELOOP: "its symbolic links go round in a circle; remove them, or name another file",
        errno.ENAMETOOLONG: "its name is longer than the file system takes; name it shorter",
    }
    full = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", None))
    if error.errno in full:
        return f"{error.strerror}; what stood there before is unchanged. Free some space, or name a file elsewhere"
    return sentences.get(error.errno or 0) or f"{error.strerror or error}; name a file elsewhere"
