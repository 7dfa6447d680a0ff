"""The nodes that run no jobs: the controller and the login nodes."""

from __future__ import annotations

from dataclasses import dataclass

from lean_silicon.catalog import load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.limits import MAXIMUM_VOLUME_GIB, check_instance_types
from lean_silicon.hyperpod.topology import GroupPlan, NodeType
from lean_silicon.sizing import Requirement, Task, Workload

SMALLEST_X86 = "ml.t3.medium"
"""The smallest x86 type that HyperPod takes: 2 vCPU, 4 GiB."""

WHY_X86 = (
    "HyperPod takes Graviton types, but no public document says that its Slurm image exists for arm64 "
    "or mixes with x86 workers (looked up 2026-11)"
)
"""Recorded in the template with every x86 head node, so that it can be revisited."""


@dataclass(frozen=True)
class HeadNode:
    """A controller or login node.

    Parameters
    ----------
    instance_type
        Default: the smallest x86 type, ``ml.t3.medium``. Give a larger one where thousands of jobs queue; there is no published figure.
        Graviton types (``ml.m7g.medium``) are taken too, but see `WHY_X86`: try one in your account first.
    count
        How many. A controller is always one.
    volume_gib
        The volume mounted at ``/opt/sagemaker``, GiB. Default: 100.
    reason
        Why it must be x86, where it is. Default: `WHY_X86`.

    Raises
    ------
    InvalidValueError
        If HyperPod does not take the type, it has accelerators, or a number is out of range.
    """

    instance_type: str = SMALLEST_X86
    count: int = 1
    volume_gib: int = 100
    reason: str = WHY_X86

    def __post_init__(self) -> None:
        check_instance_types((self.instance_type,))
        kind = load_catalog().find(self.instance_type)
        if kind is not None and kind.accelerators is not None:
            raise InvalidValueError(
                f"the head node is {self.instance_type}, which has accelerators that would idle; it runs no jobs. Use {SMALLEST_X86}"
            )
        if not 1 <= self.volume_gib <= MAXIMUM_VOLUME_GIB:
            raise InvalidValueError(f"volume_gib is {self.volume_gib}; it must be 1 to {MAXIMUM_VOLUME_GIB}")

    @property
    def is_arm64(self) -> bool:
        """Whether it is a Graviton type."""
        kind = load_catalog().find(self.instance_type)
        return kind is not None and kind.architecture == "arm64"

    @property
    def workload(self) -> Workload:
        """What it is for, for the template: people, and the scheduler that answers them."""
        if self.is_arm64:
            return Workload(task=Task.INTERACTIVE)
        return Workload(task=Task.INTERACTIVE, requires=(Requirement.X86,), reason=self.reason)

    def plan(self, node_type: NodeType, *, mounts_fsx: bool) -> GroupPlan:
        """What the service's limits are checked against; the group is named after its type."""
        return GroupPlan(str(node_type).lower(), node_type, (self.instance_type,), self.count, mounts_fsx=mounts_fsx)
