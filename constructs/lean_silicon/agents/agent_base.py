"""What every agent offers to others, created here or imported: grants and metrics."""

from __future__ import annotations

import re
from typing import Any

from aws_cdk import Resource, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.agents import permissions
from lean_silicon.agents.grants import acknowledge_granted
from lean_silicon.exceptions import InvalidValueError

_NAMESPACE = "AWS/Bedrock-AgentCore"
DEFAULT_ENDPOINT = "DEFAULT"
"""The endpoint that every runtime has, which follows its newest version."""
_ENDPOINTS = "An endpoint is named by the caller; the runtime that it belongs to is this one"
_SUFFIX = 11
"""A hyphen and ten characters, which AgentCore appends to a runtime's name to make its id."""


_RUNTIME_ARN = re.compile(
    r"arn:[a-z-]+:bedrock-agentcore:[a-z0-9-]+:\d{12}:runtime/[a-zA-Z][a-zA-Z0-9_]{0,99}-[a-zA-Z0-9]{10}"
)
"""As the service model of ``bedrock-agentcore`` has it."""


class AgentBase(Resource):
    """An agent on AgentCore."""

    _arn: str
    _name: str

    @property
    def agent_arn(self) -> str:
        """The runtime's ARN, by which the agent is invoked."""
        return self._arn

    @property
    def agent_name(self) -> str:
        """The runtime's name."""
        return self._name

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` talk to the agent, on any of its endpoints, and end sessions."""
        return self._grant(grantee, (*permissions.INVOKE, *permissions.STOP_SESSION))

    def metric(self, metric_name: str, *, endpoint: str = DEFAULT_ENDPOINT, **options: Any) -> cloudwatch.Metric:
        """A metric of the requests to one endpoint, summed up; `options` are those of ``cloudwatch.MetricOptions``.

        Source: the page "AgentCore generated runtime observability data" of the AgentCore Developer Guide; dimensions as in the CDK.
        """
        dimensions = {"Operation": "InvokeAgentRuntime", "Name": f"{self._name}::{endpoint}", "Resource": self._arn}
        return self._metric(metric_name, dimensions, options)

    def metric_invocations(self, **options: Any) -> cloudwatch.Metric:
        """Requests."""
        return self.metric("Invocations", **options)

    def metric_latency(self, **options: Any) -> cloudwatch.Metric:
        """How long a request takes until the last of its answer, in milliseconds, on average."""
        return self.metric("Latency", **{"statistic": cloudwatch.Stats.AVERAGE, **options})

    def metric_errors(self, **options: Any) -> cloudwatch.Metric:
        """Requests that failed, on either side."""
        return self.metric("TotalErrors", **options)

    def metric_throttles(self, **options: Any) -> cloudwatch.Metric:
        """Requests refused for exceeding a quota."""
        return self.metric("Throttles", **options)

    def metric_sessions(self, **options: Any) -> cloudwatch.Metric:
        """Sessions that were begun."""
        return self.metric("SessionCount", **options)

    def metric_vcpu_hours(self, **options: Any) -> cloudwatch.Metric:
        """Processor time that its sessions used, vCPU-hours; up to an hour late."""
        return self._usage("CPUUsed-vCPUHours", options)

    def metric_gb_hours(self, **options: Any) -> cloudwatch.Metric:
        """Memory that its sessions held, GB-hours; up to an hour late."""
        return self._usage("MemoryUsed-GBHours", options)

    def _usage(self, metric_name: str, options: dict[str, Any]) -> cloudwatch.Metric:
        return self._metric(metric_name, {"Service": "AgentCore.Runtime", "Resource": self._arn}, options)

    def _metric(self, metric_name: str, dimensions: dict[str, str], options: dict[str, Any]) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=_NAMESPACE,
            metric_name=metric_name,
            dimensions_map=dimensions,
            **{"statistic": cloudwatch.Stats.SUM, **options},
        ).attach_to(self)

    def _grant(self, grantee: iam.IGrantable, actions: tuple[str, ...]) -> iam.Grant:
        resources = [self._arn, f"{self._arn}/runtime-endpoint/*"]
        grant = iam.Grant.add_to_principal(grantee=grantee, actions=list(actions), resource_arns=resources)
        acknowledge_granted(grantee, resources, _ENDPOINTS)
        return grant


class ImportedAgent(AgentBase):
    """An agent of another stack. Made by ``Agent.from_agent_arn``."""

    def __init__(self, scope: Construct, construct_id: str, agent_arn: str, agent_name: str | None) -> None:
        super().__init__(scope, construct_id)
        if agent_name is None and Token.is_unresolved(agent_arn):
            raise InvalidValueError(
                "agent_arn is not known at synth, so the name cannot be read from it; give agent_name too, which metrics are told apart by"
            )
        if not Token.is_unresolved(agent_arn) and not _RUNTIME_ARN.fullmatch(agent_arn):
            raise InvalidValueError(
                f"agent_arn is {agent_arn!r}; it must be that of a runtime: arn:aws:bedrock-agentcore:<region>:<account>:runtime/<id>"
            )
        self._arn = agent_arn
        self._name = agent_name or agent_arn.rpartition("/")[2][:-_SUFFIX]
