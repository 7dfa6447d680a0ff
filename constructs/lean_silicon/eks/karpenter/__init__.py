"""Karpenter: machines for the pods that wait, on the silicon that does their work with the least."""

from lean_silicon.eks.karpenter.auto_mode import AutoModeNodePool
from lean_silicon.eks.karpenter.capacity import CapacityType
from lean_silicon.eks.karpenter.disruption import Consolidation, Disruption
from lean_silicon.eks.karpenter.karpenter import Karpenter
from lean_silicon.eks.karpenter.limits import PoolLimits
from lean_silicon.eks.karpenter.node_pool import EfficientNodePool, NodeOptions
from lean_silicon.eks.karpenter.node_pool_base import NodePoolBase

__all__ = [
    "AutoModeNodePool",
    "CapacityType",
    "Consolidation",
    "Disruption",
    "EfficientNodePool",
    "Karpenter",
    "NodeOptions",
    "NodePoolBase",
    "PoolLimits",
]
