"""Train a language model on Trainium on the texts in a bucket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_cdk import Acknowledgment, CfnOutput, Duration, Stack, Validations
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon import Precision, Task, Workload
from lean_silicon.training import Channel, Distribution, TrainingCode, TrainiumTrainingJob

CODE = Path(__file__).parent / "training_code"

ACCEPTED = {
    "AwsSolutions-S1": "Access logs of a demonstration's buckets would outlive it unread; CloudTrail's data events tell who read what, "
    "where that is asked for",
}


class TrainingStack(Stack):
    """A bucket for texts, and a job that trains on them.

    The job takes the smallest Trainium type, on spare capacity, and runs when somebody starts it: nothing is paid for until then.
    """

    def __init__(self, scope: Construct, construct_id: str, **stack_properties: Any) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        texts = s3.Bucket(
            self,
            "Texts",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
        )
        self.job = TrainiumTrainingJob(
            self,
            "Train",
            code=TrainingCode.from_asset(CODE, entry_point="train.py"),
            inputs={"train": Channel.s3(texts, "texts/")},
            distribution=Distribution.torchrun(),
            hyperparameters={"learning_rate": 3e-4, "steps": 2000},
            workload=Workload(task=Task.TRAINING, parameters=25_743_616, precision=Precision.FP32),
            time_limit=Duration.hours(4),
            metric_definitions={"loss": "loss=([0-9.]+)"},
        )
        CfnOutput(
            self, "StateMachineArn", value=self.job.state_machine_arn, description="Start a run with StartExecution"
        )
        CfnOutput(self, "TextsBucket", value=texts.bucket_name, description="Put texts under texts/")
        CfnOutput(
            self, "ModelsBucket", value=self.job.output_bucket.bucket_name, description="Models are under output/"
        )
        for rule, reason in ACCEPTED.items():
            Validations.of(self).acknowledge(Acknowledgment(id=f"AwsSolutions::{rule}", reason=reason))
