"""The SageMaker model that a batch transform asks: one of your own, or made from artefacts and a container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.deep_learning_containers import PYTORCH_CPU
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.batch_transform_hardware import TransformHardware
from lean_silicon.inference.job_kinds import TRANSFORM
from lean_silicon.inference.job_role import grant_read, job_role
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_container import ServingContainer
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.least_privilege import allow
from lean_silicon.sizing import Task

_READ_MODEL_PACKAGE = ("sagemaker:DescribeModelPackage",)


@dataclass(frozen=True)
class ExistingModel:
    """A SageMaker model that is there already.

    Parameters
    ----------
    model_name
        Its name.
    role
        The role that it was made with: transform jobs run with it, so it gets to read their input and write their output.
    """

    model_name: str
    role: iam.IRole


def bound_model(
    scope: Construct, model: ServedModel | ExistingModel, hardware: TransformHardware, task: Task
) -> ExistingModel:
    """The model in its place: as it is, or a new one with a role of its own and without a network.

    Raises
    ------
    InvalidValueError
        If it would have to be downloaded from the internet.
    """
    if isinstance(model, ExistingModel):
        return model
    if model.needs_internet:
        raise InvalidValueError(
            f"the model {model.hub_id!r} would be downloaded from the Hugging Face Hub by every job anew; copy it into a bucket once and "
            "use ServedModel.from_bucket(bucket, 'model/')"
        )
    role = job_role(
        scope, "ModelRole", log_group=TRANSFORM.log_group, description="What SageMaker may do for the batch transform"
    )
    resource = sagemaker.CfnModel(
        scope,
        "Model",
        execution_role_arn=role.role_arn,
        containers=[_container(scope, model, hardware, task, role)],
        # The data come and go through SageMaker; the container itself reaches nothing and has no credentials.
        enable_network_isolation=True,
    )
    resource.node.add_dependency(role)
    return ExistingModel(resource.attr_model_name, role)


def _container(
    scope: Construct, model: ServedModel, hardware: TransformHardware, task: Task, role: iam.Role
) -> sagemaker.CfnModel.ContainerDefinitionProperty:
    if model.model_package_arn is not None:
        allow(role, _READ_MODEL_PACKAGE, [model.model_package_arn])
        return sagemaker.CfnModel.ContainerDefinitionProperty(model_package_name=model.model_package_arn)
    image = (model.container or _container_for(hardware, task)).bind(scope, role)
    environment = dict(model.environment) or None
    if model.path is not None:
        asset = s3_assets.Asset(scope, "Artefacts", path=model.path)
        grant_read(role, asset.bucket, asset.s3_object_key)
        return sagemaker.CfnModel.ContainerDefinitionProperty(
            image=image, model_data_url=asset.s3_object_url, environment=environment
        )
    if model.bucket is None or model.key is None:
        return sagemaker.CfnModel.ContainerDefinitionProperty(image=image, environment=environment)
    grant_read(role, model.bucket, model.key)
    uri = f"s3://{model.bucket.bucket_name}/{model.key}"
    return sagemaker.CfnModel.ContainerDefinitionProperty(
        image=image, environment=environment, **_artefacts(uri, is_prefix=model.key.endswith("/"))
    )


def _artefacts(uri: str, *, is_prefix: bool) -> dict[str, Any]:
    if not is_prefix:
        return {"model_data_url": uri}
    source = sagemaker.CfnModel.S3DataSourceProperty(compression_type="None", s3_data_type="S3Prefix", s3_uri=uri)
    return {"model_data_source": sagemaker.CfnModel.ModelDataSourceProperty(s3_data_source=source)}


def _container_for(hardware: TransformHardware, task: Task) -> ServingContainer:
    """AWS's container for the silicon: the x86 build of PyTorch where there is no accelerator."""
    machine = hardware.machine
    if machine is None or machine.accelerators is None:
        return ServingContainer.deep_learning_container(PYTORCH_CPU)
    if hardware.cuda_reason is not None:
        serving = ServingHardware.gpu(hardware.instance_type, reason=hardware.cuda_reason)
    else:
        serving = ServingHardware.neuron(hardware.instance_type)
    return ServingContainer.for_silicon(serving, task)
