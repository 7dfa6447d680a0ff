"""UTL008: machines wait only where somebody waits for them."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, of_rule
from sample_utilisation import WRONG, config

from lean_silicon.rules import Severity

QUEUE = {"OutputConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/"}}


def declared(traffic: str) -> dict[str, Any]:
    return {"Task": "inference", "Traffic": traffic}


@pytest.mark.parametrize(("traffic", "instead"), [("async", "AsyncInferenceConfig"), ("batch", "batch transform")])
@pytest.mark.parametrize("kind", ["ml.g5.xlarge", "ml.c7g.large"])
def test_traffic_that_waits_on_a_real_time_endpoint_is_a_warning(
    judged: Judge, kind: str, traffic: str, instead: str
) -> None:
    [finding] = of_rule(judged(config(kind, declared(traffic))), "UTL008")
    assert finding.severity is Severity.WARNING
    assert f"declared {traffic}" in finding.message
    assert finding.suggestion is not None
    assert instead in finding.suggestion.text


@pytest.mark.parametrize(
    "made",
    [
        config("ml.g5.xlarge", declared("realtime")),
        config("ml.g5.xlarge", declared("intermittent")),
        config("ml.g5.xlarge"),
        config("ml.g5.xlarge", declared("async"), AsyncInferenceConfig=QUEUE),
        config(
            "ml.g5.xlarge", declared("async"), AsyncInferenceConfig={"Fn::If": ["Prod", QUEUE, {"Ref": "AWS::NoValue"}]}
        ),
        config("ml.g5.xlarge", declared("async"), AsyncInferenceConfig={"Ref": "Stage"}),
    ],
)
def test_queues_other_traffic_and_what_cannot_be_known_pass(judged: Judge, made: dict[str, Any]) -> None:
    sections = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    }
    assert of_rule(judged(made, **sections), "UTL008") == []


def test_a_serverless_variant_is_at_zero_by_itself(judged: Judge) -> None:
    made = config("ml.g5.xlarge", declared("batch"))
    made["Config"]["Properties"]["ProductionVariants"] = [
        {"VariantName": "main", "ServerlessConfig": {"MaxConcurrency": 1}}
    ]
    assert of_rule(judged(made), "UTL008") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    made = config(wrong, declared("async"), variant={"VariantName": wrong}, AsyncInferenceConfig=wrong)
    assert judged(made).findings is not None
