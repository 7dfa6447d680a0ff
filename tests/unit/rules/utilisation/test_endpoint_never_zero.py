"""UTL002: three ways to zero, for a workload that is declared not to be needed all the time."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, of_rule
from sample_utilisation import WRONG, component, config, endpoint, managed, target

from lean_silicon.rules import Severity

DEV = {"Task": "inference", "Environment": "dev"}
QUEUE: dict[str, Any] = {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/"}}}
COPIES = {"Fn::Sub": "inference-component/${Component.InferenceComponentName}"}


@pytest.mark.parametrize(
    ("workload", "says"),
    [
        ({"Task": "inference", "Traffic": "intermittent"}, "its traffic is declared intermittent"),
        ({"Task": "inference", "Traffic": "intermittent", "Environment": "production"}, "intermittent"),
        (DEV, "its environment is declared dev"),
        ({"Task": "inference", "Environment": "Staging"}, "its environment is declared Staging"),
    ],
)
def test_a_real_time_endpoint_that_is_not_always_needed_is_a_warning(judged: Judge, workload: Any, says: str) -> None:
    [finding] = of_rule(judged({**config("ml.g5.xlarge", workload), **endpoint(), **target(least=1)}), "UTL002")
    assert finding.severity is Severity.WARNING
    assert says in finding.message
    assert "An idle hour costs" in finding.message


@pytest.mark.parametrize(
    "workload",
    [
        None,
        {"Task": "inference"},
        {"Task": "inference", "Traffic": "realtime", "Environment": "production"},
        {"Task": "inference", "Environment": "PROD"},
    ],
)
def test_what_is_needed_all_the_time_or_declares_nothing_passes(judged: Judge, workload: Any) -> None:
    assert of_rule(judged({**config("ml.g5.xlarge", workload), **endpoint()}), "UTL002") == []


def test_a_processor_endpoint_may_become_serverless(judged: Judge) -> None:
    [finding] = of_rule(judged({**config("ml.c7g.xlarge", DEV), **endpoint()}), "UTL002")
    assert finding.suggestion is not None
    assert "serverless" in finding.suggestion.text


def test_inference_components_reach_zero_when_instances_and_copies_may(judged: Judge) -> None:
    hosting = {**config("ml.g5.xlarge", DEV, variant=managed(0, 2)), **endpoint(), **component()}
    assert of_rule(judged({**hosting, **target(COPIES, 0, 2)}), "UTL002") == []
    [kept] = of_rule(judged({**hosting, **target(COPIES, 1, 2)}), "UTL002")
    assert "Target keeps at least 1 (MinCapacity)" in kept.message
    [unscaled] = of_rule(judged(hosting), "UTL002")
    assert "nothing scales the copies of its inference component Component" in unscaled.message


@pytest.mark.parametrize(
    ("made", "remedies"),
    [
        (
            {**config("ml.g5.xlarge", DEV, variant=managed(0, 2)), **endpoint(), **component(), **target(COPIES, 1, 2)},
            ("Set MinCapacity: 0 in Target", "NoCapacityInvocationFailures"),
        ),
        (
            {**config("ml.g5.xlarge", DEV, variant=managed(0, 2)), **endpoint(), **component()},
            ("ScalableTarget for Component", "with MinCapacity: 0", "NoCapacityInvocationFailures"),
        ),
        (
            {**config("ml.g5.xlarge", DEV, variant=managed(1, 2)), **endpoint(), **component(), **target(COPIES, 0, 2)},
            ("Set MinInstanceCount: 0", "NoCapacityInvocationFailures"),
        ),
        (
            {**config("ml.g5.xlarge", DEV, **QUEUE), **endpoint(), **target(least=1)},
            ("Set MinCapacity: 0 in Target", "HasBacklogWithoutCapacity"),
        ),
        ({**config("ml.g5.xlarge", DEV), **endpoint()}, ("Host the model as an inference component",)),
    ],
    ids=["copies-kept", "copies-unscaled", "machines-kept", "queue-kept", "no-way-yet"],
)
def test_the_fix_is_what_is_missing_on_the_way_to_zero(
    judged: Judge, made: dict[str, Any], remedies: tuple[str, ...]
) -> None:
    [finding] = of_rule(judged(made), "UTL002")
    assert finding.suggestion is not None
    for remedy in remedies:
        assert remedy in finding.suggestion.text


@pytest.mark.parametrize("least", [1, 3])
def test_managed_scaling_that_keeps_instances_is_found(judged: Judge, least: int) -> None:
    [finding] = of_rule(judged({**config("ml.g5.xlarge", DEV, variant=managed(least)), **endpoint()}), "UTL002")
    assert f"keeps at least {least} (MinInstanceCount)" in finding.message


def test_an_asynchronous_endpoint_reaches_zero_by_its_target(judged: Judge) -> None:
    queue = {**config("ml.g5.xlarge", DEV, **QUEUE), **endpoint()}
    assert of_rule(judged({**queue, **target(least=0)}), "UTL002") == []
    assert (
        of_rule(judged({**queue, **target(least={"Ref": "Least"})}, Parameters={"Least": {"Type": "Number"}}), "UTL002")
        == []
    )
    [kept] = of_rule(judged({**queue, **target(least=1)}), "UTL002")
    assert "Target keeps at least 1" in kept.message
    [unscaled] = of_rule(judged(queue), "UTL002")
    assert "the endpoint is asynchronous, but no scalable target" in unscaled.message
    assert of_rule(judged(config("ml.g5.xlarge", DEV, **QUEUE)), "UTL002") == []


def test_a_schedule_takes_an_asynchronous_endpoint_to_zero(judged: Judge) -> None:
    night = [
        {
            "Schedule": "cron(0 20 * * ? *)",
            "ScheduledActionName": "n",
            "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 0},
        }
    ]
    queue = {**config("ml.g5.xlarge", DEV, **QUEUE), **endpoint()}
    assert of_rule(judged({**queue, **target(least=1, ScheduledActions=night)}), "UTL002") == []


@pytest.mark.parametrize(
    ("arn", "found"),
    [
        ("arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint", 0),
        ({"Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:sagemaker:deleteEndpoint"}, 0),
        ("arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpointConfig", 1),
        ("arn:aws:lambda:us-east-1:111122223333:function:report", 1),
    ],
)
def test_a_schedule_that_deletes_the_endpoint_counts(judged: Judge, arn: Any, found: int) -> None:
    schedule = {"Night": {"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": {"Arn": arn}}}}
    assert len(of_rule(judged({**config("ml.g5.xlarge", DEV), **endpoint(), **schedule}), "UTL002")) == found


def test_bounds_that_cannot_be_known_are_not_judged(judged: Judge) -> None:
    parameters = {"Least": {"Type": "Number"}}
    unknown = {**config("ml.g5.xlarge", DEV, variant=managed({"Ref": "Least"})), **endpoint()}
    assert of_rule(judged(unknown, Parameters=parameters), "UTL002") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for made in (
        {
            **config("ml.g5.xlarge", DEV, variant=managed(wrong, wrong)),
            **endpoint(),
            **component(),
            **target(COPIES, wrong),
        },
        {**config(wrong, DEV, AsyncInferenceConfig=wrong), **endpoint(), **target(wrong, wrong, wrong)},
    ):
        assert judged(made).findings is not None


@pytest.mark.parametrize(
    ("environment", "findings"),
    [
        ("Prod-EU", 0),
        ("prod-eu-1", 0),
        ("PRODUCTION_US", 0),
        ("live", 0),
        ("non-prod", 1),
        ("pre-prod", 1),
        ("preprod", 1),
        ("Non Production", 1),
        ("product-demo", 1),
    ],
)
def test_production_is_told_by_a_word_of_the_name(judged: Judge, environment: str, findings: int) -> None:
    workload = {"Task": "inference", "Environment": environment}
    assert len(of_rule(judged({**config("ml.g5.xlarge", workload), **endpoint()}), "UTL002")) == findings
