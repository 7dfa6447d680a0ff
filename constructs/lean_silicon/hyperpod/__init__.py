"""SageMaker HyperPod with Slurm: `SlurmCluster` and what it is made of."""

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing
from lean_silicon.hyperpod.accounting import AccountingDatabase
from lean_silicon.hyperpod.cluster import SlurmCluster
from lean_silicon.hyperpod.cluster_base import SlurmClusterBase
from lean_silicon.hyperpod.head_node import HeadNode
from lean_silicon.hyperpod.idle_alarm import IdleAlarm
from lean_silicon.hyperpod.maintenance import Maintenance, PatchingStrategy
from lean_silicon.hyperpod.node_options import Capacity, DeepHealthCheck, NodeOptions
from lean_silicon.hyperpod.operations import Operations, SlurmConfigStrategy
from lean_silicon.hyperpod.quotas import Quota
from lean_silicon.hyperpod.software import ClusterUser, Download, Software
from lean_silicon.hyperpod.storage import ExistingOpenZfs, OpenZfs, SharedStorage
from lean_silicon.hyperpod.topology import Partition, ProvisioningMode
from lean_silicon.hyperpod.worker_group import WorkerGroup

__all__ = [
    "AccountingDatabase",
    "Capacity",
    "ClusterUser",
    "DeepHealthCheck",
    "Download",
    "ExistingOpenZfs",
    "HeadNode",
    "IdleAlarm",
    "Maintenance",
    "NodeOptions",
    "OpenZfs",
    "Operations",
    "Partition",
    "PatchingStrategy",
    "ProvisioningMode",
    "Quota",
    "SharedStorage",
    "SlurmCluster",
    "SlurmClusterBase",
    "SlurmConfigStrategy",
    "Software",
    "WorkerGroup",
]
