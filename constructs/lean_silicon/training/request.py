"""What is sent to CreateTrainingJob."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lean_silicon.training.hardware import TrainingHardware
from lean_silicon.training.network import TrainingNetwork
from lean_silicon.training.program import BoundProgram
from lean_silicon.training.storage import CHECKPOINT_PREFIX, OUTPUT_PREFIX, TrainingStorage
from lean_silicon.training.time_limits import TimeLimits

CHECKPOINT_FOLDER = "/opt/ml/checkpoints"


@dataclass(frozen=True)
class TrainingRequest:
    """One training job, put together from the construct's parts. All strings may hold tokens."""

    job_name_prefix: str
    role_arn: str
    hardware: TrainingHardware
    program: BoundProgram
    storage: TrainingStorage
    network: TrainingNetwork
    time_limits: TimeLimits
    spot: bool
    network_isolation: bool
    encrypt_traffic: bool
    metric_definitions: Mapping[str, str]
    tags: Mapping[str, str]

    def to_parameters(self) -> dict[str, Any]:
        """The request; names that end in ``.$`` are filled in from the execution by Step Functions."""
        bucket = self.storage.bucket.bucket_name
        parameters: dict[str, Any] = {
            # A UUID, made anew for each attempt: neither a second execution nor a retry nor a redrive meets a name that is taken.
            "TrainingJobName.$": f"States.Format('{self.job_name_prefix}-{{}}', States.UUID())",
            "AlgorithmSpecification": self._algorithm(),
            "RoleArn": self.role_arn,
            "OutputDataConfig": {
                "S3OutputPath": f"s3://{bucket}/{OUTPUT_PREFIX}",
                "KmsKeyId": self.storage.output_key.key_arn,
            },
            # The same for all attempts of an execution, so that a later one continues; another execution starts afresh.
            "CheckpointConfig": {
                "S3Uri.$": f"States.Format('s3://{bucket}/{CHECKPOINT_PREFIX}{{}}', $$.Execution.Name)",
                "LocalPath": CHECKPOINT_FOLDER,
            },
            "ResourceConfig": self._resources(),
            "StoppingCondition": self.time_limits.to_request(),
            "EnableManagedSpotTraining": self.spot,
            "EnableNetworkIsolation": self.network_isolation,
            "EnableInterContainerTrafficEncryption": self.encrypt_traffic,
            "VpcConfig": self.network.to_request(),
            "Environment": dict(self.program.environment),
        }
        optional = {
            "HyperParameters": dict(self.program.hyperparameters),
            "InputDataConfig": [channel.to_request(name) for name, channel in self.program.inputs.items()],
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
        }
        return parameters | {name: value for name, value in optional.items() if value}

    def _algorithm(self) -> dict[str, Any]:
        algorithm: dict[str, Any] = {"TrainingImage": self.program.image_uri, "TrainingInputMode": "File"}
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
            "VolumeSizeInGB": self.storage.volume_gib,
        }
        if self.storage.volume_key is not None:
            resources["VolumeKmsKeyId"] = self.storage.volume_key.key_arn
        return resources
