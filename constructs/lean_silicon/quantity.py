"""A number with its band, its unit and where it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class Quantity:
    """An estimate that never travels without its uncertainty.

    Parameters
    ----------
    low, likely, high
        The band and its most likely value, ``low <= likely <= high``, in `unit`.
    unit
        For instance ``"USD/h"``, ``"W"``, ``"kWh"``, ``"gCO2e"``, ``"GiB"``. Adding or comparing different units is an error.
    sources
        Short names of the sources that the figure was made from, for instance ``"karpenter 2026-07-20"``.

    Raises
    ------
    InvalidValueError
        If the band is inverted or a bound is not a finite number.
    """

    low: float
    likely: float
    high: float
    unit: str
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.likely) and math.isfinite(self.high)):
            raise InvalidValueError(
                f"a Quantity needs finite bounds, got {self.low}, {self.likely}, {self.high} {self.unit}"
            )
        if not self.low <= self.likely <= self.high:
            raise InvalidValueError(
                f"a Quantity needs low <= likely <= high, got {self.low}, {self.likely}, {self.high} {self.unit}"
            )

    @classmethod
    def exact(cls, value: float, unit: str, *sources: str) -> Quantity:
        """A value without a band: a price list's price, a count."""
        return cls(value, value, value, unit, sources)

    def __add__(self, other: Quantity) -> Quantity:
        self._require_same_unit(other, "add")
        return Quantity(
            self.low + other.low, self.likely + other.likely, self.high + other.high, self.unit, self._merged(other)
        )

    def __sub__(self, other: Quantity) -> Quantity:
        """The difference of two independent estimates: its band spans the worst and the best case."""
        self._require_same_unit(other, "subtract")
        return Quantity(
            self.low - other.high, self.likely - other.likely, self.high - other.low, self.unit, self._merged(other)
        )

    def __mul__(self, factor: float) -> Quantity:
        ends = sorted((self.low * factor, self.high * factor))
        return Quantity(ends[0], self.likely * factor, ends[1], self.unit, self.sources)

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Quantity:
        return self * (1 / divisor)

    def times(self, other: Quantity, unit: str) -> Quantity:
        """The product of two independent, non-negative quantities, in `unit`, which the caller names (W times h is Wh)."""
        if self.low < 0 or other.low < 0:
            raise InvalidValueError(f"times() needs non-negative bands, got {self} and {other}")
        return Quantity(
            self.low * other.low, self.likely * other.likely, self.high * other.high, unit, self._merged(other)
        )

    def scaled_by(self, factor: Quantity, unit: str) -> Quantity:
        """The product with a non-negative quantity, in `unit`; unlike `times`, this one may be a difference and negative."""
        if factor.low < 0:
            raise InvalidValueError(f"scaled_by() needs a non-negative factor, got {factor}")
        low = min(self.low * factor.low, self.low * factor.high)
        high = max(self.high * factor.low, self.high * factor.high)
        return Quantity(low, self.likely * factor.likely, high, unit, self._merged(factor))

    def minus_correlated(self, other: Quantity) -> Quantity:
        """The difference of two estimates that err together, such as 8 and 4 of the same device: both low, or both high."""
        self._require_same_unit(other, "subtract")
        ends = (self.low - other.low, self.likely - other.likely, self.high - other.high)
        return Quantity(min(ends), ends[1], max(ends), self.unit, self._merged(other))

    def widened(self, low: float, high: float) -> Quantity:
        """The same likely value in a band widened by the factors `low` (at most 1) and `high` (at least 1)."""
        if not 0 <= low <= 1 <= high:
            raise InvalidValueError(f"widened() needs 0 <= low <= 1 <= high, got {low}, {high}")
        return replace(self, low=self.low * low, high=self.high * high)

    def per(self, other: Quantity, unit: str) -> Quantity:
        """The quotient of two independent, positive quantities, in `unit`, which the caller names."""
        if self.low < 0 or other.low <= 0:
            raise InvalidValueError(f"per() needs a non-negative band over a positive one, got {self} and {other}")
        return Quantity(
            self.low / other.high, self.likely / other.likely, self.high / other.low, unit, self._merged(other)
        )

    def in_unit(self, unit: str, factor: float) -> Quantity:
        """The same quantity in another unit: ``watts.in_unit("kW", 0.001)``."""
        return replace(self * factor, unit=unit)

    def clearly_below(self, other: Quantity) -> bool:
        """Whether the whole band lies under the whole of the other's."""
        self._require_same_unit(other, "compare")
        return self.high < other.low

    def _merged(self, other: Quantity) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.sources + other.sources))

    def _require_same_unit(self, other: Quantity, verb: str) -> None:
        if self.unit != other.unit:
            raise InvalidValueError(f"cannot {verb} {self.unit!r} and {other.unit!r}: convert one with in_unit() first")

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{_short(self.likely)} {self.unit}"
        return f"{_short(self.likely)} {self.unit} ({_short(self.low)}–{_short(self.high)})"


def _short(value: float) -> str:
    """Three significant digits and thousands separators: 0.758, 31.2, 4,120."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(digits, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
