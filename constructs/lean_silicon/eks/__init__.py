"""Amazon EKS with Inferentia, Trainium and GPUs: a cluster, and managed node groups whose software matches their silicon."""

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing
from lean_silicon.eks.access import AccessLevel, ClusterAccess
from lean_silicon.eks.capacity import Capacity, Market
from lean_silicon.eks.cluster import AcceleratedCluster
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.eks.endpoint import EndpointAccess
from lean_silicon.eks.gpu_node_group import GpuNodeGroup
from lean_silicon.eks.idle_alarm import IdleAlarm
from lean_silicon.eks.neuron_node_group import NeuronNodeGroup
from lean_silicon.eks.node_group import AcceleratedNodeGroup, NodeGroupOptions
from lean_silicon.eks.scheduling import Taint
from lean_silicon.eks.system_nodes import SystemNodes

__all__ = [
    "AcceleratedCluster",
    "AcceleratedClusterBase",
    "AcceleratedNodeGroup",
    "AccessLevel",
    "Capacity",
    "ClusterAccess",
    "EndpointAccess",
    "GpuNodeGroup",
    "IdleAlarm",
    "Market",
    "NeuronNodeGroup",
    "NodeGroupOptions",
    "SystemNodes",
    "Taint",
]
