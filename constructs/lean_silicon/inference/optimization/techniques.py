"""What an optimization job does to a model.

Sources: API reference, ``OptimizationConfig`` and its members; SageMaker developer guide, "Inference optimization for Amazon SageMaker
AI models" and "Create an inference optimization job" for the environment variables; which of them the service takes together:
``sagemaker-serve/src/sagemaker/serve/validations/optimization.py`` of github.com/aws/sagemaker-python-sdk (commit a2481266, 2026-08-21).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from aws_cdk import aws_s3 as s3

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Precision

MAXIMUM_ENVIRONMENT_VARIABLES = 25
"""``OptimizationJobEnvironmentVariables``, botocore 1.44.5."""


class QuantizationMethod(str, Enum):
    """How weights are made narrower, as ``OPTION_QUANTIZE`` names it."""

    AWQ = "awq"
    """Activation-aware: weights in 4 bits, arithmetic in 16. Memory shrinks most; the loss depends on the model."""
    SMOOTH_QUANT = "smoothquant"
    """Weights and activations in 8-bit integers. TensorRT-LLM only, so together with `Compilation`."""
    FP8 = "fp8"
    """Weights and activations in 8-bit floating point: next to no loss, on GPUs that compute in it."""

    @property
    def precision(self) -> Precision:
        """What the weights are stored in afterwards."""
        return _STORED[self]

    def __str__(self) -> str:
        return self.value


_STORED = {
    QuantizationMethod.AWQ: Precision.INT4,
    QuantizationMethod.SMOOTH_QUANT: Precision.INT8,
    QuantizationMethod.FP8: Precision.FP8,
}


@dataclass(frozen=True)
class Quantization:
    """Store the weights narrower. Use `awq`, `smooth_quant` or `fp8`."""

    method: QuantizationMethod
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def awq(cls, environment: Mapping[str, str] | None = None) -> Quantization:
        """4-bit weights, for any GPU that the service optimizes for."""
        return cls(QuantizationMethod.AWQ, environment or {})

    @classmethod
    def smooth_quant(cls, environment: Mapping[str, str] | None = None) -> Quantization:
        """8-bit integers; give `Compilation` too."""
        return cls(QuantizationMethod.SMOOTH_QUANT, environment or {})

    @classmethod
    def fp8(cls, environment: Mapping[str, str] | None = None) -> Quantization:
        """8-bit floating point, for Ada, Hopper and Blackwell GPUs."""
        return cls(QuantizationMethod.FP8, environment or {})

    def to_request(self, image: str) -> dict[str, Any]:
        """One of ``OptimizationConfigs``."""
        return _config("ModelQuantizationConfig", image, {"OPTION_QUANTIZE": str(self.method)}, self.environment)


@dataclass(frozen=True)
class Compilation:
    """Compile the model ahead of time for the target.

    Parameters
    ----------
    tensor_parallel
        Over how many cores (GPUs, or NeuronCores: two on each Inferentia2 device) the model is divided. Default: as many as the workload
        needs of the target.
    environment
        Further settings of the container, for instance ``{"OPTION_NEURON_OPTIMIZE_LEVEL": "2"}``.
    """

    tensor_parallel: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def to_request(self, image: str, settings: Mapping[str, str]) -> dict[str, Any]:
        """One of ``OptimizationConfigs``; `settings` are those that follow from the workload."""
        return _config("ModelCompilationConfig", image, settings, self.environment)


@dataclass(frozen=True)
class ModelSharding:
    """Cut the weights into the pieces that each GPU loads, so that a large model starts faster.

    Parameters
    ----------
    tensor_parallel
        Over how many GPUs.
    """

    tensor_parallel: int
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.tensor_parallel < 1:
            raise InvalidValueError(
                f"tensor_parallel is {self.tensor_parallel}; give the number of GPUs that share the model"
            )

    def to_request(self, image: str) -> dict[str, Any]:
        """One of ``OptimizationConfigs``."""
        settings = {"OPTION_TENSOR_PARALLEL_DEGREE": str(self.tensor_parallel)}
        return _config("ModelShardingConfig", image, settings, self.environment)


@dataclass(frozen=True)
class SpeculativeDecoding:
    """Train a small draft head (EAGLE) that guesses ahead, so that the model answers faster with the same words.

    Parameters
    ----------
    bucket, prefix
        Conversations to train it on, as ShareGPT or OpenAI formats them: those of your users, where you may use them.
    """

    bucket: s3.IBucket
    prefix: str

    def to_request(self) -> dict[str, Any]:
        """One of ``OptimizationConfigs``."""
        source = {"S3Uri": f"s3://{self.bucket.bucket_name}/{self.prefix}", "S3DataType": "S3Prefix"}
        return {"ModelSpeculativeDecodingConfig": {"Technique": "EAGLE", "TrainingDataSource": source}}


Technique = Quantization | Compilation | ModelSharding | SpeculativeDecoding


def _config(kind: str, image: str, settings: Mapping[str, str], own: Mapping[str, str]) -> dict[str, Any]:
    environment = {**settings, **own}
    if len(environment) > MAXIMUM_ENVIRONMENT_VARIABLES:
        raise InvalidValueError(
            f"{kind} has {len(environment)} environment variables; SageMaker allows {MAXIMUM_ENVIRONMENT_VARIABLES}"
        )
    return {kind: {"Image": image, "OverrideEnvironment": environment}}
