"""Versions of installed Python packages, and the bounds that this package's own metadata sets them."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires, version

_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?")
_BOUND = re.compile(r"(>=|<)\s*([0-9][0-9.]*)")


def installed(package: str) -> str | None:
    """The version of an installed package, or `None`. Nothing is imported."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def bounds(package: str) -> tuple[str | None, str | None]:
    """The least version of a package that lean-silicon works with, and the first that it does not; `None` is no bound."""
    try:
        requirements = requires("lean-silicon") or []
    except PackageNotFoundError:  # run from its source without being installed
        return None, None
    for requirement in requirements:
        found = _REQUIREMENT.match(requirement)
        if found is not None and _plain(found[1]) == _plain(package):
            signs = dict(_BOUND.findall(found[2]))
            return signs.get(">="), signs.get("<")
    return None, None


def numbers(text: str) -> tuple[int, ...]:
    """A version as numbers to compare: ``"v22.4.1-pre"`` is (22, 4, 1)."""
    found = re.match(r"\D*(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def within(found: str, least: str | None, first_beyond: str | None) -> bool:
    """Whether a version lies within bounds."""
    return (least is None or numbers(found) >= numbers(least)) and (
        first_beyond is None or numbers(found) < numbers(first_beyond)
    )


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
