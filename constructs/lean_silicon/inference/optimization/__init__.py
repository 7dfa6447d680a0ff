"""Making a model smaller or faster before buying a bigger machine."""

from lean_silicon.inference.optimization.images import LMI, LMI_NEURON, TENSORRT_LLM
from lean_silicon.inference.optimization.model_optimization import ModelOptimization
from lean_silicon.inference.optimization.model_optimization_base import ModelOptimizationBase
from lean_silicon.inference.optimization.techniques import (
    Compilation,
    ModelSharding,
    Quantization,
    QuantizationMethod,
    SpeculativeDecoding,
)

__all__ = [
    "LMI",
    "LMI_NEURON",
    "TENSORRT_LLM",
    "Compilation",
    "ModelOptimization",
    "ModelOptimizationBase",
    "ModelSharding",
    "Quantization",
    "QuantizationMethod",
    "SpeculativeDecoding",
]
