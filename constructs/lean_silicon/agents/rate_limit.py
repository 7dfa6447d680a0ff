"""How often agents may call tools."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from aws_cdk import aws_bedrockagentcore as agentcore
from constructs import Construct

from lean_silicon.agents import limits
from lean_silicon.exceptions import InvalidValueError


class LimitedBy(str, Enum):
    """What calls are counted by."""

    CALLER = "$.context.iam.principal"
    """Who calls: each role or user with IAM."""
    TARGET = "targetName"
    """Which target is called."""
    TOOL = "toolName"
    """Which tool is called."""


@dataclass(frozen=True)
class RateLimit:
    """At most so many calls a minute, for each caller, target or tool.

    Parameters
    ----------
    requests_per_minute
        A whole number.
    by
        What is counted apart. Default: callers.

    Raises
    ------
    InvalidValueError
        If the number is not positive, or beyond what AgentCore takes.

    Examples
    --------
    ``gateway.limit_rate(RateLimit(60))``
    """

    requests_per_minute: int
    by: LimitedBy = LimitedBy.CALLER

    def __post_init__(self) -> None:
        if not 1 <= self.requests_per_minute <= limits.MAXIMUM_RATE:
            raise InvalidValueError(
                f"requests_per_minute is {self.requests_per_minute}; it must be 1 to {limits.MAXIMUM_RATE:,}"
            )

    @property
    def key(self) -> str:
        """A name for it; a gateway has one limit for each way of counting."""
        return self.by.name.title()

    def apply(self, scope: Construct, construct_id: str, gateway_id: str) -> agentcore.CfnGatewayRateLimit:
        """The limit on one gateway, for every value of what is counted."""
        limit = agentcore.CfnGatewayRateLimit
        return limit(
            scope,
            construct_id,
            gateway_identifier=gateway_id,
            dimension_keys=[self.by.value],
            entries=[
                limit.LimitEntryProperty(
                    dimensions={self.by.value: "*"},
                    requests=[limit.RateConfigProperty(rate=self.requests_per_minute, period="minute")],
                )
            ],
        )
