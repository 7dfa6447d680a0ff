"""An EKS cluster: Trainium nodes that train together, and a model served on the Inferentia that Karpenter starts for it."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from lean_silicon.eks import AcceleratedCluster, NeuronNodeGroup
from lean_silicon.eks.addons import CloudWatchObservability, EfaDevicePlugin, NeuronDevicePlugin
from lean_silicon.eks.karpenter import EfficientNodePool, Karpenter, PoolLimits
from lean_silicon.eks.workloads import VllmNeuronDeployment
from lean_silicon.sizing import Precision, Sharding, Task, Workload

TRAINING_20B = Workload(
    task=Task.TRAINING,
    parameters=20_000_000_000,
    precision=Precision.BF16,
    context_tokens=4096,
    concurrency=64,
    sharding=Sharding.MODEL_PARALLEL,
)
SERVING = Workload(
    task=Task.INFERENCE,
    model="Qwen/Qwen3-1.7B",
    precision=Precision.BF16,
    context_tokens=8192,
    concurrency=4,
)


class EksStack(Stack):
    """Two Graviton machines hold the system, one machine with Inferentia serves, and those with Trainium are off until somebody trains.

    Deploy it where EC2 offers ``trn1.32xlarge`` and Inferentia2, for instance in us-east-2. Managed node groups do not scale by themselves:
    raise the desired size of ``Trainers`` for a run, and lower it after.
    """

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.cluster = AcceleratedCluster(self, "Cluster")
        self.trainers = NeuronNodeGroup(
            self,
            "Trainers",
            cluster=self.cluster,
            instance_type="trn1.32xlarge",
            maximum=4,
            workload=TRAINING_20B,
        )
        self.servers = EfficientNodePool(
            self,
            "Servers",
            karpenter=Karpenter(self, "Karpenter", cluster=self.cluster),
            workload=SERVING,
            limits=PoolLimits(accelerators=4),
        )
        NeuronDevicePlugin(self, "NeuronPlugin", cluster=self.cluster)
        EfaDevicePlugin(self, "EfaPlugin", cluster=self.cluster)
        CloudWatchObservability(self, "Observability", cluster=self.cluster)
        self.chat = VllmNeuronDeployment(
            self, "Chat", cluster=self.cluster, nodes=self.servers, model="Qwen/Qwen3-1.7B", name="chat"
        )
        CfnOutput(self, "ChatUrl", value=self.chat.url, description="OpenAI's API, for pods of the cluster")
        CfnOutput(
            self, "ClusterName", value=self.cluster.cluster_name, description="For aws eks update-kubeconfig --name"
        )
