"""Which of an app's constructs a dashboard knows how to observe."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from constructs import IConstruct

from lean_silicon.agents import AgentBase
from lean_silicon.bedrock import ModelChoiceBase
from lean_silicon.bedrock.guardrail_base import GuardrailBase
from lean_silicon.eks import AcceleratedNodeGroup
from lean_silicon.eks.karpenter.node_pool_base import NodePoolBase
from lean_silicon.hyperpod import SlurmCluster
from lean_silicon.inference import EndpointBase
from lean_silicon.inference.monitoring import ModelMonitoring
from lean_silicon.inference.optimization import ModelOptimizationBase
from lean_silicon.training import TrainingJobBase

if TYPE_CHECKING:
    from lean_silicon.monitoring.efficiency_dashboard import EfficiencyDashboard

_WATCHED: tuple[tuple[type, str], ...] = (
    (TrainingJobBase, "monitor_training_job"),
    (SlurmCluster, "monitor_slurm_cluster"),
    (AcceleratedNodeGroup, "monitor_node_group"),
    (NodePoolBase, "monitor_node_group"),
    (EndpointBase, "monitor_endpoint"),
    (ModelOptimizationBase, "monitor_optimization"),
    (ModelMonitoring, "monitor_model"),
    (AgentBase, "monitor_agent"),
    (ModelChoiceBase, "monitor_bedrock_model"),
    (GuardrailBase, "monitor_guardrail"),
)


def monitor_of(construct: IConstruct, dashboard: EfficiencyDashboard) -> Callable[[Any], object] | None:
    """The method of the dashboard that observes such a construct; `None` where there is none."""
    for kind, method in _WATCHED:
        if isinstance(construct, kind):
            found: Callable[[Any], object] = getattr(dashboard, method)
            return found
    return None
