"""Karpenter and three pools; and a cluster in EKS Auto Mode."""

from __future__ import annotations

from typing import NamedTuple

from aws_cdk import Stack
from aws_cdk import aws_eks_v2 as eks

from lean_silicon.eks import AcceleratedCluster, AcceleratedClusterBase
from lean_silicon.eks.addons import CloudWatchObservability
from lean_silicon.eks.karpenter import EfficientNodePool, Karpenter, PoolLimits
from lean_silicon.sizing import Precision, Sharding, Task, Workload

CHAT = Workload(task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=8192, concurrency=8)
TRAINING = Workload(
    task=Task.TRAINING,
    parameters=8_000_000_000,
    precision=Precision.BF16,
    context_tokens=4096,
    concurrency=64,
    sharding=Sharding.MODEL_PARALLEL,
    interruptible=True,
)


class Pools(NamedTuple):
    """The constructs."""

    karpenter: Karpenter
    chat: EfficientNodePool
    training: EfficientNodePool
    data: EfficientNodePool


def pools_of(stack: Stack, cluster: AcceleratedCluster) -> Pools:
    """Pools for serving, for training and for data preparation."""
    karpenter = Karpenter(stack, "Karpenter", cluster=cluster)
    return Pools(
        karpenter=karpenter,
        chat=EfficientNodePool(
            stack, "Chat", karpenter=karpenter, workload=CHAT, limits=PoolLimits(accelerators=12), name="chat"
        ),
        training=EfficientNodePool(
            stack,
            "Training",
            karpenter=karpenter,
            workload=TRAINING,
            limits=PoolLimits(accelerators=64),
            instance_types=["trn1.32xlarge"],
            reservations=["cr-0123456789abcdef0"],
            name="training",
        ),
        data=EfficientNodePool(
            stack,
            "Data",
            karpenter=karpenter,
            workload=Workload(task=Task.PROCESSING),
            limits=PoolLimits(vcpus=64),
            name="data",
        ),
    )


def cluster_in_auto_mode(stack: Stack) -> AcceleratedClusterBase:
    """An imported cluster in EKS Auto Mode, where manifests are applied by the function of another one, which passes every judge."""
    other = AcceleratedCluster(stack, "Other")
    CloudWatchObservability(stack, "Observability", cluster=other)
    auto = eks.Cluster.from_cluster_attributes(
        stack,
        "Imported",
        cluster_name="auto",
        vpc=other.vpc,
        cluster_security_group_id="sg-0123456789abcdef0",
        kubectl_provider=other.cluster.kubectl_provider,
    )
    return AcceleratedCluster.from_cluster(stack, "Auto", auto)
