"""What machines use over a time, and sums that say what they do not know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint.footprint import Footprint, Site
from lean_silicon.quantity import Quantity

HOURS_PER_MONTH = 730.0
"""8,760 h / 12, as AWS's pricing calculator counts."""

HARDLY_MORE = 1.05
"""Up to so many times the money counts as no dearer: then the lower energy decides."""

MEASURES = ("cost", "energy", "carbon", "carbon_market_based", "embodied", "water")
UNITS_OF_MEASURES = {
    "cost": "USD",
    "energy": "kWh",
    "carbon": "gCO2e",
    "carbon_market_based": "gCO2e",
    "embodied": "gCO2e",
    "water": "L",
}


class Consumption(NamedTuple):
    """What something uses in all. `None` is unknown, never zero.

    `cost` in USD, `energy` of the facility in kWh, `carbon` (location-based), `carbon_market_based` and `embodied` in gCO2e, `water` in L.
    """

    cost: Quantity | None = None
    energy: Quantity | None = None
    carbon: Quantity | None = None
    carbon_market_based: Quantity | None = None
    embodied: Quantity | None = None
    water: Quantity | None = None

    def measure(self, name: str) -> Quantity | None:
        """One of `MEASURES` by name."""
        value: Quantity | None = getattr(self, name)
        return value

    def known(self) -> dict[str, Quantity]:
        """The measures that are known, in the order of `MEASURES`."""
        return {name: value for name in MEASURES if (value := self.measure(name)) is not None}


@dataclass(frozen=True)
class Total:
    """A sum of consumptions: of what is known, and of how many parts each measure is not.

    `parts` is how many were summed; `unknown` names the measures that some parts lack, with the number of those parts.
    """

    known: Consumption
    parts: int
    unknown: dict[str, int] = field(default_factory=dict)


def over(footprint: Footprint, hours: Quantity, machines: Quantity | None = None) -> Consumption:
    """What a footprint, or a saving of one, amounts to in `hours`, on `machines` of it (one where none is given).

    Raises
    ------
    InvalidValueError
        If `hours` is not in ``"h"``, or `hours` or `machines` is negative.
    """
    if hours.unit != "h":
        raise InvalidValueError(f"hours are in {hours.unit!r}; convert them to 'h' with in_unit()")
    time = hours if machines is None else hours.times(machines, "h")
    sums = {
        name: rate.scaled_by(time, UNITS_OF_MEASURES[name])
        for name, rate in footprint.known().items()
        if name in MEASURES
    }
    return Consumption(**sums)


def total(parts: Iterable[Consumption]) -> Total:
    """The sum of the parts, measure by measure. Bands add up end to end: errors of prices, watts and grids hit all parts alike."""
    sums: dict[str, Quantity] = {}
    unknown: dict[str, int] = {}
    count = 0
    for part in parts:
        count += 1
        for name in MEASURES:
            value = part.measure(name)
            if value is None:
                unknown[name] = unknown.get(name, 0) + 1
            else:
                sums[name] = sums[name] + value if name in sums else value
    return Total(Consumption(**sums), count, unknown)


def spot_cost(on_demand: Quantity) -> Quantity:
    """The band of what the same machine costs as interruptible capacity.

    AWS states savings of up to 90%, and a spot price never exceeds the on-demand price; the middle is assumed, as prices change by the
    hour and no history of them is in the catalogue.
    """
    source = "EC2 Spot: up to 90% off (aws.amazon.com/ec2/spot)"
    return Quantity(
        0.1 * on_demand.low, 0.5 * on_demand.likely, on_demand.high, on_demand.unit, (*on_demand.sources, source)
    )


def change(before: Consumption, after: Consumption, *, site: Site | None = None, together: bool = False) -> Consumption:
    """How much more `after` uses than `before`; negative where it uses less.

    Parameters
    ----------
    before, after
        What is compared.
    site
        Where both are, if in one place: its grid's intensity then multiplies the difference in energy once, instead of both amounts.
    together
        Whether both are multiples of the same machines, whose estimates err together.
    """
    differences: dict[str, Quantity] = {}
    for name in MEASURES:
        old, new = before.measure(name), after.measure(name)
        if old is not None and new is not None:
            differences[name] = new.minus_correlated(old) if together else new - old
    energy = differences.get("energy")
    if site is not None and energy is not None and not together:
        for name, factor in (("carbon", site.grid), ("carbon_market_based", site.market)):
            if factor is not None:
                differences[name] = energy.scaled_by(factor, "gCO2e")
    return Consumption(**differences)
