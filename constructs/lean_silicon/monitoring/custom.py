"""Metrics and alarms of the user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.observation import Chart, Observation, Row
from lean_silicon.monitoring.severity import Capability, Severity

_MOST_LINES = 20


def custom_observation(
    key: str,
    name: str,
    metrics: Sequence[cloudwatch.IMetric],
    unit: str,
    alarms: Mapping[Severity, Sequence[cloudwatch.IAlarm]],
) -> Observation:
    """One chart of the given metrics.

    Raises
    ------
    InvalidValueError
        If there are none, or more than anybody can tell apart.
    """
    if not 1 <= len(metrics) <= _MOST_LINES:
        raise InvalidValueError(
            f"{name} has {len(metrics)} metrics; a chart shows 1 to {_MOST_LINES}. Make several charts"
        )
    rows = tuple(
        Row(_label(metric, index), Formula.of(f"{key}x{index}", metric)) for index, metric in enumerate(metrics)
    )
    return Observation(
        name=name,
        about="metrics of your own",
        capability=Capability.CUSTOM,
        details=(Chart(name, unit, rows),),
        existing={severity: tuple(each) for severity, each in alarms.items()},
    )


def _label(metric: cloudwatch.IMetric, index: int) -> str:
    if isinstance(metric, cloudwatch.Metric):
        return metric.label or metric.metric_name
    return (metric.label if isinstance(metric, cloudwatch.MathExpression) else None) or f"line {index + 1}"
