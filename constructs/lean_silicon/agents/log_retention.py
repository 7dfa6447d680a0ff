"""An end for the log that AgentCore makes for an agent.

The service creates the log group of what an agent prints when it creates the runtime, without an end, and has no property for it
(cloudformation-coverage-roadmap #2460); a log group of the same name in the template fails, as it is there already. So a small function
sets it at deployment, one for a whole stack.
"""

from __future__ import annotations

from aws_cdk import CustomResource, Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from lean_silicon.agents import permissions
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.graviton_function import graviton_function
from lean_silicon.least_privilege import allow

_FUNCTION = "AgentLogRetention"


def keep_log_for(
    scope: Construct, construct_id: str, retention: logs.RetentionDays, log_group_name: str, agent_name: str
) -> None:
    """Keep a log group of an agent for so long.

    Parameters
    ----------
    scope, construct_id
        The agent, and what the setting is called below it.
    retention
        How long.
    log_group_name
        What AgentCore calls it, which is known only once the runtime is there.
    agent_name
        The name that it begins with.

    Raises
    ------
    InvalidValueError
        If it would never end.
    """
    function = _function(Stack.of(scope))
    stack = Stack.of(scope)
    role = function.role
    assert role is not None  # noqa: S101 - the function was made with one
    group = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:/aws/bedrock-agentcore/runtimes/{agent_name}-*"
    allow(
        role,
        permissions.SET_RETENTION,
        [group],
        why="AgentCore adds ten characters to the agent's name when it makes it",
    )
    setting = CustomResource(
        scope,
        construct_id,
        service_token=function.function_arn,
        resource_type="Custom::AgentLogRetention",
        properties={"LogGroupName": log_group_name, "RetentionInDays": days_of(retention)},
        # Three tries of a function that never answers, rather than CloudFormation's hour.
        service_timeout=Duration.minutes(5),
    )
    # Not before it may.
    setting.node.add_dependency(role)


def _function(stack: Stack) -> lambda_.Function:
    present = stack.node.try_find_child(_FUNCTION)
    if isinstance(present, lambda_.Function):
        return present
    return graviton_function(
        stack,
        _FUNCTION,
        folder="agents/log_retention",
        handler="retention.handler",
        description="Ends the logs that AgentCore makes for agents",
    )


def days_of(retention: logs.RetentionDays) -> str:
    """The number of days; RetentionDays is an enumeration of names in Python."""
    if retention not in _DAYS:
        raise InvalidValueError(
            f"retention is {retention.name}; a log of what people said must end. Choose up to TEN_YEARS, for instance THREE_MONTHS"
        )
    return str(_DAYS[retention])


_DAYS = {
    logs.RetentionDays.ONE_DAY: 1,
    logs.RetentionDays.THREE_DAYS: 3,
    logs.RetentionDays.FIVE_DAYS: 5,
    logs.RetentionDays.ONE_WEEK: 7,
    logs.RetentionDays.TWO_WEEKS: 14,
    logs.RetentionDays.ONE_MONTH: 30,
    logs.RetentionDays.TWO_MONTHS: 60,
    logs.RetentionDays.THREE_MONTHS: 90,
    logs.RetentionDays.FOUR_MONTHS: 120,
    logs.RetentionDays.FIVE_MONTHS: 150,
    logs.RetentionDays.SIX_MONTHS: 180,
    logs.RetentionDays.ONE_YEAR: 365,
    logs.RetentionDays.THIRTEEN_MONTHS: 400,
    logs.RetentionDays.EIGHTEEN_MONTHS: 545,
    logs.RetentionDays.TWO_YEARS: 731,
    logs.RetentionDays.THREE_YEARS: 1096,
    logs.RetentionDays.FIVE_YEARS: 1827,
    logs.RetentionDays.SIX_YEARS: 2192,
    logs.RetentionDays.SEVEN_YEARS: 2557,
    logs.RetentionDays.EIGHT_YEARS: 2922,
    logs.RetentionDays.NINE_YEARS: 3288,
    logs.RetentionDays.TEN_YEARS: 3653,
}
