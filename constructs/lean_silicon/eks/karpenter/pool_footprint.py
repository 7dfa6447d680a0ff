"""What a full pool costs by the hour: a band over every machine that it may be made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lean_silicon.catalog import Component, InstanceType
from lean_silicon.eks.karpenter.limits import PoolLimits
from lean_silicon.footprint import METRICS, Footprint, hourly_footprint
from lean_silicon.quantity import Quantity


def full_pool(types: Sequence[InstanceType], limits: PoolLimits, region: str | None, utilisation: float) -> Footprint:
    """An hour of a pool at its limits, on demand.

    Each metric is likely that of the first type, which is the cheapest; low is the least and high the greatest of all types. A metric
    that is unknown of any type is unknown, since the band would leave that type out.
    """
    each = [
        hourly_footprint(kind.name, Component.EKS, region, count=limits.most_nodes(kind) or 1, utilisation=utilisation)
        for kind in types
    ]
    assumptions = dict.fromkeys(said for one in each for said in one.assumptions)
    bands: dict[str, Any] = {name: _band([one.metric(name) for one in each]) for name in METRICS}
    return Footprint(
        **bands,
        site=each[0].site,
        assumptions=(
            f"the pool is full: as many machines of one of {', '.join(kind.name for kind in types)} as its limits allow",
            "likely is the type with the lowest price, which Karpenter prefers on demand",
            *assumptions,
        ),
    )


def _band(quantities: Sequence[Quantity | None]) -> Quantity | None:
    known = [each for each in quantities if each is not None]
    if len(known) < len(quantities):
        return None
    return Quantity(
        min(each.low for each in known),
        known[0].likely,
        max(each.high for each in known),
        known[0].unit,
        tuple(dict.fromkeys(source for each in known for source in each.sources)),
    )
