"""Alarms out of specifications, within CloudWatch's limits, and one composite alarm for each capability and severity."""

from __future__ import annotations

from collections.abc import Sequence

import jsii
from aws_cdk import CfnElement, Duration, IStableStringProducer, Lazy, Stack
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

LONGEST_RULE = 10_240
"""Characters of the rule of a composite alarm (CloudWatch API Reference, PutCompositeAlarm)."""
_AROUND_NAME = len('ALARM("arn:aws:cloudwatch:us-east-1:123456789012:alarm:") OR ')
_RANDOM = "-ABCDEFGHIJKL"
"""As long as what CloudFormation puts behind the stack's name and the logical id, when it names an alarm."""


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


def watch_instead(alarm: cloudwatch.Alarm, spec: AlarmSpec) -> None:
    """Let an alarm of `make_alarm` watch another expression; its threshold, times and actions stay.

    Raises
    ------
    InvalidValueError
        If CloudWatch would refuse the expression.
    """
    # The CDK writes the metrics of an alarm when it is made, so that another one, not kept, has to write them.
    other_id = f"{alarm.node.id}-Other"
    other = make_alarm(alarm, other_id, spec).node.default_child
    resource = alarm.node.default_child
    if isinstance(resource, cloudwatch.CfnAlarm) and isinstance(other, cloudwatch.CfnAlarm):
        resource.metrics = other.metrics
    alarm.node.try_remove_child(other_id)


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


def _name_given(alarm: cloudwatch.IAlarm) -> str:
    """The name, or one as long as CloudFormation's."""
    resource = alarm.node.default_child
    if not isinstance(resource, CfnElement):
        return alarm.alarm_name
    stack = Stack.of(alarm)
    name = resource.alarm_name if isinstance(resource, cloudwatch.CfnAlarm) else None
    return name or f"{stack.stack_name}-{stack.resolve(resource.logical_id)}{_RANDOM}"


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
        letters = sum(_AROUND_NAME + len(_name_given(alarm)) for alarm in self._alarms.values())
        if letters > LONGEST_RULE:
            raise InvalidValueError(
                f"the rule of a composite alarm over {len(self._alarms)} alarms has about {letters} characters; CloudWatch allows "
                f"{LONGEST_RULE}. Make several dashboards, or give stacks and constructs shorter names"
            )
        rings = [cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in self._alarms.values()]
        return cloudwatch.AlarmRule.any_of(*rings).render_alarm_rule()
