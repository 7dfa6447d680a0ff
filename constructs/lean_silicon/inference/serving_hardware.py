"""The silicon that a model is served from: Graviton, Inferentia2 or Trainium, or GPUs with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Token

from lean_silicon.catalog import Availability, Catalog, Component, InstanceType, load_catalog
from lean_silicon.exceptions import InvalidValueError

_HOSTING = Component.SAGEMAKER_HOSTING
_NEURON = ("Inferentia2", "Trainium")
"""Inferentia1 is left out: its compiler knows no generation of text, and its containers are no longer made."""


@dataclass(frozen=True)
class ServingHardware:
    """The instance type of an endpoint. Use `graviton`, `neuron` or `gpu`; without one, the endpoint takes what the workload needs.

    Parameters
    ----------
    instance_type
        SageMaker's name, for instance ``"ml.inf2.xlarge"``. An unresolved token is taken as it is.
    cuda_reason
        Why it must be GPUs; `None` for everything else.

    Raises
    ------
    InvalidValueError
        If SageMaker endpoints do not take the type, or GPUs come without a reason.

    Examples
    --------
    >>> ServingHardware.neuron("ml.inf2.8xlarge").is_neuron
    True
    >>> ServingHardware.gpu("ml.g6e.xlarge", reason="the tokeniser's kernels are CUDA-only").is_gpu
    True
    """

    instance_type: str
    cuda_reason: str | None = None

    def __post_init__(self) -> None:
        if self.cuda_reason is not None and not self.cuda_reason.strip():
            raise InvalidValueError(
                f"GPU hardware ({self.instance_type}) comes without a reason; add one sentence that says why neither Inferentia2 "
                'nor Graviton serves, for instance reason="the kernels are CUDA-only", or leave the hardware out'
            )
        machine = self.machine
        if machine is None and not Token.is_unresolved(self.instance_type):
            near = ", ".join(load_catalog().nearest_names(self.instance_type))
            raise InvalidValueError(f"instance type {self.instance_type!r} is unknown; did you mean one of {near}?")
        if machine is not None:
            _require_hosted(self.instance_type)
            _require_reason(machine, has_reason=self.is_gpu)

    @classmethod
    def graviton(cls, instance_type: str) -> ServingHardware:
        """Graviton processors, for classic and small models.

        Raises
        ------
        InvalidValueError
            If the type is known not to be Graviton.
        """
        return _required_to_be(cls(instance_type), "Graviton", "is_graviton")

    @classmethod
    def neuron(cls, instance_type: str) -> ServingHardware:
        """Inferentia2 or Trainium, for language models and deep learning.

        Raises
        ------
        InvalidValueError
            If the type is known not to be either.
        """
        return _required_to_be(cls(instance_type), "Inferentia2 or Trainium", "is_neuron")

    @classmethod
    def gpu(cls, instance_type: str, *, reason: str) -> ServingHardware:
        """GPUs, and why nothing else does; the reason is kept in the template for audit."""
        return cls(instance_type, reason or "")

    @property
    def machine(self) -> InstanceType | None:
        """What the catalogue knows of the type; `None` where it is not known before deployment."""
        return None if Token.is_unresolved(self.instance_type) else load_catalog().find(self.instance_type)

    @property
    def is_gpu(self) -> bool:
        """Whether GPUs were asked for."""
        return self.cuda_reason is not None

    @property
    def is_neuron(self) -> bool:
        """Whether it is Inferentia2 or Trainium; an unknown type is not."""
        machine = self.machine
        return machine is not None and _is_neuron(machine)

    @property
    def is_graviton(self) -> bool:
        """Whether it is a Graviton without an accelerator; an unknown type is not."""
        machine = self.machine
        return machine is not None and machine.is_graviton and machine.accelerators is None

    @property
    def has_local_storage(self) -> bool | None:
        """Whether the type brings its own NVMe disks, for which SageMaker refuses a key; `None` is unknown."""
        machine = self.machine
        if machine is None or machine.local_storage_gb is None:
            return None
        return machine.local_storage_gb > 0

    def require_offered(self, region: str) -> None:
        """Raise InvalidValueError if SageMaker endpoints are known not to offer the type in that region."""
        if Token.is_unresolved(region) or self.machine is None:
            return
        offer = load_catalog().offer(self.instance_type, _HOSTING, region)
        if offer.availability is Availability.NOT_OFFERED:
            raise InvalidValueError(
                f"{offer.basis}; regions that have {self.instance_type}: {', '.join(offer.regions) or 'none'}. Leave the hardware out, "
                "and the endpoint takes what is offered"
            )


def neuron_types(catalog: Catalog) -> tuple[str, ...]:
    """Names of the Inferentia2 and Trainium types that SageMaker endpoints take, smallest first."""
    machines = [each for each in catalog.types(_HOSTING) if _is_neuron(each)]
    return tuple(each.name for each in sorted(machines, key=lambda each: (each.memory_gib or 0, each.name)))


def _required_to_be(hardware: ServingHardware, kind: str, flag: str) -> ServingHardware:
    if hardware.machine is None or getattr(hardware, flag):
        return hardware
    other = "graviton" if hardware.is_graviton else "neuron" if hardware.is_neuron else None
    use = f"ServingHardware.{other}({hardware.instance_type!r})" if other else "another type"
    raise InvalidValueError(
        f"instance type {hardware.instance_type!r} is not {kind}; use {use}, or leave the hardware out, and the leanest that fits is taken"
    )


def _require_hosted(name: str) -> None:
    catalog = load_catalog()
    offer = catalog.offer(name, _HOSTING)
    if offer.availability is Availability.NOT_OFFERED:
        raise InvalidValueError(
            f"SageMaker endpoints do not take {name!r} ({offer.basis}); Inferentia2 and Trainium types they take: "
            f"{', '.join(neuron_types(catalog))}"
        )


def _require_reason(machine: InstanceType, *, has_reason: bool) -> None:
    has_gpu = machine.accelerators is not None and machine.accelerators.is_gpu
    if has_gpu and not has_reason:
        raise InvalidValueError(
            f"instance type {machine.name!r} has GPUs; leave the hardware out, or say why only GPUs serve: "
            f'ServingHardware.gpu({machine.name!r}, reason="...")'
        )
    if has_reason and not has_gpu:
        raise InvalidValueError(f"instance type {machine.name!r} has no GPU; give it without a reason")


def _is_neuron(machine: InstanceType) -> bool:
    return machine.accelerators is not None and machine.accelerators.accelerator.key.startswith(_NEURON)
