"""Warns when the packaged facts are old: prices and types change."""

from __future__ import annotations

import sys
from datetime import date, timedelta

MAX_AGE = timedelta(days=90)


def warn_if_old(as_of: str, what: str = "catalogue", *, today: date | None = None) -> None:
    """Say on standard error if data of that date (``2026-11`` or ``2026-11-23``) is older than 90 days."""
    age = (today or date.today()) - last_day_of(as_of)
    if age > MAX_AGE:
        print(
            f"lean-silicon: the {what} is of {as_of}, {age.days} days old: prices and types may have changed; "
            "upgrade lean-silicon",
            file=sys.stderr,
        )


def last_day_of(as_of: str) -> date:
    """The day that a date names, or the last of the month that it names."""
    year, month, *day = (int(part) for part in as_of.split("-"))
    if day:
        return date(year, month, day[0])
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
