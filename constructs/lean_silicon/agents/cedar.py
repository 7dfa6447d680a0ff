"""Policies in Cedar, the language of AgentCore's policy engine: who may call which tools."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.agents import limits
from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class OfferedTools:
    """A target of a gateway, and its tools; `None` where their names are not known at synth."""

    target: str
    resource: agentcore.GatewayTarget
    tools: frozenset[str] | None

    def require(self, tools: Sequence[str]) -> None:
        """Raise InvalidValueError if one of `tools` is not offered, or there are none."""
        unknown = sorted(set(tools) - self.tools) if self.tools is not None else []
        if unknown or not tools:
            offered = "tools that are not known at synth" if self.tools is None else ", ".join(sorted(self.tools))
            raise InvalidValueError(
                f"tools {unknown or list(tools)} cannot be permitted on {self.target!r}; name some of those it offers: {offered}"
            )


def permit_tools(
    scope: Construct,
    engine: agentcore.PolicyEngine,
    gateway_arn: str,
    caller: iam.IRole,
    offered: OfferedTools,
    tools: Sequence[str],
) -> agentcore.Policy:
    """A policy that lets one role call these tools.

    Raises
    ------
    InvalidValueError
        If a tool is not offered, there are none, or the statement is longer than AgentCore takes.
    """
    offered.require(tools)
    statement = permit_statement(Stack.of(scope), caller, gateway_arn, offered.target, tools)
    if len(statement) > limits.MAXIMUM_CEDAR:
        raise InvalidValueError(
            f"permitting {len(tools)} tools takes a statement of {len(statement)} characters; AgentCore takes {limits.MAXIMUM_CEDAR}. "
            "Permit them in several calls"
        )
    which = hashlib.sha256(" ".join((offered.target, *sorted(tools))).encode()).hexdigest()[:8]
    name = f"permit_{offered.target.replace('-', '_')[:_LONGEST_STEM]}_{which}_{caller.node.addr[-8:]}"
    # A caller of another stack uses the gateway, so its stack depends on the gateway's; the policy must not turn that round.
    abroad = Stack.of(caller) is not Stack.of(scope)
    policy = agentcore.Policy(
        cast("Construct", caller) if abroad else scope,
        f"Permit-{offered.target}-{which}-{(scope if abroad else caller).node.addr[-8:]}",
        policy_name=name,
        policy_engine=engine,
        statement=agentcore.PolicyStatement.from_cedar(statement),
        description=f"Tools of {offered.target} for one caller",
    )
    # AgentCore checks a policy against the tools that the gateway has.
    policy.node.add_dependency(offered.resource)
    return policy


def permit_statement(stack: Stack, caller: iam.IRole, gateway_arn: str, target: str, tools: Sequence[str]) -> str:
    """A policy that lets the sessions of one role call these tools, on one gateway, and says nothing of anybody else.

    AgentCore calls tools ``<target>___<tool>`` and callers with IAM ``AgentCore::IamEntity``, whose ``id`` is the ARN of the role or of
    its session ("Policy conditions" in the Developer Guide); both are named, as the page does not say when it is which. It refuses
    statements that permit everything.
    """
    actions = ", ".join(f'AgentCore::Action::"{target}{limits.TOOL_SEPARATOR}{tool}"' for tool in tools)
    session = f"arn:{stack.partition}:sts::{stack.account}:assumed-role/{caller.role_name}/*"
    return (
        f"permit(principal is AgentCore::IamEntity, action in [{actions}], "
        f'resource == AgentCore::Gateway::"{gateway_arn}") '
        f'when {{ principal.id like "{session}" || principal.id == "{caller.role_arn}" }};'
    )


_LONGEST_STEM = limits.MAXIMUM_NAME - len("permit_") - 18
"""Before it a word, after it which tools and the end of the caller's address, eight characters each, with underscores."""
