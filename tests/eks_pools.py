"""A cluster with Karpenter and three pools, synthesized and judged."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from aws_cdk import Environment, Stack
from judging import judged_app

from lean_silicon.eks import AcceleratedCluster
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
    """The constructs, and where they were synthesized."""

    stack: Stack
    karpenter: Karpenter
    chat: EfficientNodePool
    training: EfficientNodePool
    data: EfficientNodePool
    assembly: Path


def synthesized_pools(folder: Path) -> Pools:
    """Pools for serving, for training and for data preparation."""
    app = judged_app(folder)
    stack = Stack(app, "Pools", env=Environment(region="us-east-2"))
    cluster = AcceleratedCluster(stack, "Cluster")
    CloudWatchObservability(stack, "Observability", cluster=cluster)
    karpenter = Karpenter(stack, "Karpenter", cluster=cluster)
    made = Pools(
        stack=stack,
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
        assembly=folder / "cdk.out",
    )
    app.synth()
    return made
