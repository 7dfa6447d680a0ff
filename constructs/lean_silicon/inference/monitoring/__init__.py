"""Whether an endpoint still does what it was chosen for."""

from lean_silicon.inference.monitoring.baseline_data import BaselineData, BaselineFormat
from lean_silicon.inference.monitoring.clarify_monitors import Bias, Explainability, Facet
from lean_silicon.inference.monitoring.frequency import MonitoringFrequency
from lean_silicon.inference.monitoring.ground_truth import GroundTruth
from lean_silicon.inference.monitoring.model_monitoring import ModelMonitoring
from lean_silicon.inference.monitoring.monitor import Monitor
from lean_silicon.inference.monitoring.monitors import DataQuality, ModelQuality, ProblemType
from lean_silicon.inference.monitoring.setting import MonitoringService

__all__ = [
    "BaselineData",
    "BaselineFormat",
    "Bias",
    "DataQuality",
    "Explainability",
    "Facet",
    "GroundTruth",
    "ModelMonitoring",
    "ModelQuality",
    "Monitor",
    "MonitoringFrequency",
    "MonitoringService",
    "ProblemType",
]
