"""What a session of an agent costs: what AgentCore bills for it, and what its model's tokens take."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration

from lean_silicon.catalog import Component, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Consumption, hourly_footprint, site_of
from lean_silicon.quantity import Quantity

_PRICES = "Amazon Bedrock AgentCore's rates as AWS repeats them in its Agent Toolkit for AWS (agents-optimize/references/cost.md, 2026-08)"
USD_PER_VCPU_HOUR = Quantity.exact(0.0895, "USD/vCPU-h", _PRICES)
"""Of processor time that is used; waiting for a model or a tool is free."""
USD_PER_GB_HOUR = Quantity.exact(0.00945, "USD/GB-h", _PRICES)
"""Of memory that is held, from the first request to the end of the session, idle time included."""

BUSY_SHARE = Quantity(
    0.05, 0.3, 0.7, "vCPU", ("Amazon Bedrock AgentCore pricing: agents wait for 30 to 70% of their time or more",)
)
"""Processors in use on average while a session works: those AWS says agents do not wait; the low end is an agent that only calls."""
MEMORY = Quantity(
    0.128,
    0.3,
    1.0,
    "GB",
    ("assumed: 128 MB is the least that is billed, Python with an agent SDK takes some 0.2-0.5 GB",),
)
"""Memory that an agent holds."""

# AWS does not say what AgentCore runs on but that it is Graviton; one vCPU of a general-purpose one stands in, idle to full.
_STAND_IN = "m7g.medium"


@dataclass(frozen=True)
class SessionFootprint:
    """What a session takes.

    Parameters
    ----------
    runtime
        What AgentCore bills for and what that takes in energy.
    model
        The tokens.
    """

    runtime: Consumption
    model: Consumption

    @property
    def cost(self) -> Quantity | None:
        """USD in all; `None` if either is unknown."""
        return _both(self.runtime.cost, self.model.cost)

    @property
    def energy(self) -> Quantity | None:
        """KWh in all; `None` if either is unknown."""
        return _both(self.runtime.energy, self.model.energy)

    @property
    def carbon(self) -> Quantity | None:
        """gCO2e in all, location-based; `None` if either is unknown."""
        return _both(self.runtime.carbon, self.model.carbon)


def runtime_consumption(
    working: Duration,
    idle: Duration,
    region: str | None,
    *,
    busy: Quantity = BUSY_SHARE,
    memory: Quantity = MEMORY,
) -> Consumption:
    """What AgentCore takes for one session.

    Parameters
    ----------
    working
        From the first request to the last answer.
    idle
        How long the session stays after that: the idle time-out.
    region
        Where; `None` leaves carbon unknown.
    busy
        Processors in use while it works, vCPU.
    memory
        Memory held, GB.

    Raises
    ------
    InvalidValueError
        If a quantity is in another unit.
    """
    if busy.unit != "vCPU" or memory.unit != "GB":
        raise InvalidValueError(f"busy is in {busy.unit!r} and memory in {memory.unit!r}; give them in 'vCPU' and 'GB'")
    at_work = working.to_seconds() / 3600
    held = at_work + idle.to_seconds() / 3600
    vcpu_hours = busy.in_unit("vCPU-h", at_work)
    gb_hours = memory.in_unit("GB-h", held)
    cost = vcpu_hours.times(USD_PER_VCPU_HOUR, "USD") + gb_hours.times(USD_PER_GB_HOUR, "USD")
    energy = _energy(vcpu_hours, held, region)
    return Consumption(cost=cost, energy=energy, carbon=_carbon(energy, region))


def _energy(vcpu_hours: Quantity, held: float, region: str | None) -> Quantity | None:
    """Of the processor time used, up to that of a whole vCPU from beginning to end: what waits may still be paid for in watts."""
    hourly = hourly_footprint(_STAND_IN, Component.EC2, region, utilisation=1).energy
    if hourly is None:
        return None
    source = f"one vCPU of {_STAND_IN} stands in for what AgentCore runs on"
    used = hourly.times(vcpu_hours, "kWh")
    return Quantity(used.low, used.likely, max(used.high, hourly.high * held), "kWh", (*used.sources, source))


def _carbon(energy: Quantity | None, region: str | None) -> Quantity | None:
    grid = site_of(region, load_catalog()).grid
    return None if energy is None or grid is None else energy.times(grid, "gCO2e")


def _both(one: Quantity | None, other: Quantity | None) -> Quantity | None:
    return None if one is None or other is None else one + other
