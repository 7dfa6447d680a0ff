"""Serving on the right silicon: endpoints that cost nothing while nobody asks."""

from lean_silicon.inference.async_endpoint import AsyncEndpoint
from lean_silicon.inference.batch_transform import BatchTransform
from lean_silicon.inference.batch_transform_data import TransformInput, TransformTrigger
from lean_silicon.inference.batch_transform_hardware import TransformHardware
from lean_silicon.inference.compile_cache import NeuronCompileCache
from lean_silicon.inference.copy_scaling import CopyScaling
from lean_silicon.inference.data_capture import DataCapture
from lean_silicon.inference.deployment import Deployment
from lean_silicon.inference.efficient_endpoint import EfficientEndpoint
from lean_silicon.inference.endpoint_base import EndpointBase
from lean_silicon.inference.endpoint_footprint import EndpointFootprint
from lean_silicon.inference.opening_hours import OpeningHours
from lean_silicon.inference.placement import Placement
from lean_silicon.inference.scaling import Capacity
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serverless_endpoint import ServerlessEndpoint
from lean_silicon.inference.serving_container import ServingContainer
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.inference.shadow import ShadowVariant
from lean_silicon.inference.startup import StartupTimeouts

__all__ = [
    "AsyncEndpoint",
    "BatchTransform",
    "Capacity",
    "CopyScaling",
    "DataCapture",
    "Deployment",
    "EfficientEndpoint",
    "EndpointBase",
    "EndpointFootprint",
    "NeuronCompileCache",
    "OpeningHours",
    "Placement",
    "ServedModel",
    "ServerlessEndpoint",
    "ServingContainer",
    "ServingHardware",
    "ShadowVariant",
    "StartupTimeouts",
    "TransformHardware",
    "TransformInput",
    "TransformTrigger",
]
