"""The machines of a batch transform: the smallest that do the declared work, of what SageMaker offers for it.

SageMaker's batch transform offers no Graviton type: its API enumerates none (botocore 1.44.5). It enumerates Inferentia2 and Trainium
types, but no region's price list has them, so they are taken only where they are asked for. A processor is therefore x86, with that reason
in the template.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from aws_cdk import Token

from lean_silicon.catalog import Availability, Component, InstanceType, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint.advice import Option, advise
from lean_silicon.sizing import Requirement, Task, Traffic, Workload, missing_keys

_TRANSFORM = Component.SAGEMAKER_TRANSFORM
_ASSUMED_REGION = "us-east-1"
"""Where the stack's region is not known at synth: the region with most types, which prices are compared in."""

_DEAR = 2.0
"""A processor that costs more than so many times the cheapest accelerator is not lean, and nobody is given one unasked."""

NO_GRAVITON = "SageMaker batch transform offers no Graviton type (its API enumerates none, botocore 1.44.5)"
MOST_INSTANCES = 100
"""``TransformResources.InstanceCount``: "the maximum is 100"."""


@dataclass(frozen=True)
class TransformHardware:
    """The instances of a batch transform. Use `of` or `gpu`; without one, they are chosen by the workload.

    Parameters
    ----------
    instance_type
        SageMaker's name, for instance ``"ml.c7i.xlarge"`` or ``"ml.inf2.xlarge"``. An unresolved token is taken as it is.
    count
        How many of them share the objects of the input.
    cuda_reason
        Why it must be GPUs; `None` for everything else.

    Raises
    ------
    InvalidValueError
        If batch transform does not take the type, `count` is not within 1 and 100, or GPUs come without a reason.

    Examples
    --------
    >>> TransformHardware.of("ml.c7i.xlarge", count=2).count
    2
    >>> TransformHardware.gpu("ml.g6e.xlarge", reason="the attention kernels are CUDA-only").is_gpu
    True
    """

    instance_type: str
    count: int = 1
    cuda_reason: str | None = None

    def __post_init__(self) -> None:
        if not Token.is_unresolved(self.count) and not 1 <= self.count <= MOST_INSTANCES:
            raise InvalidValueError(f"count is {self.count}; a transform job runs on 1 to {MOST_INSTANCES} instances")
        if self.cuda_reason is not None and not self.cuda_reason.strip():
            raise InvalidValueError(
                f"GPU hardware ({self.instance_type}) comes without a reason; add one sentence that says why a processor or "
                'Inferentia2 does not serve, for instance reason="the kernels are CUDA-only"'
            )
        if not Token.is_unresolved(self.instance_type):
            _require_kind(_required(self.instance_type), with_reason=self.is_gpu)

    @classmethod
    def of(cls, instance_type: str, *, count: int = 1) -> TransformHardware:
        """Processors, Inferentia2 or Trainium."""
        return cls(instance_type, count)

    @classmethod
    def gpu(cls, instance_type: str, *, reason: str, count: int = 1) -> TransformHardware:
        """GPUs, and why nothing else does; the reason is kept in the template for audit."""
        return cls(instance_type, count, reason or "")

    @property
    def is_gpu(self) -> bool:
        """Whether GPUs were asked for."""
        return self.cuda_reason is not None

    @property
    def machine(self) -> InstanceType | None:
        """What the catalogue knows of the type; `None` where it is not known before deployment."""
        return None if Token.is_unresolved(self.instance_type) else load_catalog().find(self.instance_type)

    @property
    def has_local_storage(self) -> bool | None:
        """Whether the type brings its own NVMe disks, for which SageMaker refuses a volume key; `None` is unknown."""
        machine = self.machine
        if machine is None or machine.local_storage_gb is None:
            return None
        return machine.local_storage_gb > 0

    def require_offered(self, region: str) -> None:
        """Raise InvalidValueError if batch transform is known not to offer the type in that region."""
        if Token.is_unresolved(region) or self.machine is None:
            return
        offer = load_catalog().offer(self.instance_type, _TRANSFORM, region)
        if offer.availability is Availability.NOT_OFFERED:
            raise InvalidValueError(
                f"{offer.basis}; regions that have it: {', '.join(offer.regions) or 'none'}. Leave the hardware out, and it is chosen "
                "from what is offered"
            )

    def completed(self, workload: Workload) -> Workload:
        """The workload with what the choice of hardware means: why it is x86, or why it is GPUs."""
        if self.cuda_reason is not None:
            return _requiring(workload, Requirement.CUDA, self.cuda_reason)
        machine = self.machine
        if machine is not None and machine.accelerators is None:
            return _requiring(workload, Requirement.X86, NO_GRAVITON)
        return workload


def hardware_for(workload: Workload, region: str) -> TransformHardware:
    """The leanest processors that hold the model and get through the declared day's work.

    Raises
    ------
    InvalidValueError
        If the workload does not say enough, or no processor does the work; the message names what would.
    """
    declared = replace(workload, task=workload.task or Task.BATCH_INFERENCE, traffic=Traffic.BATCH)
    missing = missing_keys(declared)
    if missing:
        raise InvalidValueError(
            f"the hardware cannot be chosen without {', '.join(missing)} in the workload; declare them, or name the hardware: "
            'TransformHardware.of("ml.c7i.xlarge")'
        )
    known = _ASSUMED_REGION if Token.is_unresolved(region) else region
    on_processors = _options(_requiring(declared, Requirement.X86, NO_GRAVITON), known)
    processor = next((option for option in on_processors if option.instance_type.accelerators is None), None)
    accelerated = next(iter(_options(declared, known)), None)
    if processor is None or (accelerated is not None and processor.money[0] > _DEAR * accelerated.money[0]):
        raise InvalidValueError(_no_lean_processor(declared, known, processor, accelerated))
    return TransformHardware.of(processor.instance_type.name, count=processor.instances)


def _no_lean_processor(workload: Workload, region: str, processor: Option | None, accelerated: Option | None) -> str:
    if processor is not None and accelerated is not None:
        found = (
            f"the leanest processors that do this work in {region}, {processor.instances} × {processor.instance_type.name}, cost "
            f"{processor.hourly.cost} against {accelerated.hourly.cost} of {accelerated.instance_type.name}"
        )
    elif workload.tokens_per_day is None:
        found = "without tokens_per_day in the workload no processor is known to do the work in time; declare it"
    else:
        found = f"no processor that batch transform offers in {region} is known to do this work"
    gpu = accelerated.instance_type.name if accelerated is not None else "ml.g6e.12xlarge"
    return (
        f'{found}. Take a smaller or quantised model, or name the hardware: TransformHardware.of("ml.inf2.xlarge") if your region '
        f'has Inferentia2 for batch transform, or TransformHardware.gpu("{gpu}", reason="...")'
    )


def _options(workload: Workload, region: str) -> tuple[Option, ...]:
    return advise(workload, region, components=[_TRANSFORM], quantise=False).options


def _requiring(workload: Workload, requirement: Requirement, reason: str) -> Workload:
    requires = tuple(dict.fromkeys((*workload.requires, requirement)))
    reasons = dict.fromkeys(each for each in (workload.reason, reason) if each)
    return replace(workload, requires=requires, reason="; ".join(reasons))


def _required(name: str) -> InstanceType:
    catalog = load_catalog()
    known = catalog.find(name)
    if known is None:
        raise InvalidValueError(
            f"instance type {name!r} is unknown; did you mean one of {', '.join(catalog.nearest_names(name))}?"
        )
    offer = catalog.offer(name, _TRANSFORM)
    if offer.availability is Availability.NOT_OFFERED:
        graviton = f"; {NO_GRAVITON}" if known.is_graviton else ""
        raise InvalidValueError(f"{offer.basis}{graviton}. Leave the hardware out, and it is chosen by the workload")
    return known


def _require_kind(machine: InstanceType, *, with_reason: bool) -> None:
    has_gpu = machine.accelerators is not None and machine.accelerators.is_gpu
    if has_gpu and not with_reason:
        raise InvalidValueError(
            f"instance type {machine.name!r} has GPUs; leave the hardware out, or say why only GPUs serve: "
            f'TransformHardware.gpu({machine.name!r}, reason="...")'
        )
    if with_reason and not has_gpu:
        raise InvalidValueError(
            f"instance type {machine.name!r} has no GPU; use TransformHardware.of({machine.name!r})"
        )
