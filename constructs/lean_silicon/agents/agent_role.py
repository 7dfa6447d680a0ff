"""The role that an agent runs with: the least that works the first time."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.agents import permissions
from lean_silicon.least_privilege import allow

RUNTIME_LOGS = "/aws/bedrock-agentcore/runtimes"
"""Where AgentCore writes what an agent prints: below it ``<runtime id>-<endpoint>``."""

_LATER = "AgentCore adds ten characters to the agent's name and chooses the endpoint's and the stream's, all of which exist only then"
_NO_RESOURCE = (
    "X-Ray's actions, PutMetricData and DescribeLogGroups know no resource; metrics are in AgentCore's namespace"
)


def agentcore_principal(scope: Construct, *resources: str) -> iam.ServicePrincipal:
    """AgentCore on behalf of these resources of this account (``"runtime/support*"``), and of no other customer's."""
    stack = Stack.of(scope)
    source = [f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:{each}" for each in resources]
    return iam.ServicePrincipal(
        "bedrock-agentcore.amazonaws.com",
        conditions={"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": source}},
    )


def agent_role(scope: Construct, name: str, *, authorizer: bool) -> iam.Role:
    """The role of the agent `name`: its logs, traces, metrics and identity. Model, code and parts are granted where they are given.

    Parameters
    ----------
    scope
        The agent.
    name
        The runtime's.
    authorizer
        Whether callers may come with a token, which AgentCore then exchanges for the agent's own.
    """
    stack = Stack.of(scope)
    role = iam.Role(
        scope,
        "Role",
        description=f"What the agent {name} may do",
        assumed_by=agentcore_principal(scope, f"runtime/{name}*"),
    )
    logs = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:{RUNTIME_LOGS}/{name}-*"
    allow(role, permissions.CREATE_LOG, [logs], why=_LATER)
    allow(role, permissions.WRITE_LOG, [f"{logs}:log-stream:*"], why=_LATER)
    allow(role, (*permissions.FIND_LOG, *permissions.TRACE), ["*"], why=_NO_RESOURCE)
    allow(
        role,
        permissions.PUBLISH_METRICS,
        ["*"],
        why=_NO_RESOURCE,
        conditions={"StringEquals": {"cloudwatch:namespace": permissions.METRIC_NAMESPACE}},
    )
    # An authorizer may be IAM, spelled out, and does not tell; so with one, either way of being somebody.
    tokens = (*permissions.WORKLOAD_TOKEN, *(permissions.WORKLOAD_TOKEN_FOR_JWT if authorizer else ()))
    allow(role, tokens, own_identity(scope, name), why=_LATER)
    return role


def own_identity(scope: Construct, *names: str) -> list[str]:
    """The directory of workload identities, and the identity that AgentCore makes for an agent or a gateway in it."""
    stack = Stack.of(scope)
    directory = (
        f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:workload-identity-directory/default"
    )
    return [directory, *(f"{directory}/workload-identity/{name}-*" for name in names)]
