"""The ``AWS::SageMaker::Model`` of an endpoint: container, artefacts, role and network."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.deep_learning_containers import VLLM_NEURON
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.container_environment import container_environment
from lean_silicon.inference.model_container import model_container
from lean_silicon.inference.network import EndpointNetwork
from lean_silicon.inference.placement import Placement
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_container import ServingContainer
from lean_silicon.sizing import Task, Workload

_TOO_NEW_FOR_VLLM = "Trainium2"


def model_resource(
    scope: Construct,
    construct_id: str,
    *,
    model: ServedModel,
    workload: Workload,
    placement: Placement,
    role: iam.Role,
    network: EndpointNetwork | None = None,
    network_isolation: bool = False,
    environment: Mapping[str, str] | None = None,
) -> sagemaker.CfnModel:
    """The model, which `role` may load from then on.

    Raises
    ------
    InvalidValueError
        If its container could not start it.
    """
    container = model.container or ServingContainer.for_silicon(placement.hardware, workload.task or Task.INFERENCE)
    _require_startable(model, container, placement, network_isolation=network_isolation)
    said = container_environment(container.published, model, workload, placement)
    resource = sagemaker.CfnModel(
        scope,
        construct_id,
        execution_role_arn=role.role_arn,
        enable_network_isolation=network_isolation,
        primary_container=model_container(scope, construct_id, model, container, role, {**said, **(environment or {})}),
        vpc_config=None
        if network is None
        else sagemaker.CfnModel.VpcConfigProperty(
            subnets=list(network.subnet_ids), security_group_ids=network.security_group_ids
        ),
    )
    # SageMaker tries the role when the model is made, and the role's permissions are a resource of their own.
    resource.node.add_dependency(role)
    return resource


def compiles_at_start(model: ServedModel, placement: Placement) -> bool:
    """Whether the container may have to compile the model for Neuron as it starts."""
    return placement.hardware.is_neuron and not model.compiled


def _require_startable(
    model: ServedModel, container: ServingContainer, placement: Placement, *, network_isolation: bool
) -> None:
    _require_same_silicon(container, placement)
    _require_generation(container, placement)
    if model.needs_internet and network_isolation:
        raise InvalidValueError(
            f"the container downloads {model.hub_id} from the Hugging Face Hub, and network_isolation leaves it no network; copy the "
            "model into a bucket and use ServedModel.from_bucket(...), or leave network_isolation out"
        )
    in_storage = model.bucket is not None or model.path is not None
    if in_storage and container.published is VLLM_NEURON and network_isolation and compiles_at_start(model, placement):
        raise InvalidValueError(
            f"the model in S3 is not said to be compiled for {placement.hardware.instance_type}, and its container refuses to start with "
            "weights that are not: compile it with `optimum-cli export neuron` and say ServedModel.from_bucket(bucket, key, "
            "compiled=True), or give ModelOptimization.optimized_model(), which brings its own container"
        )


def _require_generation(container: ServingContainer, placement: Placement) -> None:
    """Source: Hugging Face, Optimum Neuron, "optimum-neuron plugin for vLLM", read 2026-11-23."""
    machine = placement.hardware.machine
    if container.published is not VLLM_NEURON or machine is None or machine.accelerators is None:
        return
    key = machine.accelerators.accelerator.key
    if key.startswith(_TOO_NEW_FOR_VLLM):
        raise InvalidValueError(
            f"the container {VLLM_NEURON.name} does not run on {key} ({placement.hardware.instance_type}): its vLLM knows Inferentia2 and "
            'Trainium1. Use such a type, for instance ServingHardware.neuron("ml.inf2.48xlarge"), or a container of yours with vLLM on NxD '
            "Inference: "
            "ServedModel.from_bucket(bucket, key, container=ServingContainer.from_ecr_repository(...))"
        )


def _require_same_silicon(container: ServingContainer, placement: Placement) -> None:
    published, hardware = container.published, placement.hardware
    if published is None or hardware.machine is None or published.neuron == hardware.is_neuron:
        return
    built = "Inferentia2 and Trainium" if published.neuron else "other silicon than Inferentia2 and Trainium"
    raise InvalidValueError(
        f"the container {published.name} is built for {built}, and the endpoint runs on {hardware.instance_type}; leave the container out, "
        "or give one for that type"
    )
