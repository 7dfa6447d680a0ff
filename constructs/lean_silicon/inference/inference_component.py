"""The inference component of an endpoint: the model, and what each copy of it needs of a machine."""

from __future__ import annotations

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.inference.endpoint_base import VARIANT
from lean_silicon.inference.endpoint_plan import EndpointPlan
from lean_silicon.inference.placement import Placement
from lean_silicon.inference.startup import StartupTimeouts

_Component = sagemaker.CfnInferenceComponent

_OF_HOST = 0.5
"""The share of a machine's memory that the copies of an accelerated machine ask for together: their devices decide where they go, and
SageMaker's own agents need the rest."""
_OF_PROCESSOR = 0.55
"""More than half, so that a machine without accelerators gets one copy, which uses all its processors."""
_MOST_OF_PROCESSOR = 0.8
_LEAST_MIB = 128
"""Service model: MinMemoryRequiredInMb."""


def inference_component(
    scope: Construct,
    *,
    plan: EndpointPlan,
    name: str,
    endpoint: sagemaker.CfnEndpoint,
    model: sagemaker.CfnModel,
    timeouts: StartupTimeouts | None,
    deployment: _Component.InferenceComponentDeploymentConfigProperty,
) -> sagemaker.CfnInferenceComponent:
    """The component; one copy starts with it, so that a model that cannot start fails the deployment."""
    startup = None
    if timeouts is not None:
        startup = _Component.InferenceComponentStartupParametersProperty(
            model_data_download_timeout_in_seconds=int(timeouts.download.to_seconds()),
            container_startup_health_check_timeout_in_seconds=int(timeouts.health_check.to_seconds()),
        )
    return sagemaker.CfnInferenceComponent(
        scope,
        "Component",
        inference_component_name=name,
        endpoint_name=endpoint.attr_endpoint_name,
        variant_name=VARIANT,
        specification=_Component.InferenceComponentSpecificationProperty(
            model_name=model.attr_model_name,
            compute_resource_requirements=_needs(plan.placement),
            startup_parameters=startup,
        ),
        runtime_config=_Component.InferenceComponentRuntimeConfigProperty(copy_count=max(1, plan.capacity.minimum)),
        deployment_config=deployment,
    )


def _needs(placement: Placement) -> _Component.InferenceComponentComputeResourceRequirementsProperty:
    return _Component.InferenceComponentComputeResourceRequirementsProperty(
        number_of_accelerator_devices_required=placement.devices_per_copy or None,
        min_memory_required_in_mb=max(_LEAST_MIB, int(_host_gib(placement) * 1024)),
    )


def _host_gib(placement: Placement) -> float:
    """The host's memory that one copy asks for, GiB."""
    machine = placement.hardware.machine
    whole = machine.memory_gib if machine is not None and machine.memory_gib is not None else 0.0
    if placement.devices_per_copy:
        return _OF_HOST * whole / placement.copies_per_instance
    needed = placement.fit.needed.high if placement.fit.needed is not None else 0.0
    return min(_MOST_OF_PROCESSOR * whole, max(_OF_PROCESSOR * whole, needed))
