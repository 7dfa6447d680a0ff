"""What is sent to CreateTrainingJob, checked against what it accepts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import Token

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training import limits
from lean_silicon.training.channels import Channel
from lean_silicon.training.hardware import TrainingHardware
from lean_silicon.training.time_limits import TimeLimits

OUTPUT_PREFIX = "output/"
CHECKPOINT_PREFIX = "checkpoints/"
CHECKPOINT_FOLDER = "/opt/ml/checkpoints"

_UNIQUE_ENDING = 1 + 36  # a hyphen and a UUID
LONGEST_PREFIX = limits.MAXIMUM_JOB_NAME - _UNIQUE_ENDING
_JOB_NAME_PREFIX = re.compile(r"[a-z0-9](-*[a-z0-9])*")
_ENVIRONMENT_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True)
class TrainingRequest:
    """One training job, as the construct's parts describe it. All strings may hold tokens."""

    job_name_prefix: str
    image_uri: str
    role_arn: str
    hardware: TrainingHardware
    inputs: Mapping[str, Channel]
    hyperparameters: Mapping[str, str]
    environment: Mapping[str, str]
    metric_definitions: Mapping[str, str]
    tags: Mapping[str, str]
    bucket_name: str
    output_key_arn: str
    volume_key_arn: str | None
    volume_gib: float
    time_limits: TimeLimits
    spot: bool
    network: Mapping[str, Any]
    network_isolation: bool
    encrypt_traffic: bool

    def to_parameters(self) -> dict[str, Any]:
        """The request; names that end in ``.$`` are filled in from the execution by Step Functions."""
        parameters: dict[str, Any] = {
            # A UUID, made anew for each attempt: neither a second execution nor a retry nor a redrive meets a name that is taken.
            "TrainingJobName.$": f"States.Format('{self.job_name_prefix}-{{}}', States.UUID())",
            "AlgorithmSpecification": self._algorithm(),
            "RoleArn": self.role_arn,
            "OutputDataConfig": {
                "S3OutputPath": f"s3://{self.bucket_name}/{OUTPUT_PREFIX}",
                "KmsKeyId": self.output_key_arn,
            },
            # The same for all attempts of an execution, so that a later one continues; another execution starts afresh.
            "CheckpointConfig": {
                "S3Uri.$": f"States.Format('s3://{self.bucket_name}/{CHECKPOINT_PREFIX}{{}}', $$.Execution.Name)",
                "LocalPath": CHECKPOINT_FOLDER,
            },
            "ResourceConfig": self._resources(),
            "StoppingCondition": self.time_limits.to_request(),
            "EnableManagedSpotTraining": self.spot,
            "EnableNetworkIsolation": self.network_isolation,
            "EnableInterContainerTrafficEncryption": self.encrypt_traffic,
            "VpcConfig": dict(self.network),
            # The job's name does not tell the execution; this does, in the console too.
            "Environment": {**self.environment, "STATES_EXECUTION.$": "$$.Execution.Id"},
        }
        optional = {
            "HyperParameters": dict(self.hyperparameters),
            "InputDataConfig": [channel.to_request(name) for name, channel in self.inputs.items()],
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
        }
        return parameters | {name: value for name, value in optional.items() if value}

    def _algorithm(self) -> dict[str, Any]:
        algorithm: dict[str, Any] = {"TrainingImage": self.image_uri, "TrainingInputMode": "File"}
        if self.metric_definitions:
            algorithm["MetricDefinitions"] = [
                {"Name": name, "Regex": pattern} for name, pattern in self.metric_definitions.items()
            ]
        return algorithm

    def _resources(self) -> dict[str, Any]:
        resources: dict[str, Any] = {
            "InstanceType": self.hardware.instance_type,
            "InstanceCount": self.hardware.count,
            # Types with disks of their own ignore it; the others need it.
            "VolumeSizeInGB": self.volume_gib,
        }
        if self.volume_key_arn is not None:
            resources["VolumeKmsKeyId"] = self.volume_key_arn
        return resources


def require_job_name_prefix(prefix: str) -> str:
    """The prefix, if SageMaker takes it as the start of a name and IAM matches it in the job's ARN."""
    if Token.is_unresolved(prefix):
        return prefix
    if not _JOB_NAME_PREFIX.fullmatch(prefix) or len(prefix) > LONGEST_PREFIX:
        raise InvalidValueError(
            f"job_name_prefix is {prefix!r}; allowed are 1 to {LONGEST_PREFIX} lower-case letters, digits and hyphens, beginning and ending "
            "with a letter or digit. A UUID follows it"
        )
    return prefix


def require_environment(variables: Mapping[str, str], reserved: int) -> None:
    """Raise InvalidValueError if SageMaker would refuse the environment variables."""
    if len(variables) + reserved > limits.MAXIMUM_ENVIRONMENT_VARIABLES:
        raise InvalidValueError(
            f"the job has {len(variables)} environment variables and {reserved} of the construct's own; SageMaker allows "
            f"{limits.MAXIMUM_ENVIRONMENT_VARIABLES}"
        )
    for name, value in variables.items():
        if not _ENVIRONMENT_NAME.fullmatch(name) or len(name) > limits.MAXIMUM_ENVIRONMENT_NAME:
            raise InvalidValueError(
                f"environment variable name {name!r} is not allowed; use letters, digits and '_', not beginning with a digit"
            )
        if not Token.is_unresolved(value) and len(value) > limits.MAXIMUM_ENVIRONMENT_VALUE:
            raise InvalidValueError(
                f"environment variable {name!r} has {len(value)} characters; SageMaker allows {limits.MAXIMUM_ENVIRONMENT_VALUE}"
            )


def require_metric_definitions(definitions: Mapping[str, str]) -> None:
    """Raise InvalidValueError if SageMaker would refuse the metric definitions."""
    if len(definitions) > limits.MAXIMUM_METRICS:
        raise InvalidValueError(f"the job has {len(definitions)} metric definitions; SageMaker allows {limits.MAXIMUM_METRICS}")
    for name, pattern in definitions.items():
        if not 1 <= len(name) <= limits.MAXIMUM_METRIC_NAME:
            raise InvalidValueError(
                f"metric name {name[:40]!r} has {len(name)} characters; allowed are 1 to {limits.MAXIMUM_METRIC_NAME}"
            )
        if not 1 <= len(pattern) <= limits.MAXIMUM_METRIC_PATTERN:
            raise InvalidValueError(
                f"the pattern of metric {name!r} has {len(pattern)} characters; allowed are 1 to {limits.MAXIMUM_METRIC_PATTERN}"
            )
