"""Refuses a word that is not known, with the nearest that is, or with all where none is near."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from lean_silicon.catalog import Catalog
from lean_silicon.exceptions import ConfigurationError


def not_known(what: str, word: str, known: Sequence[str]) -> str:
    """The sentence that refuses a word."""
    near = difflib.get_close_matches(word, known, n=3)
    others = f"nearest: {', '.join(near)}" if near else f"known: {', '.join(known)}"
    return f"{what} {word!r} is not known; {others}"


def require_region(code: str | None, catalog: Catalog, what: str = "region") -> None:
    """Refuse the code of a region that the catalogue does not know.

    Raises
    ------
    ConfigurationError
        With the nearest regions.
    """
    if code is not None and catalog.region(code) is None:
        raise ConfigurationError(not_known(what, code, [each.code for each in catalog.regions()]))
