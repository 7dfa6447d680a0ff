"""UTL009: an AgentCore session ends soon after it is used."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, of_rule
from sample_utilisation import WRONG, only

from lean_silicon.rules import Policy, Settings, Severity

RUNTIME = "AWS::BedrockAgentCore::Runtime"
PROVIDER = "AWS::BedrockAgentCore::CapacityProvider"


def runtime(**lifecycle: Any) -> dict[str, Any]:
    return only(RUNTIME, {"AgentRuntimeName": "support", "LifecycleConfiguration": lifecycle})


def provider(**lifecycle: Any) -> dict[str, Any]:
    return only(PROVIDER, {"ComputeConfiguration": {"Ec2Configuration": {"LifecycleConfiguration": lifecycle}}})


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (
            runtime(IdleRuntimeSessionTimeout=28800),
            "IdleRuntimeSessionTimeout is 8 h; the policy allows 30 min (agent_idle_minutes)",
        ),
        (runtime(IdleRuntimeSessionTimeout="1860"), "is 31 min"),
        (
            runtime(IdleRuntimeSessionTimeout=60, MaxLifetime=86400),
            "MaxLifetime is 24 h; the policy allows 8 h (agent_lifetime_hours)",
        ),
        (provider(IdleInstanceTimeout=7200), "IdleInstanceTimeout is 2 h"),
    ],
)
def test_a_runtime_that_is_kept_longer_than_the_policy_allows_is_a_warning(
    judged: Judge, made: dict[str, Any], says: str
) -> None:
    [finding] = of_rule(judged(made), "UTL009")
    assert finding.severity is Severity.WARNING
    assert says in finding.message


def test_both_times_are_told_in_one_finding(judged: Judge) -> None:
    [finding] = of_rule(judged(runtime(IdleRuntimeSessionTimeout=1209600, MaxLifetime=1209600)), "UTL009")
    assert "IdleRuntimeSessionTimeout is 336 h" in finding.message
    assert "MaxLifetime is 336 h" in finding.message


@pytest.mark.parametrize(
    "made",
    [
        only(RUNTIME, {"AgentRuntimeName": "support"}),
        runtime(),
        runtime(IdleRuntimeSessionTimeout=900, MaxLifetime=28800),
        runtime(IdleRuntimeSessionTimeout={"Ref": "Idle"}),
        provider(IdleInstanceTimeout=600),
        only(PROVIDER, {}),
    ],
)
def test_agentcores_defaults_and_unknown_times_pass(judged: Judge, made: dict[str, Any]) -> None:
    assert of_rule(judged(made, Parameters={"Idle": {"Type": "Number"}}), "UTL009") == []


def test_the_limits_are_settings(judged: Judge) -> None:
    patient = Policy(settings=Settings(agent_idle_minutes=480))
    assert of_rule(judged(runtime(IdleRuntimeSessionTimeout=28800), policy=patient), "UTL009") == []


def test_the_default_of_a_parameter_is_judged(judged: Judge) -> None:
    made = runtime(IdleRuntimeSessionTimeout={"Ref": "Idle"})
    assert of_rule(judged(made, Parameters={"Idle": {"Type": "Number", "Default": 7200}}), "UTL009")


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for made in (
        runtime(IdleRuntimeSessionTimeout=wrong, MaxLifetime=wrong),
        only(RUNTIME, {"LifecycleConfiguration": wrong}),
        only(PROVIDER, {"ComputeConfiguration": wrong}),
    ):
        assert judged(made).findings is not None
