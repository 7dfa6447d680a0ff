"""What an endpoint costs while nobody asks, while it is busy, and for a million tokens."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Token

from lean_silicon.catalog import Component
from lean_silicon.footprint import Consumption, Footprint, hourly_footprint, per_million_tokens
from lean_silicon.inference.placement import Placement


@dataclass(frozen=True)
class EndpointFootprint:
    """The footprint of an endpoint, with bands. `None` inside is unknown, never zero.

    Parameters
    ----------
    idle
        Of an hour in which nobody asks: the fewest machines, doing nothing. Nothing at all where they go to zero.
    busy
        Of an hour at the declared load: the machines that it needs, fully used.
    per_million_tokens
        Read and written together, at the declared load; `None` where the workload does not say enough.
    """

    idle: Footprint
    busy: Footprint
    per_million_tokens: Consumption | None


def endpoint_footprint(placement: Placement, region: str, minimum: int, *, fleets: int = 1) -> EndpointFootprint:
    """The footprint of the machines of an endpoint that keeps at least `minimum` copies; a shadow variant is a second fleet."""
    known_region = None if Token.is_unresolved(region) else region

    def hourly(instances: int, utilisation: float) -> Footprint:
        name = placement.hardware.instance_type
        if Token.is_unresolved(name):
            return Footprint(assumptions=("the instance type is not known at synth",))
        return hourly_footprint(
            name, Component.SAGEMAKER_HOSTING, known_region, count=fleets * instances, utilisation=utilisation
        )

    busy = hourly(placement.instances_for(placement.needed_copies), 1.0)
    tokens = None
    if placement.speed is not None:
        tokens = per_million_tokens(busy, placement.speed.tokens_per_second * placement.needed_copies)
    return EndpointFootprint(hourly(placement.instances_for(minimum), 0.0), busy, tokens)
