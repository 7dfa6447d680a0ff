"""Where the overlay lies, how it is read, and what is said when it cannot be: it is left out, never an error."""

from __future__ import annotations

import json
import os
import sys
import zlib
from functools import cache
from pathlib import Path
from typing import Any, cast

from lean_silicon.catalog.overlay import BY_REGION, Contents, Overlay
from lean_silicon.exceptions import UnreadableInputError

FORMAT = 1
_NAME = "catalog-overlay.json"
_SWITCH, _PLACE = "LEAN_SILICON_OVERLAY", "LEAN_SILICON_CACHE"
_TAIL = b"\n}\n"
_ON = {"", "on", "1", "true", "yes"}
_OFF = {"off", "0", "false", "no"}
_REMEDY = "run 'lean-silicon catalog refresh' to renew it, or with --clear to remove it"


def overlay_path() -> Path:
    """The overlay's file in the user's cache directory.

    ``LEAN_SILICON_CACHE`` names the directory; else ``lean-silicon`` in ``XDG_CACHE_HOME``, ``~/Library/Caches`` (macOS),
    ``%LOCALAPPDATA%`` (Windows) or ``~/.cache``.
    """
    named = os.environ.get(_PLACE)
    return (Path(named) if named else _cache_home() / "lean-silicon") / _NAME


def _cache_home() -> Path:
    xdg = os.environ.get("XDG_CACHE_HOME")
    if xdg and Path(xdg).is_absolute():  # the specification has relative paths ignored
        return Path(xdg)
    if sys.platform == "darwin":
        return Path("~/Library/Caches").expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path("~/AppData/Local").expanduser())
    return Path("~/.cache").expanduser()


def is_switched_off() -> bool:
    """Whether ``LEAN_SILICON_OVERLAY`` says ``off``: packaged data only, the same on every machine."""
    word = os.environ.get(_SWITCH, "").strip().lower()
    if word not in _ON | _OFF:
        _report(f"{_SWITCH}={word!r} is not understood, allowed are 'on' and 'off'; the overlay is not used")
        return True
    return word in _OFF


def switch_off() -> None:
    """Use packaged data only, in this process and those that it starts."""
    os.environ[_SWITCH] = "off"


@cache
def load_overlay() -> Overlay:
    """The user's overlay, read once; an empty one where there is none, it is switched off or it cannot be read.

    What cannot be read is said once on standard error.
    """
    if is_switched_off():
        return Overlay()
    try:
        path = overlay_path()
        contents = read_contents(path)
    except (UnreadableInputError, RuntimeError) as error:  # RuntimeError: there is no home directory
        _report(f"{error}: not used; {_REMEDY}")
        return Overlay()
    return Overlay(contents, lambda problem: _report(f"the overlay {path}: {problem}: not used; {_REMEDY}"))


def without_older(overlay: Overlay, as_of: str, what: str) -> Overlay:
    """What is not older than packaged data of that date; what is, is said."""
    kept, dropped = overlay.since(as_of)
    if dropped:
        _report(f"older than the packaged {what} of {as_of}: not used: {', '.join(dropped)}; {_REMEDY}")
    return kept


def read_contents(path: Path) -> Contents | None:
    """The contents of an overlay's file, or `None` if there is none.

    Raises
    ------
    UnreadableInputError
        If it cannot be read, is damaged, or has another format than this code reads.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableInputError(f"the overlay {path} cannot be read ({error.strerror or error})") from None
    try:
        document: Any = json.loads(raw)
    except ValueError as error:  # a UnicodeDecodeError is one too
        raise UnreadableInputError(f"the overlay {path} is damaged ({error})") from None
    except RecursionError:
        raise UnreadableInputError(f"the overlay {path} is damaged (nested too deeply)") from None
    found = document.get("format") if isinstance(document, dict) else type(document).__name__
    if found != FORMAT:
        raise UnreadableInputError(f"the overlay {path} has format {found!r}, this release reads {FORMAT}")
    if document.get("crc32") != zlib.crc32(_body(raw)) or not _is_shaped(document.get("contents")):
        raise UnreadableInputError(f"the overlay {path} is damaged (its checksum or its shape is wrong)")
    return cast("Contents", document["contents"])


def rendered(contents: Contents) -> bytes:
    """The file of those contents: the checksum is of the second line, so that a damaged file is never believed."""
    body = json.dumps(contents, sort_keys=True, separators=(",", ":")).encode()
    return b'{"format": %d, "crc32": %d, "contents":\n%s%s' % (FORMAT, zlib.crc32(body), body, _TAIL)


def _body(raw: bytes) -> memoryview:
    """The line that the checksum is of, without copying it."""
    return memoryview(raw)[raw.find(b"\n") + 1 : -len(_TAIL)]


def _is_shaped(contents: object) -> bool:
    """Whether the outer shape is right; what the parts say is read when it is asked for."""
    if not isinstance(contents, dict):
        return False
    types = contents.get("types")
    return (
        isinstance(types, dict)
        and isinstance(types.get("as_of"), str)
        and isinstance(types.get("accelerators"), list)
        and all(isinstance(types.get(table), dict) for table in ("types", "processors"))
        and isinstance(contents.get("sagemaker_names"), dict)
        and all(isinstance(names, str) for names in contents["sagemaker_names"].values())
        and all(_is_by_region(contents.get(section)) for section in BY_REGION)
    )


def _is_by_region(section: object) -> bool:
    return isinstance(section, dict) and all(
        isinstance(part, dict) and isinstance(part.get("as_of"), str) and isinstance(part.get("text"), str)
        for part in section.values()
    )


def _report(message: str) -> None:
    print(f"lean-silicon: {message}", file=sys.stderr)
