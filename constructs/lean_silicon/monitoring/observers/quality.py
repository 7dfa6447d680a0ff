"""Drift and bias: what the monitors of an endpoint find."""

from __future__ import annotations

from lean_silicon.inference.monitoring import ModelMonitoring
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.observation import Chart, Observation, Row
from lean_silicon.monitoring.severity import Capability, Severity

_BIAS = "Bias"


def observe_model(key: str, name: str, monitoring: ModelMonitoring) -> Observation:
    """The monitors of an endpoint; each rings by itself when a look finds a violation. Bias is critical, drift a warning."""
    monitors = monitoring.monitors
    rows = tuple(
        Row(monitor.node.id, Formula.of(f"{key}m{index}", monitor.metric_violations()))
        for index, monitor in enumerate(monitors)
    )
    failed = tuple(
        Row(f"{monitor.node.id} failed", Formula.of(f"{key}f{index}", monitor.metric_failures()), "#d62728")
        for index, monitor in enumerate(monitors)
    )
    # A monitor's alarms are two: on violations, and on looks that fail.
    biased = tuple(each.alarms[0] for each in monitors if _BIAS in each.node.id)
    others = tuple(alarm for each in monitors for alarm in each.alarms if alarm not in biased)
    return Observation(
        name=name,
        about=f"monitors of an endpoint: {', '.join(row.label for row in rows)}",
        capability=Capability.SERVING,
        quality=(Chart(f"Drift and bias: {name}", "1 where a look found it", (*rows, *failed)),),
        existing={Severity.CRITICAL: biased, Severity.WARNING: others},
    )
