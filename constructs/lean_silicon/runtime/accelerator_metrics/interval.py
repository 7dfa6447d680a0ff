"""The samples of one interval, gathered to be published together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .power import PowerBand
from .samples import Sample

UTILIZATION = "AcceleratorUtilization"
MEMORY_USED = "AcceleratorMemoryUsed"
POWER = "AcceleratorPower"
ESTIMATED_POWER = ("EstimatedAcceleratorPowerLow", "EstimatedAcceleratorPower", "EstimatedAcceleratorPowerHigh")
"""Low, likely, high: names of their own, so that no chart adds an estimate to a measurement."""
UNITS = {
    UTILIZATION: "Percent",
    MEMORY_USED: "Bytes",
    **dict.fromkeys((POWER, *ESTIMATED_POWER), "None"),  # CloudWatch has no watts
}


class Gathered(NamedTuple):
    """The values of an interval by the name of their metric; a metric of which nothing is known is not there.

    `time` is the start of the interval, seconds since 1970; `power_basis` is ``"measured"``, ``"estimated"`` or ``"unknown"``, and
    `power_source` where an estimate is from.
    """

    time: float
    kind: str
    devices: int
    values: dict[str, list[float]]
    power_basis: str
    power_source: str | None


class Interval:
    """Gathers samples into intervals of `seconds`, aligned to the clock, so that machines agree on them."""

    def __init__(self, seconds: float, band: PowerBand | None = None) -> None:
        self._seconds = seconds
        self._band = band
        self._start: float | None = None
        self._samples: list[Sample] = []

    def add(self, sample: Sample) -> Iterator[Gathered]:
        """Take a sample; what was gathered before comes out if the sample belongs to another interval."""
        yield from self.due(sample.time)
        if self._start is None:
            self._start = sample.time // self._seconds * self._seconds
        self._samples.append(sample)

    def due(self, now: float) -> Iterator[Gathered]:
        """What was gathered, if its interval is over. A clock that was set back ends it too."""
        if self._start is not None and not self._start <= now < self._start + self._seconds:
            yield from self.flush()

    def flush(self) -> Iterator[Gathered]:
        """What was gathered so far."""
        if self._start is not None:
            yield self._gathered(self._start)
        self._start, self._samples = None, []

    def _gathered(self, start: float) -> Gathered:
        values: dict[str, list[float]] = {}
        for sample in self._samples:
            for name, value in self._told(sample):
                values.setdefault(name, []).append(value)
        last = self._samples[-1]
        measured, estimated = POWER in values, ESTIMATED_POWER[0] in values
        basis = "measured" if measured else "estimated" if estimated else "unknown"
        source = self._band.source if estimated and self._band is not None else None
        return Gathered(start, last.kind, last.devices, values, basis, source)

    def _told(self, sample: Sample) -> Iterator[tuple[str, float]]:
        known = (
            (UTILIZATION, sample.utilization),
            (MEMORY_USED, sample.memory_used_bytes),
            (POWER, sample.power_watts),
        )
        for name, value in known:
            if value is not None:
                yield name, value
        if sample.power_watts is None and sample.utilization is not None and self._band is not None:
            yield from zip(ESTIMATED_POWER, self._band.at(sample.utilization))  # noqa: B905 - not in Python 3.8
