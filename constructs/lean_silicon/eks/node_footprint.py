"""What an hour of a node group costs."""

from __future__ import annotations

from aws_cdk import Token

from lean_silicon.catalog import Component
from lean_silicon.eks.capacity import Capacity, Market
from lean_silicon.footprint import Footprint, hourly_footprint, spot_cost


def hourly_range(
    name: str, capacity: Capacity, region: str | None, minimum: int, maximum: int, utilisation: float
) -> dict[str, Footprint]:
    """The footprint of `minimum` and of `maximum` nodes; unknown where a number is known at deployment only."""
    return {
        which: Footprint(assumptions=("the number of nodes is not known at synth",))
        if Token.is_unresolved(count)
        else _of(name, capacity, region, count, utilisation)
        for which, count in (("minimum", minimum), ("maximum", maximum))
    }


def _of(name: str, capacity: Capacity, region: str | None, count: int, utilisation: float) -> Footprint:
    found = hourly_footprint(name, Component.EKS, region, count=count, utilisation=utilisation)
    if capacity.market is Market.SPOT and found.cost is not None:
        said = "spot: up to 90% below the on-demand price, never above it"
        return found._replace(cost=spot_cost(found.cost), assumptions=(*found.assumptions, said))
    if capacity.is_reserved:
        said = f"a {capacity.market}: told at the on-demand price, what was paid in advance is unknown"
        return found._replace(assumptions=(*found.assumptions, said))
    return found
