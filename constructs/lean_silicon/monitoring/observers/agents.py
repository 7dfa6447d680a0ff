"""Agents on AgentCore."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.agents import AgentBase
from lean_silicon.agents.session_footprint import USD_PER_GB_HOUR, USD_PER_VCPU_HOUR
from lean_silicon.monitoring.curve import Band, Rates
from lean_silicon.monitoring.formula import Formula, number
from lean_silicon.monitoring.observation import Chart, Observation, Row, Work
from lean_silicon.monitoring.severity import Capability, Severity


def observe_agent(key: str, name: str, agent: AgentBase) -> Observation:
    """An agent: what AgentCore bills for it. Its model's tokens are the model's own."""
    processor, memory = f"{key}v", f"{key}g"
    usage = {processor: agent.metric_vcpu_hours(), memory: agent.metric_gb_hours()}
    cost = Band.of(
        lambda end: Formula(
            f"({processor} * {number(getattr(USD_PER_VCPU_HOUR, end))} + FILL({memory}, 0) * {number(getattr(USD_PER_GB_HOUR, end))})"
            f" * 3600 / PERIOD({processor})",
            usage,
        )
    )
    requests = Formula.of(f"{key}n", agent.metric_invocations())
    return Observation(
        name=name,
        about="AgentCore agent",
        capability=Capability.AGENTS,
        rates=Rates(cost=cost),
        work=Work("requests", requests, f"{key}n"),
        details=(
            Chart(
                "Requests",
                "in a period",
                (
                    Row("requests", requests),
                    Row("failed", Formula.of(f"{key}e", agent.metric_errors())),
                    Row("throttled", Formula.of(f"{key}t", agent.metric_throttles())),
                ),
            ),
            Chart("Latency", "ms", (Row("mean", Formula.of(f"{key}l", agent.metric_latency())),)),
            Chart(
                "What AgentCore bills",
                "in a period",
                (
                    Row("vCPU-hours", Formula.of(processor, usage[processor])),
                    Row("GB-hours", Formula.of(memory, usage[memory])),
                ),
            ),
        ),
        existing={Severity.WARNING: _own_alarms(agent)},
        unknown=(
            f"{name}: AWS does not say on what AgentCore runs, so its power is not known; its usage comes up to an hour late.",
        ),
    )


def _own_alarms(agent: AgentBase) -> tuple[cloudwatch.IAlarm, ...]:
    """On requests that fail, one for each endpoint: the agent made them itself."""
    return tuple(child for child in agent.node.children if isinstance(child, cloudwatch.Alarm))
