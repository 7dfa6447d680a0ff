"""A stack made of the constructs, as a typed project of somebody else writes it."""

from __future__ import annotations

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon import Precision, Task, Workload
from lean_silicon.agents import Agent, AgentCode
from lean_silicon.bedrock import Guardrail, ModelChoice
from lean_silicon.hyperpod import SlurmCluster, WorkerGroup
from lean_silicon.monitoring import EfficiencyDashboard
from lean_silicon.training import Channel, Distribution, TrainingCode, TrainingHardware, TrainiumTrainingJob


class Training(Stack):
    """A job, a cluster, an agent and their dashboard."""

    def __init__(self, scope: Construct, construct_id: str, **stack_properties: Any) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        bucket: s3.IBucket = s3.Bucket.from_bucket_name(self, "Data", "the-data")
        self.job: TrainiumTrainingJob = TrainiumTrainingJob(
            self,
            "FineTune",
            code=TrainingCode.from_asset("training", entry_point="train.py"),
            inputs={"train": Channel.s3(bucket, "tokens/")},
            hardware=TrainingHardware.trainium("ml.trn1.32xlarge", count=2),
            distribution=Distribution.torchrun(),
            workload=Workload(task=Task.PEFT, parameters=8_000_000_000, precision=Precision.BF16),
            time_limit=Duration.hours(8),
        )
        role: iam.IRole = iam.Role.from_role_name(self, "Team", "team")
        granted: iam.Grant = self.job.grant_start(role)
        granted.assert_success()
        self.cluster = SlurmCluster(self, "Cluster", workers=[WorkerGroup.trainium2(count=4)])
        self.agent = Agent(
            self,
            "Agent",
            code=AgentCode.from_folder("agent"),
            model=ModelChoice(self, "Model", model="amazon.nova-micro-v1:0", reason="The smallest that calls tools"),
            guardrail=Guardrail(self, "Guardrail"),
        )
        EfficiencyDashboard(self, "Dashboard")

    def dearest_hour(self) -> float | None:
        """USD, at the high end of the band; unknown where the price is."""
        cost = self.job.footprint().cost
        return None if cost is None else cost.high
