"""Serving on the right silicon: endpoints that cost nothing while nobody asks."""

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing
from lean_silicon.inference.async_endpoint import AsyncEndpoint
from lean_silicon.inference.batch_transform import BatchTransform
from lean_silicon.inference.batch_transform_base import BatchTransformBase
from lean_silicon.inference.batch_transform_data import Split, TransformInput, TransformTrigger
from lean_silicon.inference.batch_transform_hardware import TransformHardware
from lean_silicon.inference.batch_transform_model import ExistingModel
from lean_silicon.inference.compile_cache import NeuronCompileCache
from lean_silicon.inference.copy_scaling import CopyScaling
from lean_silicon.inference.data_capture import DataCapture
from lean_silicon.inference.deployment import Deployment
from lean_silicon.inference.efficient_endpoint import EfficientEndpoint
from lean_silicon.inference.endpoint_base import EndpointBase
from lean_silicon.inference.endpoint_footprint import EndpointFootprint
from lean_silicon.inference.monitoring import (
    BaselineData,
    BaselineFormat,
    Bias,
    DataQuality,
    Explainability,
    Facet,
    GroundTruth,
    ModelMonitoring,
    ModelQuality,
    Monitor,
    MonitoringFrequency,
    MonitoringService,
    ProblemType,
)
from lean_silicon.inference.opening_hours import OpeningHours
from lean_silicon.inference.optimization import (
    LMI,
    LMI_NEURON,
    TENSORRT_LLM,
    Compilation,
    ModelOptimization,
    ModelOptimizationBase,
    ModelSharding,
    Quantization,
    QuantizationMethod,
    SpeculativeDecoding,
)
from lean_silicon.inference.placement import Placement
from lean_silicon.inference.recipes import (
    Distillation,
    DistillationHyperparameters,
    ModelRecipe,
    Pruning,
    PruningHyperparameters,
)
from lean_silicon.inference.scaling import Capacity
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serverless_endpoint import ServerlessEndpoint
from lean_silicon.inference.serving_container import ServingContainer
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.inference.shadow import ShadowVariant
from lean_silicon.inference.startup import StartupTimeouts

__all__ = [
    "LMI",
    "LMI_NEURON",
    "TENSORRT_LLM",
    "AsyncEndpoint",
    "BaselineData",
    "BaselineFormat",
    "BatchTransform",
    "BatchTransformBase",
    "Bias",
    "Capacity",
    "Compilation",
    "CopyScaling",
    "DataCapture",
    "DataQuality",
    "Deployment",
    "Distillation",
    "DistillationHyperparameters",
    "EfficientEndpoint",
    "EndpointBase",
    "EndpointFootprint",
    "ExistingModel",
    "Explainability",
    "Facet",
    "GroundTruth",
    "ModelMonitoring",
    "ModelOptimization",
    "ModelOptimizationBase",
    "ModelQuality",
    "ModelRecipe",
    "ModelSharding",
    "Monitor",
    "MonitoringFrequency",
    "MonitoringService",
    "NeuronCompileCache",
    "OpeningHours",
    "Placement",
    "ProblemType",
    "Pruning",
    "PruningHyperparameters",
    "Quantization",
    "QuantizationMethod",
    "ServedModel",
    "ServerlessEndpoint",
    "ServingContainer",
    "ServingHardware",
    "ShadowVariant",
    "SpeculativeDecoding",
    "Split",
    "StartupTimeouts",
    "TransformHardware",
    "TransformInput",
    "TransformTrigger",
]
