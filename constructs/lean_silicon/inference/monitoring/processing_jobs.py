"""The two processing jobs of a monitor, as CreateProcessingJob takes them: machines, inputs, outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lean_silicon.inference.monitoring.setting import VOLUME_GIB, MonitoringSetting

PROCESSING = "/opt/ml/processing"
OUTPUT = f"{PROCESSING}/output"


def job_request(
    setting: MonitoringSetting,
    image_uri: str,
    *,
    inputs: Sequence[Mapping[str, Any]],
    output: Mapping[str, str],
    limit_seconds: int,
    environment: Mapping[str, str],
) -> dict[str, Any]:
    """The request without the job's name; `output` is where it writes, ``S3Uri`` or ``S3Uri.$``."""
    request: dict[str, Any] = {
        "AppSpecification": {"ImageUri": image_uri},
        "RoleArn": setting.role.role_arn,
        "ProcessingInputs": list(inputs),
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "analysis_result",
                    "S3Output": {**output, "LocalPath": OUTPUT, "S3UploadMode": "EndOfJob"},
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
        "StoppingCondition": {"MaxRuntimeInSeconds": limit_seconds},
    }
    return {**request, "Environment": dict(environment)} if environment else request


def job_input(name: str, place: Mapping[str, str]) -> dict[str, Any]:
    """One input; `place` has ``S3Uri`` and ``LocalPath``, or the same from the execution."""
    return {
        "InputName": name,
        "S3Input": {
            **place,
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }
