"""Quantities for reports: as plain values, and short enough for a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lean_silicon.quantity import Quantity


def plain(quantity: Quantity | None) -> dict[str, Any] | None:
    """A quantity as JSON; `None` stays `None`: unknown is never zero."""
    if quantity is None:
        return None
    return {
        "low": quantity.low,
        "likely": quantity.likely,
        "high": quantity.high,
        "unit": quantity.unit,
        "sources": list(quantity.sources),
    }


def plain_all(quantities: Mapping[str, Quantity]) -> dict[str, Any]:
    """Each known quantity by its name."""
    return {name: plain(quantity) for name, quantity in quantities.items()}


def short(quantity: Quantity | None, *, unit: bool = True) -> str:
    """A quantity for a cell of a table: the likely value, the band where there is one, ``?`` where it is unknown."""
    if quantity is None:
        return "?"
    text = str(quantity)
    return text if unit else text.replace(f" {quantity.unit}", "", 1)


def kilograms(quantity: Quantity | None) -> Quantity | None:
    """Grams of CO2e as kilograms."""
    return None if quantity is None else quantity.in_unit("kgCO2e", 0.001)
