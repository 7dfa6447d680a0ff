"""What a machine draws as metric math of how busy it is, at both ends of the band and between."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

from lean_silicon.footprint import Footprint
from lean_silicon.monitoring.formula import Formula, number
from lean_silicon.quantity import Quantity

ENDS = ("low", "likely", "high")
METRICS = ("cost", "power", "energy", "carbon")
"""What is shown, by the names of `lean_silicon.footprint`: USD/h, W, kWh/h, gCO2e/h."""


@dataclass(frozen=True)
class Band:
    """Low, likely and high of one metric, each a formula."""

    low: Formula
    likely: Formula
    high: Formula

    @classmethod
    def of(cls, make: Callable[[str], Formula]) -> Band:
        """A band whose ends `make` makes, by ``"low"``, ``"likely"``, ``"high"``."""
        return cls(*(make(end) for end in ENDS))

    @classmethod
    def total(cls, bands: Iterable[Band]) -> Band | None:
        """The sum of what reports; what has no data counts nothing. `None` of no bands."""
        known = list(bands)
        if not known:
            return None
        return cls.of(lambda end: reduce(Formula.__add__, (band.end(end).filled() for band in known)))

    def end(self, name: str) -> Formula:
        """One end by its name."""
        found: Formula = getattr(self, name)
        return found

    def mapped(self, change: Callable[[Formula], Formula]) -> Band:
        """The band with each end changed alike."""
        return Band.of(lambda end: change(self.end(end)))


@dataclass(frozen=True)
class Curve:
    """A metric of one machine at 0, 50 and 100% utilisation, with straight lines between: the model of `lean_silicon.footprint`."""

    idle: Quantity
    half: Quantity
    full: Quantity

    def band(self, machines: Formula, utilisation: Formula | None) -> Band:
        """The metric of all machines; where nobody knows how busy they are, the band goes from idle to full."""
        if utilisation is None:
            ends = {"low": self.idle.low, "likely": self.half.likely, "high": self.full.high}
            return Band.of(lambda end: machines * ends[end])
        return Band.of(lambda end: machines * self._between(end, utilisation))

    def _between(self, end: str, utilisation: Formula) -> Formula:
        idle, half, full = (float(getattr(each, end)) for each in (self.idle, self.half, self.full))
        if idle == half == full:
            return Formula.constant(idle)
        used = utilisation.expression
        lower = f"{number(idle)} + {number((half - idle) / 50)} * {used}"
        upper = f"{number(half)} + {number((full - half) / 50)} * ({used} - 50)"
        return Formula(f"IF({used} < 50, {lower}, {upper})", utilisation.metrics, utilisation.can_alarm)


@dataclass(frozen=True)
class Rates:
    """What a resource costs by the hour. `None` is unknown, never zero."""

    cost: Band | None = None
    power: Band | None = None
    energy: Band | None = None
    carbon: Band | None = None

    def get(self, name: str) -> Band | None:
        """One of `METRICS` by name."""
        found: Band | None = getattr(self, name)
        return found


def rates_of(at: Callable[[float], Footprint], machines: Formula, utilisation: Formula | None) -> Rates:
    """The rates of machines of which `at` tells the footprint of a single one by its utilisation, from 0 to 1."""
    footprints = [at(used) for used in (0.0, 0.5, 1.0)]

    def band(name: str) -> Band | None:
        points = [found for each in footprints if (found := each.metric(name)) is not None]
        return Curve(*points).band(machines, utilisation) if len(points) == len(footprints) else None

    return Rates(*(band(name) for name in METRICS))
