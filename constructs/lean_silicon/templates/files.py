"""Files as bytes: only regular ones, only so large, and never one that makes the reader wait."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.limits import MAX_JSON_BYTES, MAX_SMALL_BYTES, MAX_YAML_BYTES

_HEAD = 65_536


class TooLargeError(UnreadableInputError):
    """A file is larger than any template; `head` is its beginning."""

    def __init__(self, message: str, head: bytes) -> None:
        super().__init__(message)
        self.head = head


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises
    ------
    UnreadableInputError
        If it is missing, not permitted, no regular file, or larger than the limits of its format.
    """
    with _opened(path, "a template file or a folder") as (file, size):
        _require_size(file.read(_HEAD), size)
        file.seek(0)
        return file.read(MAX_JSON_BYTES + 1)


def read_small(path: Path, allowed: int = MAX_SMALL_BYTES) -> bytes:
    """The content of a file that is no template: a configuration or a baseline.

    Raises
    ------
    UnreadableInputError
        If it is missing, not permitted, no regular file, or larger than `allowed`.
    """
    with _opened(path, "a regular file") as (file, size):
        if size > allowed:
            raise UnreadableInputError(f"it has {size / 1e6:,.1f} MB; at most {allowed / 1e6:,.0f} MB are read")
        return file.read(allowed)


@contextmanager
def _opened(path: Path, wanted: str) -> Iterator[tuple[IO[bytes], int]]:
    """A regular file and its size; opening it waits for nobody."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:  # not left to the file object: of a folder none is made, and nobody would close it
            status = os.fstat(descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableInputError(f"it is {_kind(status.st_mode)}; give {wanted}")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                yield file, status.st_size
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise UnreadableInputError(explained(error)) from error


def _require_size(head: bytes, size: int) -> None:
    looks_like_json = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    allowed = MAX_JSON_BYTES if looks_like_json else MAX_YAML_BYTES
    if size > allowed:
        raise TooLargeError(
            f"it has {size / 1e6:,.1f} MB; at most {allowed / 1e6:,.0f} MB of {'JSON' if looks_like_json else 'YAML'} are read, "
            "and CloudFormation itself takes 1 MB. Split the template, or give only the templates",
            head,
        )


def is_file(path: Path) -> bool:
    """Whether the path is a file; one that cannot be looked at is not."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether the path is a folder; one that cannot be looked at is not."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_link(path: Path) -> bool:
    """Whether the path is a symbolic link; one that cannot be looked at is not."""
    try:
        return path.is_symlink()
    except (OSError, ValueError):
        return False


def explained(error: OSError | ValueError) -> str:
    """Why the operating system does not give a file, without its path: whoever reports it names that."""
    number = getattr(error, "errno", None)
    if number is None:
        return f"its name is not one that this system accepts ({error})"
    return _SENTENCES.get(number) or f"the system says: {os.strerror(number)}"


_SENTENCES = {
    errno.ENOENT: "there is no such file or folder; check the path and the working directory",
    errno.ENOTDIR: "there is no such file or folder: a part of the path is a file",
    errno.EACCES: "permission denied; make it readable for the user who runs this",
    errno.EPERM: "permission denied; make it readable for the user who runs this",
    errno.ELOOP: "its symbolic links go round in a circle",
    errno.ENXIO: "it is a device or socket; give a template file or a folder",
    errno.EISDIR: "it is a folder",
}


def _kind(mode: int) -> str:
    for test, name in (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    ):
        if test(mode):
            return name
    return "not a regular file"
