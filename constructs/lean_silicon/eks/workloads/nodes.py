"""Where pods run: the machines of a pool or of a managed node group, and what pods must say to get there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from constructs import IConstruct

from lean_silicon.catalog import InstanceType
from lean_silicon.eks.cluster_base import AcceleratedClusterBase, check_accelerated
from lean_silicon.eks.karpenter.node_pool_base import NodePoolBase
from lean_silicon.eks.node_group import AcceleratedNodeGroup
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload

Nodes = NodePoolBase | AcceleratedNodeGroup
"""What starts the machines of a workload."""

# What Kubernetes leaves to pods: Karpenter counts 7.5% of the memory as lost to the hypervisor (its chart's vmMemoryOverheadPercent), and
# the kubelet keeps 255 MiB and 11 MiB a pod for itself and 100 MiB free (awslabs/amazon-eks-ami, nodeadm). The daemons of this library ask
# for three quarters of a vCPU.
_USABLE_MEMORY = 0.85
_DAEMONS_VCPUS = 1


class Allocatable(NamedTuple):
    """What pods get of a machine: whole vCPUs and GiB, cautiously."""

    vcpus: int
    memory_gib: int


def allocatable(kind: InstanceType) -> Allocatable:
    """What pods certainly get of a machine."""
    return Allocatable(
        max(1, (kind.vcpus or 0) - _DAEMONS_VCPUS), max(1, math.floor((kind.memory_gib or 0) * _USABLE_MEMORY))
    )


def machines_of(nodes: Nodes) -> tuple[InstanceType, ...]:
    """The types that the nodes may be of, the cheapest first."""
    return nodes.machines if isinstance(nodes, NodePoolBase) else (nodes.instance_type,)


def workload_of(nodes: Nodes, declared: Workload | None) -> Workload:
    """What runs there, where nothing else is declared what the nodes are for."""
    return nodes.workload if declared is None else declared


def starter_of(nodes: Nodes) -> IConstruct:
    """What must be there before pods wait for machines, and must go after them."""
    return nodes.manifest if isinstance(nodes, NodePoolBase) else nodes


def check_cluster(cluster: AcceleratedClusterBase, nodes: Nodes) -> None:
    """Refuse nodes of another cluster."""
    check_accelerated(cluster)
    if nodes.cluster is not cluster:
        raise InvalidValueError(
            f"the nodes {nodes.node.path} belong to {nodes.cluster.node.path}, and the work to {cluster.node.path}; give both the same "
            "cluster"
        )


def check_room(nodes: Nodes, machines: Sequence[InstanceType], devices: int, pods: int, what: str) -> None:
    """Refuse more pods than all the nodes there may be have devices for: some would wait for ever.

    Parameters
    ----------
    nodes, machines
        The nodes, and which of their types the pods may be on.
    devices
        Accelerators of a pod.
    pods
        How many there may be at once.
    what
        What the number is called, for instance ``"replicas"``.
    """
    most = _most_pods(nodes, machines, devices)
    if most is None or pods <= most:
        return
    where = "the pool's limit" if isinstance(nodes, NodePoolBase) else "the node group's maximum"
    raise InvalidValueError(
        f"{what} is {pods}, each with {devices} accelerators, and {where} leaves room for {most}; the rest would wait for ever. Raise it, "
        f"or lower {what}"
    )


def _most_pods(nodes: Nodes, machines: Sequence[InstanceType], devices: int) -> int | None:
    if isinstance(nodes, NodePoolBase):
        return nodes.limits.most_pods(devices, machines)
    most = nodes.maximum
    return None if most is None else most * (nodes.accelerators_per_node // devices)


def placement(nodes: Nodes, machines: Sequence[InstanceType]) -> dict[str, Any]:
    """``tolerations``, ``nodeSelector`` and ``affinity`` of pods for some machines of a pool or group."""
    names = [each.name for each in machines]
    wanted = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": names}
    keys = [each["key"] if isinstance(each, dict) else each.key for each in nodes.taints]
    spec: dict[str, Any] = {
        "tolerations": [{"key": key, "operator": "Exists", "effect": "NoSchedule"} for key in keys],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [wanted]}]
                }
            }
        },
    }
    if isinstance(nodes, NodePoolBase):
        spec["nodeSelector"] = {"karpenter.sh/nodepool": nodes.pool_name}
    return spec
