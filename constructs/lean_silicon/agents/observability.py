"""What an agent leaves behind: logs that end, a record of what every session used, and alarms."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration, Names
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from lean_silicon.agents.agent_base import DEFAULT_ENDPOINT, AgentBase
from lean_silicon.agents.agent_role import RUNTIME_LOGS
from lean_silicon.agents.log_retention import keep_log_for
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.once_per_stack import once_per_stack

USAGE_LOGS = "USAGE_LOGS"
"""What each session used, second by second: vCPU-hours and GB-hours, nothing of what was said."""
APPLICATION_LOGS = "APPLICATION_LOGS"
"""Requests and answers, word for word."""

_LONGEST_STEM = 45
"""Of the names of deliveries, which have 60 characters."""
# Log groups of this prefix take deliveries of the same account without a resource policy, of which an account has ten.
_VENDED = "/aws/vendedlogs/bedrock-agentcore"


@dataclass(frozen=True)
class Observability:
    """What is recorded of an agent.

    Parameters
    ----------
    retention
        How long any of its logs is kept. Default: three months.
    tracing
        Whether spans go to X-Ray, which takes CloudWatch Transaction Search in the account. Default: yes.
    record_payloads
        Whether every request and answer is recorded. They may hold what people said of themselves. Default: no.
    errors_percent
        The share of failed requests within 15 minutes from which an alarm rings; `None` makes no alarms. Default: 5.

    Raises
    ------
    InvalidValueError
        If `errors_percent` is not a percentage.
    """

    retention: logs.RetentionDays = logs.RetentionDays.THREE_MONTHS
    tracing: bool = True
    record_payloads: bool = False
    errors_percent: float | None = 5

    def __post_init__(self) -> None:
        if self.errors_percent is not None and not 0 < self.errors_percent <= 100:
            raise InvalidValueError(
                f"errors_percent is {self.errors_percent}; it must be above 0 and at most 100, or None for no alarms"
            )

    def observe(self, agent: AgentBase, runtime_id: str) -> logs.LogGroup:
        """Record an agent and its default endpoint, and return the log group of what its sessions used."""
        usage = deliver(agent, "Usage", USAGE_LOGS, agent.agent_arn, self.retention)
        if self.record_payloads:
            deliver(agent, "Payloads", APPLICATION_LOGS, agent.agent_arn, self.retention)
        self.observe_endpoint(agent, runtime_id, DEFAULT_ENDPOINT, "")
        return usage

    def observe_endpoint(self, agent: AgentBase, runtime_id: str, endpoint: str, suffix: str) -> None:
        """End the log of an endpoint, and watch its requests; `suffix` tells its constructs from those of others."""
        group = f"{RUNTIME_LOGS}/{runtime_id}-{endpoint}"
        keep_log_for(agent, f"LogRetention{suffix}", self.retention, group, agent.agent_name)
        if self.errors_percent is not None:
            _alarm(agent, endpoint, suffix, self.errors_percent)


def deliver(
    scope: Construct, construct_id: str, log_type: str, resource_arn: str, retention: logs.RetentionDays
) -> logs.LogGroup:
    """Have AgentCore deliver one sort of log of a resource to a log group of its own."""
    unique = f"{Names.unique_resource_name(scope, max_length=_LONGEST_STEM)}-{construct_id}"
    group_name = f"{_VENDED}/{unique}-{once_per_stack()}"
    group = logs.LogGroup(scope, f"{construct_id}Log", log_group_name=group_name, retention=retention)
    source = logs.CfnDeliverySource(
        scope, f"{construct_id}Source", name=unique, log_type=log_type, resource_arn=resource_arn
    )
    destination = logs.CfnDeliveryDestination(
        scope,
        f"{construct_id}Destination",
        name=unique,
        delivery_destination_type="CWL",
        destination_resource_arn=group.log_group_arn,
    )
    delivery = logs.CfnDelivery(
        scope,
        f"{construct_id}Delivery",
        delivery_source_name=source.name,
        delivery_destination_arn=destination.attr_arn,
    )
    # Named by its name, which CloudFormation takes for no reference.
    delivery.add_resource_dependency(source)
    return group


def _alarm(agent: AgentBase, endpoint: str, suffix: str, percent: float) -> None:
    period = Duration.minutes(15)
    share = cloudwatch.MathExpression(
        expression="IF(invocations > 0, 100 * errors / invocations, 0)",
        using_metrics={
            "errors": agent.metric_errors(endpoint=endpoint, period=period),
            "invocations": agent.metric_invocations(endpoint=endpoint, period=period),
        },
        period=period,
        label="failed requests, %",
    )
    share.create_alarm(
        agent,
        f"Errors{suffix}",
        alarm_description=f"More than {percent:g}% of the requests to {agent.agent_name}::{endpoint} failed within 15 minutes",
        threshold=percent,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    agent.metric_throttles(endpoint=endpoint, period=period).create_alarm(
        agent,
        f"Throttles{suffix}",
        alarm_description=f"Requests to {agent.agent_name}::{endpoint} were refused for exceeding a quota, for half an hour",
        threshold=0,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=2,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
