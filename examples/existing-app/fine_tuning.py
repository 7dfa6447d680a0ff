"""What is new: fine-tuning on Trainium, in the network and on the data of the platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct
from data_platform import DataPlatform

from lean_silicon import Precision, Task, Workload
from lean_silicon.training import Channel, Distribution, TrainingCode, TrainingHardware, TrainiumTrainingJob


class FineTuning(Stack):
    """A job that the scientists start."""

    def __init__(self, scope: Construct, construct_id: str, *, platform: DataPlatform, **stack_properties: Any) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        job = TrainiumTrainingJob(
            self,
            "FineTune",
            code=TrainingCode.from_asset(Path(__file__).parent / "training", entry_point="train.py"),
            inputs={"train": Channel.s3(platform.texts, "tokens/")},
            hardware=TrainingHardware.trainium("ml.trn1.32xlarge"),
            distribution=Distribution.torchrun(),
            workload=Workload(task=Task.PEFT, parameters=8_000_000_000, precision=Precision.BF16),
            time_limit=Duration.hours(8),
            vpc=platform.vpc,
            encryption_key=platform.key,
        )
        # By name, so that the permission stands in this stack. On the role itself it would stand in the platform's, which this one
        # reads already, and two stacks cannot depend on each other.
        scientists = iam.Role.from_role_name(self, "Scientists", "scientists")
        job.grant_start(scientists)
