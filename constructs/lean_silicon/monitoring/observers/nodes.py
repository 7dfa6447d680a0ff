"""Nodes of EKS clusters: managed node groups, and pools that start and stop by themselves."""

from __future__ import annotations

from collections.abc import Callable

from lean_silicon.eks import AcceleratedNodeGroup
from lean_silicon.eks.karpenter.node_pool_base import NodePoolBase
from lean_silicon.eks.node_footprint import hourly_range
from lean_silicon.footprint import Footprint
from lean_silicon.monitoring import alarm_specs
from lean_silicon.monitoring.curve import rates_of
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.observation import Observation
from lean_silicon.monitoring.observers.machines import band_charts, region_of, unknown_of
from lean_silicon.monitoring.severity import Capability, Severity
from lean_silicon.monitoring.thresholds import AlarmThresholds

_WHY_CLUSTER = "is of all nodes of the cluster with that kind of accelerator"


def observe_node_group(key: str, name: str, group: AcceleratedNodeGroup, thresholds: AlarmThresholds) -> Observation:
    """A managed node group. EKS names its Auto Scaling group ``eks-<node group>-<id>``, which publishes how many nodes are in service."""
    region = region_of(group)
    in_service = Formula.search(
        "AWS/AutoScaling",
        "AutoScalingGroupName",
        "GroupInServiceInstances",
        f"eks-{group.resource.attr_nodegroup_name}",
        "Average",
    )
    machines = Formula(f"SUM({in_service.expression})", can_alarm=False)
    utilisation = Formula.of(f"{key}u", group.metric_accelerator_utilization())
    rates = rates_of(_one_node(group, region), machines, utilisation)
    own = () if group.idle_alarm is None else (group.idle_alarm,)
    said = (f"{name}: utilisation {_WHY_CLUSTER}; groups that share a kind share it.",)
    return Observation(
        name=name,
        about=f"EKS node group, {group.instance_type.name}, {group.capacity.market}",
        capability=Capability.KUBERNETES,
        machines=machines,
        accelerators_each=group.accelerators_per_node,
        utilisation=utilisation,
        rates=rates,
        details=band_charts(rates),
        alarms=alarm_specs.idleness(name, utilisation, thresholds),
        existing={Severity.WARNING: own},
        unknown=(*unknown_of(name, rates, region), *said),
    )


def observe_node_pool(name: str, pool: NodePoolBase) -> Observation:
    """A pool: CloudWatch has no number of its nodes, so that only what a full pool would cost is told."""
    full = pool.footprint()
    told = [f"{value}" for value in (full.cost, full.power) if value is not None]
    most = f"; full, it takes {', '.join(told)}" if told else ""
    return Observation(
        name=name,
        about=f"EKS node pool, {' or '.join(pool.instance_types[:3])}{most}",
        capability=Capability.KUBERNETES,
        unknown=(f"{name}: how many of its nodes are on is not in CloudWatch; Karpenter tells Prometheus.",),
    )


def _one_node(group: AcceleratedNodeGroup, region: str | None) -> Callable[[float], Footprint]:
    """The footprint of one node by its utilisation, at the prices of the group's market."""

    def at(utilisation: float) -> Footprint:
        return hourly_range(group.instance_type.name, group.capacity, region, 1, 1, utilisation)["minimum"]

    return at
