"""How much of everything a pool may start, together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lean_silicon.catalog import InstanceType
from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class PoolLimits:
    """What the machines of a pool may have together; Karpenter starts no more while any of them is reached.

    Parameters
    ----------
    accelerators
        Neuron devices or GPUs.
    vcpus
        vCPUs.
    memory_gib
        Memory of the hosts, GiB.
    nodes
        Machines.

    Raises
    ------
    InvalidValueError
        If a number is not positive, or there is none.

    Examples
    --------
    >>> PoolLimits(accelerators=12).to_manifest("aws.amazon.com/neuron")
    {'aws.amazon.com/neuron': '12'}
    """

    accelerators: int | None = None
    vcpus: int | None = None
    memory_gib: int | None = None
    nodes: int | None = None

    def __post_init__(self) -> None:
        named = {name: getattr(self, name) for name in ("accelerators", "vcpus", "memory_gib", "nodes")}
        for name, value in named.items():
            if value is not None and value < 1:
                raise InvalidValueError(
                    f"the limit {name} is {value}, with which the pool never starts a machine; give a positive number, or leave out the "
                    "pool"
                )
        if all(value is None for value in named.values()):
            raise InvalidValueError(
                "the pool has no limit, so one wrong deployment can start machines without end; give PoolLimits at least one number, "
                "for instance accelerators=16"
            )

    def most_nodes(self, kind: InstanceType) -> int | None:
        """How many machines of a type stay within the limits; `None` where none of the limits says."""
        have = kind.accelerators.count if kind.accelerators is not None else None
        pairs = (
            (self.nodes, 1),
            (self.accelerators, have),
            (self.vcpus, kind.vcpus),
            (self.memory_gib, kind.memory_gib),
        )
        numbers = [int(most // each) for most, each in pairs if most is not None and each]
        return min(numbers, default=None)

    def most_pods(self, devices: int, types: Sequence[InstanceType]) -> int | None:
        """How many pods with so many accelerators there is room for; `None` where no limit says. Never too few."""
        bounds: list[int] = []
        if self.accelerators is not None:
            bounds.append(self.accelerators // devices)
        if self.nodes is not None:
            counts = [kind.accelerators.count for kind in types if kind.accelerators is not None]
            bounds.append(self.nodes * max((count // devices for count in counts), default=0))
        return min(bounds, default=None)

    def to_manifest(self, accelerator_resource: str | None) -> dict[str, str]:
        """``spec.limits`` of a NodePool; `accelerator_resource` is what the devices are called in Kubernetes."""
        limits: dict[str, str] = {}
        if self.vcpus is not None:
            limits["cpu"] = str(self.vcpus)
        if self.memory_gib is not None:
            limits["memory"] = f"{self.memory_gib}Gi"
        if self.accelerators is not None and accelerator_resource is not None:
            limits[accelerator_resource] = str(self.accelerators)
        if self.nodes is not None:
            limits["nodes"] = str(self.nodes)
        return limits


def check_limits(limits: PoolLimits, types: Sequence[InstanceType]) -> None:
    """Refuse a limit on accelerators of a pool without any."""
    if limits.accelerators is not None and all(each.accelerators is None for each in types):
        raise InvalidValueError(
            f"limits has accelerators={limits.accelerators}, and the pool's machines have none; give vcpus or nodes instead"
        )
