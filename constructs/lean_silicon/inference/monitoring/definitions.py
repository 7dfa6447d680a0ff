"""The resources of one monitor: its job definition, and the schedule that runs it."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnResource, Fn
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.declaring import Declaration
from lean_silicon.inference.monitoring import kinds
from lean_silicon.inference.monitoring.clarify_monitors import Bias, Explainability
from lean_silicon.inference.monitoring.kinds import MonitorKind
from lean_silicon.inference.monitoring.monitors import DataQuality, ModelQuality, Monitored
from lean_silicon.inference.monitoring.setting import MONITORING, MonitoringSetting, schedule_name

_CAPTURED = "/opt/ml/processing/input/endpoint"
_OUTPUT = "/opt/ml/processing/output"

_DEFINITIONS: dict[str, tuple[type[Any], str]] = {
    kinds.DATA_QUALITY.name: (sagemaker.CfnDataQualityJobDefinition, "data_quality"),
    kinds.MODEL_QUALITY.name: (sagemaker.CfnModelQualityJobDefinition, "model_quality"),
    kinds.MODEL_BIAS.name: (sagemaker.CfnModelBiasJobDefinition, "model_bias"),
    kinds.MODEL_EXPLAINABILITY.name: (sagemaker.CfnModelExplainabilityJobDefinition, "model_explainability"),
}


def job_definition(
    scope: Construct,
    kind: MonitorKind,
    monitored: Monitored,
    setting: MonitoringSetting,
    *,
    image_uri: str,
    limit_seconds: int,
) -> CfnResource:
    """What a look does. It cannot be changed, so it is named by CloudFormation and replaced."""
    definition, prefix = _DEFINITIONS[kind.name]
    properties = {
        f"{prefix}_app_specification": _application(kind, monitored, setting, image_uri),
        f"{prefix}_baseline_config": _baseline(kind, setting),
        f"{prefix}_job_input": _input(monitored, setting),
        f"{prefix}_job_output_config": {
            "monitoringOutputs": [
                {
                    "s3Output": {
                        "s3Uri": setting.reports_uri(kind.folder),
                        "localPath": _OUTPUT,
                        "s3UploadMode": "EndOfJob",
                    }
                }
            ],
            "kmsKeyId": setting.key.key_arn,
        },
    }
    resource: CfnResource = definition(
        scope,
        "Definition",
        role_arn=setting.role.role_arn,
        job_resources={"clusterConfig": setting.cluster()},
        stopping_condition={"maxRuntimeInSeconds": limit_seconds},
        network_config=_network(monitored),
        **properties,
    )
    # SageMaker tries the role when the definition is made, and the role's permissions are a resource of their own.
    resource.node.add_dependency(setting.role)
    Declaration(resource, workload=MONITORING)
    return resource


def monitoring_schedule(
    scope: Construct, kind: MonitorKind, definition: CfnResource, setting: MonitoringSetting
) -> sagemaker.CfnMonitoringSchedule:
    """When looks happen."""
    return sagemaker.CfnMonitoringSchedule(
        scope,
        "Schedule",
        monitoring_schedule_name=schedule_name(scope),
        monitoring_schedule_config={
            # The ARN is arn:aws:sagemaker:<region>:<account>:data-quality-job-definition/<name>.
            "monitoringJobDefinitionName": Fn.select(
                1, Fn.split("/", definition.get_att("JobDefinitionArn").to_string())
            ),
            "monitoringType": kind.name,
            "scheduleConfig": {"scheduleExpression": setting.frequency.expression},
        },
    )


def _application(kind: MonitorKind, monitored: Monitored, setting: MonitoringSetting, image_uri: str) -> dict[str, Any]:
    published = {"imageUri": image_uri, "environment": {"publish_cloudwatch_metrics": "Enabled"}}
    if isinstance(monitored, ModelQuality):
        return {**published, "problemType": str(monitored.problem)}
    if isinstance(monitored, (Bias, Explainability)):
        return {**published, "configUri": setting.config_uri(kind.folder, "monitor")}
    return published


def _baseline(kind: MonitorKind, setting: MonitoringSetting) -> dict[str, Any]:
    found = {"constraintsResource": {"s3Uri": setting.baseline_uri(kind.folder, kind.constraints)}}
    if kind is kinds.DATA_QUALITY and kind.statistics is not None:
        found["statisticsResource"] = {"s3Uri": setting.baseline_uri(kind.folder, kind.statistics)}
    return found


def _input(monitored: Monitored, setting: MonitoringSetting) -> dict[str, Any]:
    endpoint: dict[str, Any] = {"endpointName": setting.endpoint_name, "localPath": _CAPTURED}
    if isinstance(monitored, DataQuality):
        return {"endpointInput": endpoint}
    if isinstance(monitored, Explainability):
        return {"endpointInput": endpoint}
    endpoint.update(monitored.ground_truth.offsets(setting.frequency.hours))
    endpoint["inferenceAttribute"] = monitored.prediction
    if isinstance(monitored, ModelQuality):
        endpoint["probabilityAttribute"] = monitored.probability
        endpoint["probabilityThresholdAttribute"] = monitored.threshold
    return {
        "endpointInput": {name: value for name, value in endpoint.items() if value is not None},
        "groundTruthS3Input": {"s3Uri": monitored.ground_truth.uri},
    }


def _network(monitored: Monitored) -> dict[str, bool]:
    """Clarify asks the model over the network to explain it; the others need none, as SageMaker brings and takes their files."""
    return {
        "enableNetworkIsolation": not isinstance(monitored, (Bias, Explainability)),
        "enableInterContainerTrafficEncryption": False,
    }
