"""The silicon of a training job: Trainium, or GPUs with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Token

from lean_silicon.catalog import Catalog, Component, InstanceType, load_catalog
from lean_silicon.exceptions import InvalidValueError

SMALLEST_TRAINIUM = "ml.trn1.2xlarge"

# The SageMaker training toolkit (5.1.4) switches the Elastic Fabric Adapter on for ml.trn1.32xlarge and leaves out the
# Trainium types that came later; these are the settings it makes there.
_FABRIC = {"FI_PROVIDER": "efa", "FI_EFA_USE_DEVICE_RDMA": "1", "FI_EFA_FORK_SAFE": "1"}


@dataclass(frozen=True)
class TrainingHardware:
    """The instances of a training job. Use `trainium` or `gpu`.

    Parameters
    ----------
    instance_type
        SageMaker's name, for instance ``"ml.trn1.32xlarge"``. An unresolved token is taken as it is.
    count
        How many of them work on the job together.
    cuda_reason
        Why it must be GPUs; `None` for Trainium.

    Raises
    ------
    InvalidValueError
        If SageMaker training does not take the type, the type is not of the kind that was asked for, `count` is below 1, or
        GPUs come without a reason.

    Examples
    --------
    >>> TrainingHardware.trainium("ml.trn1.32xlarge", count=2).count
    2
    >>> TrainingHardware.gpu("ml.p5.48xlarge", reason="FlashAttention-3 kernels are CUDA-only").is_gpu
    True
    """

    instance_type: str
    count: int = 1
    cuda_reason: str | None = None

    def __post_init__(self) -> None:
        if not Token.is_unresolved(self.count) and (isinstance(self.count, bool) or self.count < 1):
            raise InvalidValueError(f"count is {self.count!r}; a training job runs on 1 instance or more")
        if self.cuda_reason is not None and not self.cuda_reason.strip():
            raise InvalidValueError(
                f"GPU hardware ({self.instance_type}) comes without a reason; add one sentence that says why Trainium does not "
                'serve, for instance reason="the attention kernels are CUDA-only", or use TrainingHardware.trainium()'
            )
        if not Token.is_unresolved(self.instance_type):
            _require_trainable(self.instance_type)
            _require_kind(self.instance_type, gpu=self.is_gpu)

    @classmethod
    def trainium(cls, instance_type: str = SMALLEST_TRAINIUM, *, count: int = 1) -> TrainingHardware:
        """Trainium instances. Default: one of the smallest."""
        return cls(instance_type, count)

    @classmethod
    def gpu(cls, instance_type: str, *, reason: str, count: int = 1) -> TrainingHardware:
        """GPU instances, and why nothing else does; the reason is kept in the template for audit."""
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
        """Whether the type brings its own NVMe disks, which SageMaker uses instead of an EBS volume; `None` is unknown.

        Every Trainium type that SageMaker trains on does.
        """
        machine = self.machine
        if machine is None:
            return None if self.is_gpu else True
        return None if machine.local_storage_gb is None else machine.local_storage_gb > 0

    def spot_chosen(self, wanted: bool | None) -> bool:
        """Whether to use spare capacity: as `wanted`, else wherever EC2 sells the type so.

        Raises
        ------
        InvalidValueError
            If it is wanted and not sold.
        """
        machine = self.machine
        sold = machine is None or machine.spot is not False
        if wanted and not sold:
            raise InvalidValueError(
                f"EC2 sells no spot capacity of {self.instance_type}; leave `spot` out, or use spot=False"
            )
        return sold if wanted is None else wanted

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that the instances need to reach each other over the Elastic Fabric Adapter."""
        machine = self.machine
        alone = not Token.is_unresolved(self.count) and self.count == 1
        if alone or self.is_gpu or machine is None or not machine.efa_interfaces:
            return {}
        return dict(_FABRIC)


def trainium_types(catalog: Catalog) -> tuple[str, ...]:
    """Names of the Trainium types that SageMaker trains on, smallest first."""
    machines = [each for each in catalog.types(Component.SAGEMAKER_TRAINING) if _is_trainium(each)]
    return tuple(each.name for each in sorted(machines, key=lambda each: (each.memory_gib or 0, each.name)))


def _require_trainable(name: str) -> None:
    catalog = load_catalog()
    known = catalog.find(name)
    if known is None:
        near = ", ".join(catalog.nearest_names(name)) or ", ".join(trainium_types(catalog))
        raise InvalidValueError(f"instance type {name!r} is unknown; did you mean one of {near}?")
    offer = catalog.offer(name, Component.SAGEMAKER_TRAINING)
    if not offer.is_offered:
        raise InvalidValueError(
            f"SageMaker training does not offer {name!r} ({offer.basis}); "
            f"Trainium types it offers: {', '.join(trainium_types(catalog))}"
        )


def _require_kind(name: str, *, gpu: bool) -> None:
    catalog = load_catalog()
    machine = catalog.find(name)
    if machine is None or machine.accelerators is None:
        raise InvalidValueError(
            f"instance type {name!r} has no accelerator; allowed: {', '.join(trainium_types(catalog))}. A small or classic "
            "model that a CPU trains does not need this construct"
        )
    if gpu and not machine.accelerators.is_gpu:
        raise InvalidValueError(
            f"instance type {name!r} has no GPU; use TrainingHardware.trainium({name!r}) without a reason"
        )
    if not gpu and not _is_trainium(machine):
        raise InvalidValueError(
            f"instance type {name!r} is not Trainium; allowed: {', '.join(trainium_types(catalog))}. "
            f'If only GPUs serve, say why: TrainingHardware.gpu({name!r}, reason="...")'
        )


def _is_trainium(machine: InstanceType) -> bool:
    return machine.accelerators is not None and machine.accelerators.accelerator.key.startswith("Trainium")
