"""The baseline run of a monitor: a processing job that a state machine starts, over the data that the model was trained on."""

from __future__ import annotations

from typing import Any, cast

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.declaring import Declaration
from lean_silicon.inference.job_kinds import PROCESSING
from lean_silicon.inference.job_state_machine import job_state_machine, name_prefix_of
from lean_silicon.inference.monitoring.kinds import MonitorKind
from lean_silicon.inference.monitoring.monitors import DataQuality, ModelQuality, Monitored
from lean_silicon.inference.monitoring.setting import MONITORING, VOLUME_GIB, MonitoringSetting
from lean_silicon.training.capacity_retry import CapacityRetry

_LIMIT_SECONDS = 4 * 3600
"""A baseline is a pass over a training set's sample; four hours on one machine are far more than it takes."""
_WRAP_UP_SECONDS = 1800
"""SageMaker ends the job at its limit; what the wait for its machine may add before the state machine stops it."""

_PROCESSING = "/opt/ml/processing"
_OUTPUT = f"{_PROCESSING}/output"
_ANALYZER_INPUT = f"{_PROCESSING}/input/baseline_dataset_input"


def baseline_state_machine(
    scope: Construct, kind: MonitorKind, monitored: Monitored, setting: MonitoringSetting, image_uri: str
) -> sfn.StateMachine:
    """A state machine each execution of which makes the monitor's baseline anew, where its looks read it."""
    machine = job_state_machine(
        scope,
        PROCESSING,
        _request(kind, monitored, setting, image_uri),
        name_prefix=name_prefix_of(scope, None),
        retry=CapacityRetry(),
        timeout_seconds=_LIMIT_SECONDS + _WRAP_UP_SECONDS,
        role=setting.role,
    )
    Declaration(cast("sfn.CfnStateMachine", machine.node.default_child), workload=MONITORING)
    return machine


def _request(kind: MonitorKind, monitored: Monitored, setting: MonitoringSetting, image_uri: str) -> dict[str, Any]:
    """CreateProcessingJob without the job's name."""
    analyzes = isinstance(monitored, (DataQuality, ModelQuality))
    data_path = _ANALYZER_INPUT if analyzes else f"{_PROCESSING}/input/data"
    inputs = [_input("dataset", monitored.baseline.uri, data_path)]
    if not analyzes:
        config = setting.config_uri(kind.folder, "baseline")
        inputs.append(_input("analysis_config", config, f"{_PROCESSING}/input/config"))
    request: dict[str, Any] = {
        "AppSpecification": {"ImageUri": image_uri},
        "RoleArn": setting.role.role_arn,
        "ProcessingInputs": inputs,
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "analysis_result",
                    "S3Output": {
                        "S3Uri": setting.baseline_uri(kind.folder).rstrip("/"),
                        "LocalPath": _OUTPUT,
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ],
            "KmsKeyId": setting.key.key_arn,
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": setting.instance_type,
                "VolumeSizeInGB": VOLUME_GIB,
                "VolumeKmsKeyId": setting.key.key_arn,
            }
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": _LIMIT_SECONDS},
    }
    environment = _environment(monitored)
    return {**request, "Environment": environment} if environment else request


def _input(name: str, uri: str, path: str) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri": uri,
            "LocalPath": path,
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }


def _environment(monitored: Monitored) -> dict[str, str]:
    """What tells the analyzer what to do; Clarify reads a file instead."""
    if not isinstance(monitored, (DataQuality, ModelQuality)):
        return {}
    own = monitored.environment() if isinstance(monitored, ModelQuality) else {}
    return {
        "dataset_format": monitored.baseline.format.analyzer,
        "dataset_source": _ANALYZER_INPUT,
        "output_path": _OUTPUT,
        # Metrics are for looks at an endpoint; the service refuses them elsewhere.
        "publish_cloudwatch_metrics": "Disabled",
        **own,
    }
