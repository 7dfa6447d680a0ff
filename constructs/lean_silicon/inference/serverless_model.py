"""The model of a serverless endpoint: an x86 container without a network of one's own."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.deep_learning_containers import PYTORCH_CPU, PYTORCH_GRAVITON, SCIKIT_LEARN_GRAVITON, XGBOOST_GRAVITON
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.container_environment import script_environment
from lean_silicon.inference.model_container import model_container
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_container import ServingContainer

_GRAVITON = (PYTORCH_GRAVITON, SCIKIT_LEARN_GRAVITON, XGBOOST_GRAVITON)


def serverless_model(
    scope: Construct, model: ServedModel, role: iam.Role, environment: Mapping[str, str]
) -> sagemaker.CfnModel:
    """The model; by default in AWS's PyTorch container for processors.

    Raises
    ------
    InvalidValueError
        If its container is for Neuron, for GPUs or for arm64, or it is a model package.
    """
    if model.model_package_arn is not None:
        raise InvalidValueError(
            "model packages may come from the Marketplace, which serverless endpoints refuse; give container and artefacts with "
            "ServedModel.from_bucket(...)"
        )
    container = model.container or ServingContainer.deep_learning_container(PYTORCH_CPU)
    published = container.published
    if published is not None and (published.neuron or published in _GRAVITON or "-gpu-" in published.tag):
        raise InvalidValueError(
            f"the container {published.name} does not run on a serverless endpoint, which has x86 processors only; leave the container "
            "out, or give one for x86"
        )
    if model.hub_id is not None and published is not None:
        raise InvalidValueError(
            f"the model is {model.hub_id} of the Hugging Face Hub, which the container {published.repository} does not load by its id; "
            "put the model with a handler into S3 and use ServedModel.from_bucket(...), or give a container that does"
        )
    resource = sagemaker.CfnModel(
        scope,
        "Model",
        execution_role_arn=role.role_arn,
        primary_container=model_container(
            scope, "Model", model, container, role, {**script_environment(published), **environment}
        ),
    )
    resource.node.add_dependency(role)
    return resource
