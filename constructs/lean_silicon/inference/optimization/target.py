"""The silicon that an optimized model will run on, and which techniques it has the arithmetic for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lean_silicon.catalog import InstanceType
from lean_silicon.deep_learning_containers import DeepLearningContainer
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.optimization.images import LMI, LMI_NEURON, TENSORRT_LLM
from lean_silicon.inference.optimization.techniques import (
    Compilation,
    ModelSharding,
    Quantization,
    QuantizationMethod,
    SpeculativeDecoding,
    Technique,
)
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.sizing.silicon import capability

_FAMILIES: dict[str, tuple[str, ...]] = {
    "p4d": ("24xlarge",),
    "p4de": ("24xlarge",),
    "p5": ("48xlarge",),
    "p5e": ("48xlarge",),
    "p5en": ("48xlarge",),
    "p6-b200": ("48xlarge",),
    "g4dn": ("xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
    "g5": ("xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"),
    "g6": ("xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"),
    "g6e": ("xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"),
    "g7": ("2xlarge", "4xlarge", "8xlarge", "12xlarge", "24xlarge", "48xlarge"),
    "g7e": ("2xlarge", "4xlarge", "8xlarge", "12xlarge", "24xlarge", "48xlarge"),
    "inf2": ("xlarge", "8xlarge", "24xlarge", "48xlarge"),
    "trn1": ("2xlarge", "32xlarge"),
    "trn1n": ("32xlarge",),
}
DEPLOYMENT_TYPES = frozenset(f"ml.{family}.{size}" for family, sizes in _FAMILIES.items() for size in sizes)
"""``OptimizationJobDeploymentInstanceType`` in botocore 1.44.5 (2026-11)."""

_FP8_ARCHITECTURES = ("Ada", "Hopper", "Blackwell")
"""NVIDIA's architectures with FP8 tensor cores (NVIDIA data sheets of L4, H100 and B200; Ampere and Turing have none)."""


@dataclass(frozen=True)
class OptimizationTarget:
    """The hardware that will serve the model, as an optimization job sees it.

    Raises
    ------
    InvalidValueError
        If the service does not optimize for it, or it is not known at synth.

    Examples
    --------
    >>> OptimizationTarget(ServingHardware.neuron("ml.inf2.xlarge")).accelerator
    'Inferentia2'
    """

    hardware: ServingHardware

    def __post_init__(self) -> None:
        if self.instance_type not in DEPLOYMENT_TYPES:
            families = ", ".join(sorted(_FAMILIES))
            raise InvalidValueError(
                f"SageMaker does not optimize models for {self.instance_type!r}; it does for the families {families}, for instance "
                "ServingHardware.neuron('ml.inf2.xlarge'). A model for Graviton needs no job: quantise it where you export it"
            )

    @property
    def instance_type(self) -> str:
        """SageMaker's name of it."""
        return self.hardware.instance_type

    @property
    def machine(self) -> InstanceType | None:
        """What the catalogue knows of it."""
        return self.hardware.machine

    @property
    def accelerator(self) -> str:
        """The catalogue's name of its accelerator."""
        machine = self.machine
        return machine.accelerators.accelerator.key if machine and machine.accelerators else "unknown"

    @property
    def is_neuron(self) -> bool:
        """Whether it is Inferentia2 or Trainium."""
        return self.hardware.is_neuron

    def container_for(self, techniques: Sequence[Technique]) -> DeepLearningContainer:
        """AWS's container that applies the techniques, and serves the result."""
        if self.is_neuron:
            return LMI_NEURON
        return TENSORRT_LLM if any(isinstance(each, Compilation) for each in techniques) else LMI

    def require(self, techniques: Sequence[Technique]) -> None:
        """Raise InvalidValueError if the service would refuse the techniques for this silicon, or together."""
        if not techniques:
            raise InvalidValueError("no technique is given; give one, for instance techniques=[Quantization.awq()]")
        kinds = [type(each) for each in techniques]
        twice = next((kind.__name__ for kind in kinds if kinds.count(kind) > 1), None)
        if twice is not None:
            raise InvalidValueError(f"{twice} is given twice; a job applies each technique once")
        for each in techniques:
            if isinstance(each, Quantization):
                self._require_arithmetic(each.method)
            elif self.is_neuron and not isinstance(each, Compilation):
                raise InvalidValueError(
                    f"{type(each).__name__} is given for {self.instance_type}, but for Inferentia2 and Trainium SageMaker's jobs only "
                    "compile; use techniques=[Compilation()]"
                )
        if not self.is_neuron:
            _require_together(techniques)

    def _require_arithmetic(self, method: QuantizationMethod) -> None:
        known = capability(self.accelerator)
        if known is not None and method.precision not in known.precisions:
            raise InvalidValueError(
                f"{method} stores weights in {method.precision}, for which {self.accelerator} ({self.instance_type}) has no arithmetic; it "
                f"has {', '.join(sorted(each.value for each in known.precisions))}. Choose a GPU target, or compile without quantising: "
                "techniques=[Compilation()]"
            )
        if self.is_neuron:
            raise InvalidValueError(
                f"{method} is given for {self.instance_type}, but for Inferentia2 and Trainium SageMaker's jobs only compile; quantise the "
                "weights with NeuronX Distributed before, or use techniques=[Compilation()]"
            )
        if method is QuantizationMethod.FP8 and not self._has_fp8():
            raise InvalidValueError(
                f"fp8 computes in 8-bit floating point, for which {self.accelerator} ({self.instance_type}) has no arithmetic; choose an "
                "Ada, Hopper or Blackwell target such as ml.g6.xlarge, or Quantization.awq()"
            )

    def _has_fp8(self) -> bool:
        machine = self.machine
        architecture = machine.accelerators.accelerator.architecture if machine and machine.accelerators else None
        return architecture is None or architecture.startswith(_FP8_ARCHITECTURES)


def _require_together(techniques: Sequence[Technique]) -> None:
    """What the service takes together for GPUs: see the source in `techniques`."""
    compiles = any(isinstance(each, Compilation) for each in techniques)
    for each in techniques:
        if compiles and isinstance(each, (ModelSharding, SpeculativeDecoding)):
            raise InvalidValueError(
                f"Compilation comes together with {type(each).__name__}, which SageMaker does not combine on GPUs; leave one out"
            )
        if isinstance(each, Quantization) and each.method is QuantizationMethod.SMOOTH_QUANT and not compiles:
            raise InvalidValueError(
                "smoothquant comes without Compilation; TensorRT-LLM alone runs it, so give techniques=[Quantization.smooth_quant(), "
                "Compilation()]"
            )
