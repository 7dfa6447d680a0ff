"""One dashboard for everything that computes: watts, money and carbon beside utilisation, and alarms on what idles."""

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing
from lean_silicon.monitoring.agent_configuration import CloudWatchAgentConfiguration
from lean_silicon.monitoring.budget import Budget
from lean_silicon.monitoring.efficiency_dashboard import EfficiencyDashboard
from lean_silicon.monitoring.responses import ScaleIn, StopRuns
from lean_silicon.monitoring.right_sizing import RightSizing
from lean_silicon.monitoring.severity import Capability, Severity
from lean_silicon.monitoring.thresholds import AlarmThresholds, Threshold

__all__ = [
    "AlarmThresholds",
    "Budget",
    "Capability",
    "CloudWatchAgentConfiguration",
    "EfficiencyDashboard",
    "RightSizing",
    "ScaleIn",
    "Severity",
    "StopRuns",
    "Threshold",
]
