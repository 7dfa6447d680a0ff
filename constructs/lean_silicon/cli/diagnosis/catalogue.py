"""The age of the facts: the packaged catalogue, and what the user's account said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lean_silicon.catalog.catalog import load_catalog
from lean_silicon.catalog.overlay import Overlay
from lean_silicon.catalog.overlay_file import is_switched_off, overlay_path, read_contents
from lean_silicon.cli.diagnosis.diagnosis import Diagnosis, State
from lean_silicon.cli.freshness import MAX_AGE, last_day_of
from lean_silicon.exceptions import CatalogError, UnreadableInputError

_REFRESH = "lean-silicon catalog refresh"


def catalogue(today: date) -> Iterator[Diagnosis]:
    """How old the facts are."""
    try:
        as_of = load_catalog().as_of
    except CatalogError as error:
        yield Diagnosis("catalogue", State.MEND, str(error), "pip install --force-reinstall lean-silicon")
        return
    age = (today - last_day_of(as_of)).days
    if age > MAX_AGE.days:
        found = f"of {as_of}, {age} days old: prices and types may have changed"
        yield Diagnosis("catalogue", State.NOTE, found, f"pip install --upgrade lean-silicon, or {_REFRESH}")
    else:
        yield Diagnosis("catalogue", State.GOOD, f"of {as_of}")
    yield _overlay(today, as_of)


def _overlay(today: date, packaged: str) -> Diagnosis:
    name = "overlay"
    if is_switched_off():
        return Diagnosis(name, State.GOOD, "switched off (LEAN_SILICON_OVERLAY, --no-overlay): packaged data only")
    try:
        path = overlay_path()
        contents = read_contents(path)
    except UnreadableInputError as error:
        return Diagnosis(
            name, State.MEND, f"{error}; it is not used", f"{_REFRESH}, or {_REFRESH} --clear to remove it"
        )
    except RuntimeError as error:
        return Diagnosis(name, State.NOTE, f"no cache directory: {error}", "set LEAN_SILICON_CACHE to a directory")
    if contents is None:
        return Diagnosis(name, State.GOOD, "none: packaged prices and offers")
    dates = sorted({as_of for _, _, as_of in Overlay(contents).dates()})
    if not dates:
        return Diagnosis(name, State.GOOD, f"{path}, which says nothing")
    regions = ", ".join(Overlay(contents).regions()) or "no region"
    found = f"{path}: of {dates[0]}{f' to {dates[-1]}' if len(dates) > 1 else ''}, {regions}"
    if (today - last_day_of(dates[0])).days > MAX_AGE.days:
        return Diagnosis(name, State.NOTE, f"{found}; older than {MAX_AGE.days} days", _REFRESH)
    if last_day_of(dates[0]) < last_day_of(packaged):
        return Diagnosis(name, State.NOTE, f"{found}; what is older than the packaged data is not used", _REFRESH)
    return Diagnosis(name, State.GOOD, found)
