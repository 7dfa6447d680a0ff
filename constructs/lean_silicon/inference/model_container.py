"""The container definition of a model: its image, its artefacts, its environment."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.inference import permissions
from lean_silicon.inference.endpoint_role import grant_read
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_container import ServingContainer
from lean_silicon.least_privilege import allow

_Container = sagemaker.CfnModel.ContainerDefinitionProperty


def model_container(
    scope: Construct,
    construct_id: str,
    model: ServedModel,
    container: ServingContainer,
    role: iam.Role,
    environment: Mapping[str, str],
) -> _Container:
    """The definition; `role` may pull the image and read the artefacts from then on. A model package brings both along."""
    if model.model_package_arn is not None:
        allow(role, permissions.READ_MODEL_PACKAGE, [model.model_package_arn])
        return _Container(model_package_name=model.model_package_arn)
    source, url = _artefacts(scope, construct_id, model, role)
    return _Container(
        image=container.bind(scope, role),
        environment={**environment, **model.environment} or None,
        model_data_source=source,
        model_data_url=url,
    )


def _artefacts(
    scope: Construct, construct_id: str, model: ServedModel, role: iam.Role
) -> tuple[sagemaker.CfnModel.ModelDataSourceProperty | None, str | None]:
    """Where the artefacts are: a prefix with the files as they are, or the address of an archive."""
    if model.path is not None:
        asset = s3_assets.Asset(scope, f"{construct_id}Artefacts", path=model.path)
        grant_read(role, asset.bucket, asset.s3_object_key)
        return None, asset.s3_object_url
    if model.bucket is None or model.key is None:
        return None, None
    grant_read(role, model.bucket, model.key)
    uri = model.bucket.s3_url_for_object(model.key)
    if not model.key.endswith("/"):
        return None, uri
    source = sagemaker.CfnModel.S3DataSourceProperty(s3_uri=uri, s3_data_type="S3Prefix", compression_type="None")
    return sagemaker.CfnModel.ModelDataSourceProperty(s3_data_source=source), None
