"""Groups of nodes that run jobs: Trainium unless a reason is given for something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lean_silicon.catalog import InstanceType, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.limits import check_instance_types
from lean_silicon.hyperpod.node_options import Capacity, DeepHealthCheck, NodeOptions
from lean_silicon.hyperpod.topology import GroupPlan, NodeType, Partition
from lean_silicon.sizing import Requirement, Task, Workload


@dataclass(frozen=True)
class WorkerGroup:
    """Nodes of one kind in one partition.

    Use a factory: `trainium2`, `trainium1`, `gpu` (which wants a reason), `cpu`, `flexible`.

    Parameters
    ----------
    name
        The instance group's name, which stays for good.
    instance_types
        One type, or several of which the service takes the first that it can get.
    count
        How many nodes.
    partition
        The Slurm partition. The factories name it after the group.
    workload
        What its jobs are. Default: training, of unknown size.
    capacity
        On demand or spot.
    options
        What few need to change.

    Raises
    ------
    InvalidValueError
        If HyperPod does not take a type, types of different kinds are mixed, GPUs come without a reason, or spot capacity cannot be.
    """

    name: str
    instance_types: tuple[str, ...]
    count: int
    partition: str
    workload: Workload = Workload(task=Task.TRAINING)
    capacity: Capacity = Capacity.ON_DEMAND
    options: NodeOptions = NodeOptions()

    def __post_init__(self) -> None:
        check_instance_types(self.instance_types)
        self._check_same_kind()
        self._check_reason()
        self._check_spot()

    @classmethod
    def trainium2(
        cls,
        *,
        count: int,
        name: str = "trainium2",
        partition: str = "",
        workload: Workload | None = None,
        capacity: Capacity = Capacity.ON_DEMAND,
        options: NodeOptions | None = None,
    ) -> WorkerGroup:
        """``ml.trn2.48xlarge``: 16 Trainium2 devices with 96 GiB each and 16 EFA interfaces a node."""
        return _group(name, ("ml.trn2.48xlarge",), count, partition, workload, capacity, options)

    @classmethod
    def trainium1(
        cls,
        *,
        count: int,
        name: str = "trainium1",
        partition: str = "",
        workload: Workload | None = None,
        capacity: Capacity = Capacity.ON_DEMAND,
        options: NodeOptions | None = None,
    ) -> WorkerGroup:
        """``ml.trn1.32xlarge``: 16 Trainium devices with 32 GiB each and 8 EFA interfaces a node."""
        return _group(name, ("ml.trn1.32xlarge",), count, partition, workload, capacity, options)

    @classmethod
    def gpu(
        cls,
        instance_type: str,
        *,
        count: int,
        reason: str,
        name: str = "gpu",
        partition: str = "",
        workload: Workload | None = None,
        capacity: Capacity = Capacity.ON_DEMAND,
        options: NodeOptions | None = None,
    ) -> WorkerGroup:
        """GPUs, with the reason why the software cannot leave CUDA: one sentence that a reviewer accepts.

        The reason is declared in the template, where it accepts what the rules would say, and stays in every report.
        """
        declared = workload or Workload(task=Task.TRAINING)
        requires = tuple(dict.fromkeys((*declared.requires, Requirement.CUDA)))
        needing = replace(declared, requires=requires, reason=reason)
        return _group(name, (instance_type,), count, partition, needing, capacity, options)

    @classmethod
    def cpu(
        cls,
        instance_type: str,
        *,
        count: int,
        reason: str,
        name: str = "cpu",
        partition: str = "",
        options: NodeOptions | None = None,
    ) -> WorkerGroup:
        """Nodes without accelerators, for data preparation, with the reason why they must be x86 (see `HeadNode`)."""
        workload = Workload(task=Task.PROCESSING, requires=(Requirement.X86,), reason=reason)
        return _group(name, (instance_type,), count, partition, workload, Capacity.ON_DEMAND, options)

    @classmethod
    def flexible(
        cls,
        instance_types: Sequence[str],
        *,
        count: int,
        name: str = "flexible",
        partition: str = "",
        workload: Workload | None = None,
        capacity: Capacity = Capacity.ON_DEMAND,
        options: NodeOptions | None = None,
    ) -> WorkerGroup:
        """Several types of one kind, in order of preference; the service falls back where capacity is missing."""
        return _group(name, tuple(instance_types), count, partition, workload, capacity, options)

    @property
    def kinds(self) -> tuple[InstanceType, ...]:
        """What the catalogue knows of its types."""
        catalog = load_catalog()
        return tuple(kind for name in self.instance_types if (kind := catalog.find(name)) is not None)

    @property
    def accelerator_kind(self) -> str | None:
        """``"neuron"``, ``"gpu"``, ``"asic"``, or `None` where its nodes have no accelerators."""
        accelerators = self.kinds[0].accelerators
        return None if accelerators is None else accelerators.kind

    @property
    def accelerators_per_node(self) -> int | None:
        """Devices of a node; `None` where there are none, or types with different numbers are mixed."""
        counts = {kind.accelerators.count for kind in self.kinds if kind.accelerators is not None}
        return counts.pop() if len(counts) == 1 else None

    @property
    def accelerator_memory_gib(self) -> float | None:
        """Device memory of the whole group, of the largest type that it may get, GiB; `None` where unknown or without accelerators."""
        memories = [kind.accelerators.memory_gib if kind.accelerators else None for kind in self.kinds]
        known = [memory for memory in memories if memory is not None]
        return max(known) * self.count if known and len(known) == len(memories) else None

    @property
    def deep_health_checks(self) -> tuple[DeepHealthCheck, ...]:
        """The tests of its new nodes."""
        if self.options.deep_health_checks is not None:
            return self.options.deep_health_checks
        return () if self.accelerator_kind is None else tuple(DeepHealthCheck)

    def plan(self, *, mounts_fsx: bool) -> GroupPlan:
        """What the service's limits are checked against."""
        return GroupPlan(
            name=self.name,
            node_type=NodeType.COMPUTE,
            instance_types=self.instance_types,
            count=self.count,
            minimum_count=self.options.minimum_count,
            partitions=(self.partition,) if self.partition else (),
            mounts_fsx=mounts_fsx,
        )

    def slurm_partition(self) -> Partition:
        """The partition that Slurm will show."""
        devices, kind = self.accelerators_per_node, self.accelerator_kind
        resource = f"{kind}:{devices}" if devices and kind in ("neuron", "gpu") else None
        return Partition(self.partition, self.name, self.instance_types, self.count, resource)

    def _check_same_kind(self) -> None:
        found = {(kind.accelerators.kind if kind.accelerators else None, kind.architecture) for kind in self.kinds}
        if len(found) > 1:
            raise InvalidValueError(
                f"worker group {self.name!r} mixes {', '.join(self.instance_types)}, which differ in accelerator or architecture; "
                "one image and one kind of job must fit all of them. Make a group of each kind"
            )

    def _check_reason(self) -> None:
        if self.accelerator_kind == "gpu" and not self.workload.needs(Requirement.CUDA):
            raise InvalidValueError(
                f"worker group {self.name!r} asks for GPUs ({self.instance_types[0]}) without a reason; training runs on "
                "Trainium unless the "
                "software cannot leave CUDA. Use WorkerGroup.gpu(..., reason='...') or WorkerGroup.trainium2(...)"
            )

    def _check_spot(self) -> None:
        if self.capacity is not Capacity.SPOT:
            return
        if self.options.training_plan_arn is not None:
            raise InvalidValueError(
                f"worker group {self.name!r} asks for spot capacity and a training plan; a plan is reserved capacity. Choose one of them"
            )
        if self.workload.interruptible is False:
            raise InvalidValueError(
                f"worker group {self.name!r} asks for spot capacity, and its workload declares interruptible=False; spot nodes "
                "can be taken back. "
                "Checkpoint and declare interruptible=True, or use Capacity.ON_DEMAND"
            )


def _group(
    name: str,
    instance_types: tuple[str, ...],
    count: int,
    partition: str,
    workload: Workload | None,
    capacity: Capacity,
    options: NodeOptions | None,
) -> WorkerGroup:
    declared = workload or Workload(task=Task.TRAINING)
    if capacity is Capacity.SPOT and declared.interruptible is None:
        declared = replace(declared, interruptible=True)
    return WorkerGroup(name, instance_types, count, partition or name, declared, capacity, options or NodeOptions())
