"""A cluster with every add-on, synthesized and judged."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from aws_cdk import Environment, Stack
from aws_cdk import aws_s3 as s3
from judging import judged_app

from lean_silicon.eks import AcceleratedCluster
from lean_silicon.eks.addons import (
    BucketDriver,
    CloudWatchObservability,
    EfaDevicePlugin,
    Keda,
    KubeflowTrainer,
    KubeRay,
    LustreDriver,
    NeuronDevicePlugin,
    NvidiaDevicePlugin,
    PullThroughCache,
)


class Equipped(NamedTuple):
    """The stack, and where it was synthesized."""

    stack: Stack
    assembly: Path


def synthesized_cluster(folder: Path) -> Equipped:
    """Everything that there is to install."""
    app = judged_app(folder)
    stack = Stack(app, "Equipped", env=Environment(region="us-east-2"))
    cluster = AcceleratedCluster(stack, "Cluster")
    NeuronDevicePlugin(stack, "Neuron", cluster=cluster, scheduler=True)
    NvidiaDevicePlugin(stack, "Nvidia", cluster=cluster)
    EfaDevicePlugin(stack, "Efa", cluster=cluster)
    CloudWatchObservability(stack, "Observability", cluster=cluster, gpus=True)
    LustreDriver(stack, "Lustre", cluster=cluster)
    logs = s3.Bucket(stack, "AccessLogs", enforce_ssl=True, server_access_logs_prefix="logs/")
    models = s3.Bucket(stack, "Models", enforce_ssl=True, server_access_logs_bucket=logs)
    BucketDriver(stack, "Buckets", cluster=cluster, buckets=[models])
    KubeRay(stack, "Ray", cluster=cluster)
    KubeflowTrainer(stack, "Trainer", cluster=cluster)
    Keda(stack, "Keda", cluster=cluster)
    PullThroughCache(stack, "Cache").grant_first_pull(cluster.system_nodes.node_role)
    app.synth()
    return Equipped(stack, folder / "cdk.out")
