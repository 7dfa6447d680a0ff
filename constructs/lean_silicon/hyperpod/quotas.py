"""Service quotas that a cluster meets, as what to ask for: new accounts have zero of most accelerators."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.hyperpod.node_options import Capacity
from lean_silicon.hyperpod.topology import ClusterPlan
from lean_silicon.hyperpod.worker_group import WorkerGroup


class Quota(NamedTuple):
    """A quota of Service Quotas by its name there, and the value that the cluster needs at least."""

    service: str
    name: str
    needed: int

    def __str__(self) -> str:
        return f"{self.service}: {self.name} >= {self.needed}"


def quotas_of(plan: ClusterPlan, workers: tuple[WorkerGroup, ...]) -> tuple[Quota, ...]:
    """Quotas to ask for, in the order of the instance types.

    Names as in the SageMaker Developer Guide, "Prerequisites for using SageMaker HyperPod", quotas. A flexible group may take
    any of its types, so
    each counts in full. Spot capacity has quotas of its own, whose names that page does not give; those groups are left out.
    """
    spot = {worker.name for worker in workers if worker.capacity is Capacity.SPOT}
    needed: dict[str, int] = {}
    for group in plan.groups:
        if group.name in spot:
            continue
        for name in group.instance_types:
            needed[name] = needed.get(name, 0) + group.count
    service = "Amazon SageMaker"
    return (
        *(Quota(service, f"{name} for cluster usage", count) for name, count in needed.items() if count),
        Quota(service, "Maximum number instances allowed per SageMaker HyperPod cluster", plan.nodes),
        Quota(service, "Total number of instances allowed across SageMaker HyperPod clusters", plan.nodes),
    )
