"""What a dashboard knows of one resource: how many machines are on, how busy they are, what they cost and do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.monitoring.curve import Rates
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.severity import Capability, Severity


@dataclass(frozen=True)
class Row:
    """One line of a chart."""

    label: str
    shown: Formula
    color: str | None = None


@dataclass(frozen=True)
class Chart:
    """One chart: what its axis means, and its lines."""

    title: str
    unit: str
    rows: tuple[Row, ...]
    line: float | None = None
    line_label: str = ""


@dataclass(frozen=True)
class AlarmSpec:
    """An alarm that a resource wants; `name` is unique within the resource."""

    name: str
    severity: Severity
    watched: Formula
    threshold: float
    comparison: cloudwatch.ComparisonOperator
    period_seconds: int
    periods: int
    description: str


@dataclass(frozen=True)
class Work:
    """What a resource did in a period, for cost and energy by the piece.

    Parameters
    ----------
    unit
        ``"tokens"`` or ``"requests"``.
    done
        How many in a period, a sum.
    period_of
        The identifier of the metric whose period counts.
    """

    unit: str
    done: Formula
    period_of: str


@dataclass(frozen=True)
class Observation:
    """One observed resource. What is `None` or empty is unknown, and `unknown` says so in words.

    Parameters
    ----------
    name
        What people call it.
    about
        What it is: service, instance type.
    capability
        Whose composite alarm it belongs to.
    machines
        How many are on.
    accelerators_each
        Devices of a machine; 0 where it has none.
    utilisation
        How busy its accelerators are, or its processors where it has none, percent.
    rates
        What it costs by the hour.
    work
        What it does.
    details
        Charts of the second part of the dashboard.
    quality
        Charts of the third part.
    evidence
        Lines of the table of evaluations: what, score, target, date.
    alarms
        What it wants to ring.
    existing
        Alarms that its construct made itself, by severity.
    unknown
        What cannot be told, one sentence each.
    """

    name: str
    about: str
    capability: Capability
    machines: Formula | None = None
    accelerators_each: int = 0
    utilisation: Formula | None = None
    rates: Rates = Rates()
    work: Work | None = None
    details: tuple[Chart, ...] = ()
    quality: tuple[Chart, ...] = ()
    evidence: tuple[tuple[str, str, str, str], ...] = ()
    alarms: tuple[AlarmSpec, ...] = ()
    existing: Mapping[Severity, tuple[cloudwatch.IAlarm, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def idle_accelerators(self) -> Formula | None:
        """Devices that are on and do nothing, on average: those on, times the share of time that they are not busy."""
        if self.machines is None or self.utilisation is None or not self.accelerators_each:
            return None
        used = self.utilisation
        share = Formula(f"(1 - {used.expression} / 100)", used.metrics, used.can_alarm)
        return self.machines * self.accelerators_each * share
