"""Words for conditions and times that several groups of rules use."""

from __future__ import annotations

from lean_silicon.templates.locations import Assumed


def when(assumed: Assumed) -> str:
    """The conditions under which something stands, for the end of a sentence; nothing where there are none."""
    if not assumed:
        return ""
    return f" (when {' and '.join(f'{name} is {_value(value)}' for name, value in assumed)})"


def hours(amount: float) -> str:
    """A time in hours: ``24 h``, ``0.5 h``."""
    return f"{amount:,.4g} h" if amount < 10_000 else f"{amount:,.0f} h"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
