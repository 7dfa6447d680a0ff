"""What a machine costs by the hour: money, power, energy, water and carbon."""

from __future__ import annotations

from typing import Any, NamedTuple

from lean_silicon.quantity import Quantity

METRICS = ("cost", "power", "energy", "carbon", "carbon_market_based", "embodied", "water")
UNITS = {
    "cost": "USD/h",
    "power": "W",
    "energy": "kWh/h",
    "carbon": "gCO2e/h",
    "carbon_market_based": "gCO2e/h",
    "embodied": "gCO2e/h",
    "water": "L/h",
}


class Site(NamedTuple):
    """What a region's electricity and cooling add; `None` is unknown.

    `pue` is facility over IT energy, `grid` gCO2e/kWh by location, `market` gCO2e/kWh by the contracts that AWS states,
    `wue` litres of cooling water per kWh of IT energy.
    """

    region: str | None
    pue: Quantity | None
    grid: Quantity | None
    market: Quantity | None
    wue: Quantity | None


class Footprint(NamedTuple):
    """The hourly footprint of some machines while they run. `None` is unknown, never zero.

    Parameters
    ----------
    cost
        On-demand price, USD/h.
    power
        Of the machines themselves (IT), W.
    energy
        Of the facility, kWh/h: power times PUE.
    carbon
        Operational, location-based, gCO2e/h: energy times the grid's intensity.
    carbon_market_based
        Operational by the renewable energy that AWS states to match, gCO2e/h. Shown beside `carbon`, never instead of it.
    embodied
        Of making the machines, spread over their life, gCO2e/h.
    water
        For cooling on site, L/h. The water of making electricity is not in it.
    site
        The region's factors, so that the difference of two footprints counts them once.
    hardware
        The instance family it is made of, for the same reason: estimates of one family err together.
    assumptions
        What was assumed, one sentence each, for a report.
    """

    cost: Quantity | None = None
    power: Quantity | None = None
    energy: Quantity | None = None
    carbon: Quantity | None = None
    carbon_market_based: Quantity | None = None
    embodied: Quantity | None = None
    water: Quantity | None = None
    site: Site | None = None
    hardware: str | None = None
    assumptions: tuple[str, ...] = ()

    def metric(self, name: str) -> Quantity | None:
        """One of `METRICS` by name."""
        value: Quantity | None = getattr(self, name)
        return value

    def known(self) -> dict[str, Quantity]:
        """The metrics that are known, in the order of `METRICS`."""
        return {name: value for name in METRICS if (value := self.metric(name)) is not None}

    def times(self, factor: float) -> Footprint:
        """The footprint of `factor` as many machines."""
        scaled: dict[str, Any] = {name: value * factor for name, value in self.known().items()}
        return self._replace(**scaled)
