"""Metric math as values: an expression with the metrics that it names, put together by arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch


def number(value: float) -> str:
    """A number as metric math takes it: six significant digits, no exponent.

    Examples
    --------
    >>> number(0.0000123456789), number(1500), number(-2.5)
    ('0.0000123457', '1500', '-2.5')
    """
    return format(Decimal(f"{value:.6g}"), "f")


@dataclass(frozen=True)
class Formula:
    """An expression of metric math.

    Parameters
    ----------
    expression
        The text; identifiers are the keys of `metrics`.
    metrics
        What it names. Identifiers must differ over everything that is shown in one widget.
    can_alarm
        Whether an alarm may evaluate it: CloudWatch refuses ``SEARCH`` there.
    """

    expression: str
    metrics: Mapping[str, cloudwatch.IMetric] = field(default_factory=dict)
    can_alarm: bool = True

    @classmethod
    def of(cls, name: str, metric: cloudwatch.IMetric) -> Formula:
        """One metric by its identifier."""
        return cls(name, {name: metric})

    @classmethod
    def constant(cls, value: float) -> Formula:
        """A number."""
        return cls(number(value))

    @classmethod
    def search(cls, namespace: str, dimension: str, metric_name: str, words: str, statistic: str) -> Formula:
        """Every metric of a name whose dimension holds these words, one series each. For dashboards only."""
        terms = f'{{"{namespace}",{dimension}}} MetricName="{metric_name}" {words}'
        return cls(f"SEARCH('{terms}', '{statistic}', 300)", can_alarm=False)

    def __add__(self, other: Formula) -> Formula:
        return self.joined("({} + {})", other)

    def __sub__(self, other: Formula) -> Formula:
        return self.joined("({} - {})", other)

    def __mul__(self, other: Formula | float) -> Formula:
        return self.joined("{} * {}", _formula(other))

    def __truediv__(self, other: Formula | float) -> Formula:
        return self.joined("{} / {}", _formula(other))

    def call(self, function: str, *arguments: str) -> Formula:
        """A function of it."""
        inner = ", ".join((self.expression, *arguments))
        return Formula(f"{function}({inner})", self.metrics, self.can_alarm)

    def filled(self) -> Formula:
        """The same with nothing where it has no data: for sums over what reports."""
        return self.call("FILL", "0") if self.metrics or not self.can_alarm else self

    def per_hour(self, name: str) -> Formula:
        """A sum over a period as a rate by the hour; `name` is the metric whose period counts."""
        return Formula(f"{self.expression} * 3600 / PERIOD({name})", self.metrics, self.can_alarm)

    def per_period(self, name: str) -> Formula:
        """A rate by the hour as an amount in a period; `name` is the metric whose period counts."""
        return Formula(f"{self.expression} * PERIOD({name}) / 3600", self.metrics, self.can_alarm)

    def joined(self, pattern: str, other: Formula) -> Formula:
        """Two formulas in one text."""
        text = pattern.format(self.expression, other.expression)
        return Formula(text, {**self.metrics, **other.metrics}, self.can_alarm and other.can_alarm)

    def metric(self, label: str, *, period: Duration | None = None, color: str | None = None) -> cloudwatch.IMetric:
        """The row of a widget, or what an alarm watches."""
        named = self.metrics.get(self.expression)
        is_series = bool(self.metrics) or not self.can_alarm
        if isinstance(named, cloudwatch.Metric):
            return named.with_(label=label, period=period or Duration.minutes(5), color=color)
        return cloudwatch.MathExpression(
            expression=self.expression if is_series else f"TIME_SERIES({self.expression})",
            using_metrics=dict(self.metrics),
            label=label,
            period=period or Duration.minutes(5),
            color=color,
        )


def _formula(value: Formula | float) -> Formula:
    return value if isinstance(value, Formula) else Formula.constant(value)
