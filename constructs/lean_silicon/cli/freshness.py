"""Warns when the facts are old: prices and types change."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from lean_silicon.cli.verbosity import detail, remark

if TYPE_CHECKING:
    from lean_silicon.catalog import Catalog

MAX_AGE = timedelta(days=90)


def warn_if_old(as_of: str, what: str = "catalogue", *, today: date | None = None, but: str = "") -> None:
    """Say on standard error if data of that date (``2026-11`` or ``2026-11-23``) is older than 90 days."""
    age = (today or date.today()) - last_day_of(as_of)
    if age > MAX_AGE:
        remark(
            f"the {what} is of {as_of}, {age.days} days old: prices and types may have changed{but}; "
            "upgrade lean-silicon, or run 'lean-silicon catalog refresh'"
        )


def warn_if_catalog_old(catalog: Catalog, *, today: date | None = None) -> None:
    """Say it of the packaged data, and of what the user's account said, which is newer but covers less."""
    today = today or date.today()
    detail(f"catalogue of {catalog.as_of}, {'with' if catalog.overlay else 'without'} what your account said")
    fresh: set[tuple[str, str]] = set()
    old: set[tuple[str, str]] = set()
    for _, region, as_of in catalog.overlay.dates():
        (old if today - last_day_of(as_of) > MAX_AGE else fresh).add((region, as_of))
    covered = sorted({region for region, _ in fresh if region})
    but = f", save what your account said of {', '.join(covered)}" if covered else ""
    warn_if_old(catalog.as_of, today=today, but=but)
    if old:
        warn_if_old(min(as_of for _, as_of in old), "overlay from your account", today=today)


def last_day_of(as_of: str) -> date:
    """The day that a date names, or the last of the month that it names."""
    year, month, *day = (int(part) for part in as_of.split("-"))
    if day:
        return date(year, month, day[0])
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
