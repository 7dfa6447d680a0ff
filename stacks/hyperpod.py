"""A HyperPod cluster with Slurm on Trainium2: four nodes, a login node, shared storage and accounts that outlive the controller."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from lean_silicon.hyperpod import AccountingDatabase, HeadNode, OpenZfs, SharedStorage, SlurmCluster, WorkerGroup
from lean_silicon.sizing import Precision, Sharding, Task, Workload

TRAINING_70B = Workload(
    task=Task.TRAINING,
    parameters=70_000_000_000,
    precision=Precision.BF16,
    context_tokens=8192,
    concurrency=256,
    sharding=Sharding.MODEL_PARALLEL,
)
"""What the example cluster is for: a model of one's own. Pre-training would want evidence too (`SlurmCluster.add_evidence`)."""


class HyperPodStack(Stack):
    """Training of a 70B model on 64 Trainium2 devices.

    Deploy it where HyperPod offers ``ml.trn2.48xlarge`` (us-east-2 at the time of writing), in the zone of your capacity.
    """

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.cluster = SlurmCluster(
            self,
            "Cluster",
            cluster_name="lean-silicon",
            workers=[WorkerGroup.trainium2(count=4, workload=TRAINING_70B)],
            login=HeadNode(),
            storage=SharedStorage.lustre().with_home(OpenZfs()),
            accounting=AccountingDatabase.serverless(),
        )
        CfnOutput(
            self,
            "ClusterArn",
            value=self.cluster.cluster_arn,
            description="Its last part is the cluster's id for sessions",
        )
        CfnOutput(
            self,
            "Quotas",
            value="; ".join(str(quota) for quota in self.cluster.quotas),
            description="Service quotas to ask for",
        )
