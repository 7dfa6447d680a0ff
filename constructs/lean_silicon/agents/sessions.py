"""How long a session may stay: memory is billed until it ends, whether anybody speaks to it or not."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_bedrockagentcore as agentcore

from lean_silicon.agents import limits
from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class SessionLimits:
    """When AgentCore ends a session.

    Parameters
    ----------
    idle
        After so long without a request. Default: 5 minutes, where AgentCore takes 15: what a conversation needs to go on belongs into
        memory, and a new session starts within seconds.
    lifetime
        At this age, busy or not. Default: 1 hour, where AgentCore takes 8.

    Raises
    ------
    InvalidValueError
        If either is not within 1 minute and 8 hours, or `idle` is longer than `lifetime`.

    Examples
    --------
    ``SessionLimits(idle=Duration.minutes(2), lifetime=Duration.hours(4))``
    """

    idle: Duration = Duration.minutes(5)
    lifetime: Duration = Duration.hours(1)

    def __post_init__(self) -> None:
        for given in (self.idle, self.lifetime):
            if not isinstance(given, Duration):
                raise InvalidValueError(f"a session limit is {given!r}; give a duration, such as Duration.minutes(5)")
        if self.idle.is_unresolved() or self.lifetime.is_unresolved():
            return
        for name, value in (("idle", self.idle_seconds), ("lifetime", int(self.lifetime.to_seconds()))):
            if not limits.SHORTEST_SESSION_SECONDS <= value <= limits.LONGEST_SESSION_SECONDS:
                raise InvalidValueError(
                    f"{name} is {value} s; AgentCore allows {limits.SHORTEST_SESSION_SECONDS} to {limits.LONGEST_SESSION_SECONDS} s"
                )
        if self.idle_seconds > self.lifetime.to_seconds():
            raise InvalidValueError(
                f"idle is {self.idle_seconds} s and lifetime {self.lifetime.to_seconds():g} s; none can be idle for longer than it lives"
            )

    @property
    def idle_seconds(self) -> int:
        """The idle time in seconds."""
        return int(self.idle.to_seconds())

    def idle_after(self, working: Duration) -> Duration:
        """How long a session stays that worked so long: the idle time, or what is left of its lifetime.

        Raises
        ------
        InvalidValueError
            If it would have ended before.
        """
        left = self.lifetime.to_seconds() - working.to_seconds()
        if left < 0:
            raise InvalidValueError(
                f"working is {working.to_seconds():g} s and sessions end after {self.lifetime.to_seconds():g} s; count several sessions, "
                "or give the agent a longer lifetime"
            )
        return Duration.seconds(min(self.idle.to_seconds(), left))

    def to_configuration(self) -> agentcore.LifecycleConfiguration:
        """As the runtime takes it."""
        return agentcore.LifecycleConfiguration(idle_runtime_session_timeout=self.idle, max_lifetime=self.lifetime)
