"""Writes the overlay, whole or not at all, such that two refreshes at once lose nothing."""

from __future__ import annotations

import contextlib
import importlib
import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from lean_silicon.catalog.overlay import BY_REGION, Contents, DescribedTypes, empty_contents
from lean_silicon.catalog.overlay_file import read_contents, rendered
from lean_silicon.catalog.overlay_text import sagemaker_names_in
from lean_silicon.exceptions import ConfigurationError, UnreadableInputError
from lean_silicon.whole_file import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_PATIENCE, _PAUSE = 10.0, 0.05


def writable(path: Path) -> None:
    """Make the directory and see that it can be written: better now than after minutes of asking.

    Raises
    ------
    ConfigurationError
        If it cannot.
    """
    with _locked(path):
        pass


def store(path: Path, answered: Contents) -> Contents:
    """Lay answers over what the file has and write that. Regions and services that were not asked, or failed, stay.

    The old file stays whole until the new one is complete, and a lock keeps two refreshes from losing each other's regions.

    Raises
    ------
    ConfigurationError
        If the file cannot be written.
    """
    with _locked(path):
        try:
            before = read_contents(path)
        except UnreadableInputError:
            before = None  # damaged: this one replaces it
        contents = merged(before or empty_contents(), answered)
        try:
            replace_file(path, (rendered(contents),))
        except OSError as error:
            raise _unwritable(path, error) from None
    return contents


def remove(path: Path) -> bool:
    """Remove the overlay. Whether there was one.

    Raises
    ------
    ConfigurationError
        If it cannot be removed.
    """
    if not path.parent.is_dir():
        return False
    # The lock's file stays: removing it would let two processes hold a lock each.
    with _locked(path):
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _unwritable(path, error) from None
    return True


def merged(before: Contents, answered: Contents) -> Contents:
    """The earlier contents with the answers over them."""
    contents: dict[str, Any] = {"types": _merged_types(before["types"], answered["types"])}
    earlier: dict[str, Any] = dict(before)
    newer: dict[str, Any] = dict(answered)
    for section in BY_REGION:
        contents[section] = {**earlier[section], **newer[section]}
    contents["sagemaker_names"] = sagemaker_names_in(part["text"] for part in contents["sagemaker_prices"].values())
    return cast("Contents", contents)


def _merged_types(before: DescribedTypes, answered: DescribedTypes) -> DescribedTypes:
    if not answered["as_of"]:
        return before
    devices = {row[0]: row for row in (*before["accelerators"], *answered["accelerators"])}
    return {
        "as_of": answered["as_of"],
        "types": {**before["types"], **answered["types"]},
        "processors": {**before["processors"], **answered["processors"]},
        "accelerators": list(devices.values()),
    }


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One refresh at a time writes. The system frees the lock when a process ends, however it ends."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = _lock_file(path).open("ab")
    except OSError as error:
        raise _unwritable(path, error) from None
    with stream:
        try:
            _lock(stream.fileno())
        except OSError as error:  # a file system without locks
            raise _unwritable(path, error) from None
        yield


def _lock(descriptor: int) -> None:
    """Wait for the lock, which others hold for moments; closing the file frees it."""
    for _ in range(int(_PATIENCE / _PAUSE)):
        if _is_locked(descriptor):
            return
        time.sleep(_PAUSE)
    raise TimeoutError(f"another 'catalog refresh' has held it for {_PATIENCE:g} seconds; end that one first")


def _is_locked(descriptor: int) -> bool:
    """Whether the lock could be taken."""
    take: Callable[[], object]
    if os.name == "nt":
        windows: Any = importlib.import_module("msvcrt")
        take = partial(windows.locking, descriptor, windows.LK_NBLCK, 1)
    else:
        unix: Any = importlib.import_module("fcntl")
        take = partial(unix.flock, descriptor, unix.LOCK_EX | unix.LOCK_NB)
    try:
        take()
    except (BlockingIOError, PermissionError):  # somebody else has it
        return False
    return True


def _lock_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"the overlay {path} cannot be written ({error.strerror or error}); "
        "set LEAN_SILICON_CACHE to a directory that can be, or correct its permissions"
    )
