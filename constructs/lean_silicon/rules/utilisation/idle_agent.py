"""UTL009: an AgentCore runtime that is kept idle beyond policy."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.rules.wording import when
from lean_silicon.templates import Resource
from lean_silicon.templates.amounts import whole_number

_RUNTIME = "AWS::BedrockAgentCore::Runtime"
_PROVIDER = "AWS::BedrockAgentCore::CapacityProvider"
_LIFECYCLE = {
    _RUNTIME: ("LifecycleConfiguration", "IdleRuntimeSessionTimeout"),
    _PROVIDER: ("ComputeConfiguration.Ec2Configuration.LifecycleConfiguration", "IdleInstanceTimeout"),
}


class IdleAgent(ResourceRule):
    """An AgentCore runtime keeps sessions that nobody uses, or keeps machines for longer than the policy allows.

    A session holds its memory until it has been idle for ``IdleRuntimeSessionTimeout`` or its machine is as old as
    ``MaxLifetime``. AgentCore's own defaults are 15 minutes and 8 hours, so a runtime that says nothing passes. On a
    capacity provider the same holds for whole EC2 instances, for up to 14 days. The policy allows twice the default
    idle time, and the default lifetime.

    Bad
    ---
    ```yaml
    Resources:
      Agent:
        Type: AWS::BedrockAgentCore::Runtime
        Properties:
          AgentRuntimeName: support
          RoleArn: "arn:aws:iam::111122223333:role/agent"
          AgentRuntimeArtifact:
            ContainerConfiguration: {ContainerUri: "111122223333.dkr.ecr.us-east-1.amazonaws.com/agent:1"}
          NetworkConfiguration: {NetworkMode: PUBLIC}
          LifecycleConfiguration: {IdleRuntimeSessionTimeout: 28800}
    ```

    Good
    ----
    ```yaml
    Resources:
      Agent:
        Type: AWS::BedrockAgentCore::Runtime
        Properties:
          AgentRuntimeName: support
          RoleArn: "arn:aws:iam::111122223333:role/agent"
          AgentRuntimeArtifact:
            ContainerConfiguration: {ContainerUri: "111122223333.dkr.ecr.us-east-1.amazonaws.com/agent:1"}
          NetworkConfiguration: {NetworkMode: PUBLIC}
          LifecycleConfiguration: {IdleRuntimeSessionTimeout: 600, MaxLifetime: 14400}
    ```
    """

    id = "UTL009"
    title = "AgentCore runtime kept idle beyond policy"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Busy or off: idle shutdown"
    sources = (
        "https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_LifecycleConfiguration.html",
    )
    settings = ("agent_idle_minutes", "agent_lifetime_hours")
    resource_types = frozenset(_LIFECYCLE)

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """A runtime or capacity provider with a longer idle time or lifetime than the policy allows."""
        place, idle = _LIFECYCLE[resource.type]
        limits = {
            idle: (
                context.settings.agent_idle_minutes * 60,
                f"{context.settings.agent_idle_minutes:g} min (agent_idle_minutes)",
            ),
            "MaxLifetime": (
                context.settings.agent_lifetime_hours * 3600,
                f"{context.settings.agent_lifetime_hours:g} h (agent_lifetime_hours)",
            ),
        }
        beyond = []
        for name, (most, allowed) in limits.items():
            for at in context.view(resource.template).walk(resource, f"{place}.{name}"):
                seconds = None if at.absent or at.unknown is not None else whole_number(at.value)
                if seconds is not None and seconds > most:
                    beyond.append((at, f"{name} is {_told(seconds)}; the policy allows {allowed}{when(at.assumed)}"))
        if beyond:
            yield self.found_at(
                resource,
                f"{'. '.join(sentence for _, sentence in beyond)}.",
                property_path=beyond[0][0].path,
                suggestion=Suggestion(
                    "Leave it out (AgentCore takes 15 minutes and 8 hours) or set less, and keep what a conversation needs to go on in "
                    "AgentCore Memory; or raise the setting."
                ),
            )


def _told(seconds: int) -> str:
    return f"{seconds / 3600:,.4g} h" if seconds >= 3600 else f"{seconds / 60:,.4g} min"
