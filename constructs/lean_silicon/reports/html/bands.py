"""Bars with their bands, as SVG. They repeat what stands beside them as text, so a screen reader passes them by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lean_silicon.quantity import Quantity

_WIDTH, _HEIGHT = 200, 12
_FARTHEST = 2.5


@dataclass(frozen=True)
class Scale:
    """From zero to `top`, for bars that are compared. Bands that reach farther end in an arrow."""

    top: float

    @classmethod
    def of(cls, quantities: Iterable[Quantity | None]) -> Scale:
        """One that shows all likely values, and of the bands as much as leaves these readable."""
        known = [quantity for quantity in quantities if quantity is not None]
        likely = max((quantity.likely for quantity in known), default=0.0)
        high = max((quantity.high for quantity in known), default=0.0)
        return cls(min(high, _FARTHEST * likely) if likely > 0 else high)

    def at(self, value: float) -> float:
        """Where a value stands, within the bar."""
        share = value / self.top if self.top > 0 else 0.0
        return round(_WIDTH * min(max(share, 0.0), 1.0), 1)


def bar(quantity: Quantity | None, scale: Scale, kind: str) -> str:
    """A bar to the likely value with a line from low to high; `kind` (``"now"``, ``"lean"``) says how it looks."""
    inside = "" if quantity is None else _drawn(quantity, scale)
    return f'<svg class="bar {kind}" viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">{inside}</svg>'


def _drawn(quantity: Quantity, scale: Scale) -> str:
    likely, low, high = scale.at(quantity.likely), scale.at(quantity.low), scale.at(quantity.high)
    middle = _HEIGHT / 2
    drawn = f'<rect y="1.5" width="{likely:g}" height="{_HEIGHT - 3}"/>'
    if quantity.low == quantity.high:
        return drawn
    end = f"M{high:g} 3V{_HEIGHT - 3}"
    if quantity.high > scale.top > 0:
        end = f"M{high - 5:g} 2L{high - 1:g} {middle:g}L{high - 5:g} {_HEIGHT - 2}"
    return f'{drawn}<path d="M{low:g} {middle:g}H{high:g}M{low:g} 3V{_HEIGHT - 3}{end}"/>'
