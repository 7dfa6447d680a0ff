"""Quantities on a page: the likely value, and its band beside it in words that a screen reader reads well."""

from __future__ import annotations

from lean_silicon.quantity import Quantity
from lean_silicon.reports.html.text import shown

UNKNOWN = '<span class="unknown">unknown</span>'


def figure(quantity: Quantity | None, *, unit: bool = True) -> str:
    """The likely value with its unit, and the band where there is one; ``unknown`` where it is."""
    if quantity is None:
        return UNKNOWN
    name = f" {shown(quantity.unit)}" if unit else ""
    band = band_of(quantity)
    said = f' <span class="band">({band})</span>' if band else ""
    return f'<span class="figure"><b>{number(quantity.likely)}</b>{name}{said}</span>'


def band_of(quantity: Quantity) -> str:
    """``"800 to 1,200"``, or nothing where the value is exact."""
    if quantity.low == quantity.high:
        return ""
    return f"{number(quantity.low)} to {number(quantity.high)}"


def number(value: float) -> str:
    """Three significant digits, with a minus that is as wide as a plus."""
    return str(Quantity.exact(value, "")).strip().replace("-", "\N{MINUS SIGN}")
