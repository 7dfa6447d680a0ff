"""Every add-on."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_s3 as s3

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


def equip(stack: Stack, cluster: AcceleratedCluster) -> Keda:
    """Install everything that there is to install."""
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
    PullThroughCache(stack, "Cache").grant_first_pull(cluster.system_nodes.node_role)
    return Keda(stack, "Keda", cluster=cluster)
