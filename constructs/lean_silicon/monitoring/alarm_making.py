"""Alarms out of specifications, within CloudWatch's limits, and one composite alarm for each capability and severity."""

from __future__ import annotations

from collections.abc import Sequence

import jsii
from aws_cdk import Duration, IStableStringProducer, Lazy
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.monitoring.observation import AlarmSpec
from lean_silicon.monitoring.severity import Capability, Severity

MOST_METRICS = 10
"""Metrics that the expression of an alarm may take (CloudWatch User Guide, "CloudWatch service quotas": alarms based on metric math)."""
LONGEST_EXPRESSION = 2048
"""Characters (CloudWatch API Reference, MetricDataQuery)."""
MOST_CHILDREN = 100
"""Alarms that a composite alarm may name (CloudWatch User Guide, "Create a composite alarm")."""


def make_alarm(scope: Construct, construct_id: str, spec: AlarmSpec) -> cloudwatch.Alarm:
    """An alarm that no missing data sets off: what is scaled to zero publishes nothing.

    Raises
    ------
    InvalidValueError
        If CloudWatch would refuse the expression.
    """
    _require_within_limits(spec)
    metric = spec.watched.metric(spec.name, period=Duration.seconds(spec.period_seconds))
    return cloudwatch.Alarm(
        scope,
        construct_id,
        metric=metric,
        threshold=spec.threshold,
        comparison_operator=spec.comparison,
        evaluation_periods=spec.periods,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=spec.description,
    )


def _require_within_limits(spec: AlarmSpec) -> None:
    count, letters = len(spec.watched.metrics), len(spec.watched.expression)
    if count > MOST_METRICS or letters > LONGEST_EXPRESSION:
        raise InvalidValueError(
            f"the alarm {spec.name} would watch {count} metrics in an expression of {letters} characters; CloudWatch allows "
            f"{MOST_METRICS} metrics and {LONGEST_EXPRESSION} characters. Give budgets by capability "
            "(budget={Capability.SERVING: Budget(...)}), or make several dashboards"
        )


class AlarmGroup:
    """The alarms of one capability and severity, and the composite alarm that rings when any of them does.

    The composite's rule is written at the end of synthesis, so that alarms may come one by one.
    """

    def __init__(self, scope: Construct, capability: Capability, severity: Severity) -> None:
        self._alarms: dict[str, cloudwatch.IAlarm] = {}
        self._name = f"{capability}-{severity}"
        self.composite = cloudwatch.CompositeAlarm(
            scope,
            self._name,
            alarm_rule=_AnyOf(self._alarms),
            alarm_description=f"{capability}: at least one alarm of severity {severity} rings",
        )

    @property
    def alarms(self) -> tuple[cloudwatch.IAlarm, ...]:
        """Its alarms."""
        return tuple(self._alarms.values())

    def add(self, alarms: Sequence[cloudwatch.IAlarm]) -> None:
        """Take more alarms in; one that is in already stays once, by its place in the app.

        Raises
        ------
        InvalidValueError
            If there are more than a composite alarm may name.
        """
        self._alarms.update((alarm.node.path, alarm) for alarm in alarms)
        if len(self._alarms) > MOST_CHILDREN:
            raise InvalidValueError(
                f"{self._name} has {len(self._alarms)} alarms; a composite alarm names {MOST_CHILDREN} at most. Make several dashboards"
            )


@jsii.implements(cloudwatch.IAlarmRule)
class _AnyOf:
    """Rings when any of some alarms does, which may still become more."""

    def __init__(self, alarms: dict[str, cloudwatch.IAlarm]) -> None:
        self._alarms = alarms

    @jsii.member(jsii_name="renderAlarmRule")
    def render_alarm_rule(self) -> str:
        """The rule, known at the end of synthesis."""
        return Lazy.string(_Written(self._alarms))


@jsii.implements(IStableStringProducer)
class _Written:
    def __init__(self, alarms: dict[str, cloudwatch.IAlarm]) -> None:
        self._alarms = alarms

    @jsii.member(jsii_name="produce")
    def produce(self) -> str:
        """The rule as it is now."""
        rings = [cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in self._alarms.values()]
        return cloudwatch.AlarmRule.any_of(*rings).render_alarm_rule()
