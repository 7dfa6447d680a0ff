"""Three models on the silicon that fits each: a classifier that is watched, a language model that sleeps, and a queue."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, CfnParameter, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from lean_silicon import Precision, Task, Workload
from lean_silicon.acceptance import accept
from lean_silicon.inference import (
    AsyncEndpoint,
    BaselineData,
    DataCapture,
    DataQuality,
    EfficientEndpoint,
    ModelMonitoring,
    MonitoringService,
    ServedModel,
)
from lean_silicon.sizing import Traffic

CLASSIFIER = Workload(
    task=Task.CLASSIFICATION,
    parameters=22_000_000,
    precision=Precision.BF16,
    context_tokens=128,
    concurrency=2,
    traffic=Traffic.REALTIME,
    environment="production",
)
"""A small encoder: a processor answers it in time."""

CHAT = Workload(
    task=Task.INFERENCE,
    model="llama-3.1-8b",
    precision=Precision.BF16,
    context_tokens=4096,
    concurrency=4,
    traffic=Traffic.INTERMITTENT,
    environment="production",
)
"""A language model that is asked in office hours, and then not for a while."""

SUMMARIES = Workload(
    task=Task.INFERENCE,
    model="llama-3.1-8b",
    precision=Precision.BF16,
    context_tokens=8192,
    concurrency=2,
    traffic=Traffic.ASYNC,
    environment="production",
)
"""Long documents, whose summaries nobody waits for."""

ACCESS_LOGS = (
    "Access logs of a demonstration's buckets would outlive it unread; CloudTrail's data events tell who read what, where that is "
    "asked for"
)


class InferenceStack(Stack):
    """A classifier on Graviton with drift monitoring, and a language model on Inferentia2 twice: live, and behind a queue.

    At rest only the classifier's machine is paid for: the language models have none while nobody asks. The bucket of models is there
    before (``cdk deploy --parameters ModelsBucket=...``), with the classifier under ``classifier/model.tar.gz``, the training data under
    ``training/claims.csv`` and the language model, compiled for Inferentia2 (`ModelOptimization` does it), under ``llama-3.1-8b/inf2/``.
    Start the monitor's baseline once; its looks fail before that.
    """

    def __init__(self, scope: Construct, construct_id: str, **stack_properties: Any) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        bucket = CfnParameter(self, "ModelsBucket", description="The bucket that holds models and training data")
        models = s3.Bucket.from_bucket_name(self, "Models", bucket.value_as_string)
        captured = s3.Bucket(
            self,
            "Captured",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
        )
        self.classifier = EfficientEndpoint(
            self,
            "Classifier",
            model=ServedModel.from_bucket(models, "classifier/model.tar.gz"),
            workload=CLASSIFIER,
            data_capture=DataCapture(captured, sampling_percentage=20),
        )
        team = sns.Topic(self, "Team", enforce_ssl=True)
        self.monitoring = ModelMonitoring(
            self,
            "Monitoring",
            endpoint=self.classifier,
            data_quality=DataQuality(BaselineData.s3(models, "training/claims.csv")),
            # Model Monitor itself is closed to new customers; these look in any account.
            service=MonitoringService.PROCESSING_JOBS,
            notify=[team],
        )
        compiled = ServedModel.from_bucket(models, "llama-3.1-8b/inf2/", compiled=True)
        self.chat = EfficientEndpoint(self, "Chat", model=compiled, workload=CHAT)
        self.summaries = AsyncEndpoint(
            self,
            "Summaries",
            model=compiled,
            workload=SUMMARIES,
            data_capture=DataCapture(captured, prefix="summaries"),
        )
        self._tell()
        accept(self, {"S1": ACCESS_LOGS})

    def _tell(self) -> None:
        for name, endpoint in (("Classifier", self.classifier), ("Chat", self.chat), ("Summaries", self.summaries)):
            CfnOutput(self, f"{name}Endpoint", value=endpoint.endpoint_name, description="Ask it with InvokeEndpoint")
        monitor = self.monitoring.data_quality
        if monitor is not None:
            CfnOutput(
                self,
                "Baseline",
                value=monitor.baseline.state_machine_arn,
                description="Start it once: it makes the baseline that the monitor compares with",
            )
