"""SIZ001: what does not fit is a fact, and machines are counted in favour of the template."""

from __future__ import annotations

from typing import Any

import pytest
from sample_silicon import cluster, one
from sample_templates import Judge, endpoint, instance, of_rule, training

from lean_silicon.rules import Severity

RULE = "SIZ001"
LLAMA_70B = {
    "Task": "inference",
    "Parameters": 70_000_000_000,
    "Precision": "bf16",
    "ContextTokens": 4096,
    "Concurrency": 4,
}
FULL_405B = {
    "Task": "fine-tuning",
    "Parameters": 405_000_000_000,
    "Precision": "bf16",
    "ContextTokens": 512,
    "Concurrency": 64,
    "Sharding": "fsdp",
    "ActivationCheckpointing": True,
}


@pytest.mark.parametrize("small", ["ml.inf2.xlarge", "ml.inf2.8xlarge", "ml.g5.xlarge", "ml.g6e.xlarge"])
def test_70b_parameters_on_one_small_accelerator_are_an_error_with_numbers(judged: Judge, small: str) -> None:
    [finding] = of_rule(judged(endpoint(small, LLAMA_70B)), RULE)
    assert finding.severity is Severity.ERROR
    assert "GiB" in finding.message
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type is not None


@pytest.mark.parametrize("large", ["ml.inf2.48xlarge", "ml.p4d.24xlarge", "ml.p5.48xlarge", "ml.trn1.32xlarge"])
def test_70b_parameters_on_large_machines_pass(judged: Judge, large: str) -> None:
    assert of_rule(judged(endpoint(large, LLAMA_70B)), RULE) == []


def test_the_machines_of_a_training_job_hold_the_model_together(judged: Judge) -> None:
    assert of_rule(judged(cluster("ml.p4d.24xlarge", 1, FULL_405B)), RULE)
    assert of_rule(judged(cluster("ml.p4d.24xlarge", 32, FULL_405B)), RULE) == []


def test_more_machines_are_suggested_where_they_are_made_for_it(judged: Judge) -> None:
    [finding] = of_rule(judged(training("ml.p4d.24xlarge", {**FULL_405B, "Parameters": 200_000_000_000})), RULE)
    assert finding.suggestion is not None
    assert "× ml.p4d.24xlarge" in finding.suggestion.text


def test_a_training_job_with_an_unknown_number_of_machines_is_not_judged(judged: Judge) -> None:
    parameters = {"Nodes": {"Type": "Number"}}
    assert of_rule(judged(cluster("ml.p4d.24xlarge", {"Ref": "Nodes"}, FULL_405B), Parameters=parameters), RULE) == []


def test_an_endpoint_that_scales_is_judged_as_if_each_request_had_a_machine(judged: Judge) -> None:
    busy = {**LLAMA_70B, "Parameters": 8_000_000_000, "Concurrency": 1024, "ContextTokens": 32_768}
    target = {"Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": {"MaxCapacity": 64}}}
    assert of_rule(judged(endpoint("ml.inf2.8xlarge", busy)), RULE)
    assert of_rule(judged({**endpoint("ml.inf2.8xlarge", busy), **target}), RULE) == []


def test_a_selection_is_wrong_only_if_every_type_is_too_small(judged: Judge) -> None:
    def found(*types: str) -> int:
        variant = {"VariantName": "main", "InstancePools": [{"InstanceType": name} for name in types]}
        configuration = one("AWS::SageMaker::EndpointConfig", {"ProductionVariants": [variant]}, LLAMA_70B)
        return len(of_rule(judged(configuration), RULE))

    assert found("ml.g5.xlarge", "ml.inf2.xlarge") == 1
    assert found("ml.g5.xlarge", "ml.p5.48xlarge") == 0


def test_what_is_not_declared_is_not_judged(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.inf2.xlarge")), RULE) == []
    assert of_rule(judged(endpoint("ml.inf2.xlarge", {"Task": "inference"})), RULE) == []
    assert of_rule(judged(instance("g5.xlarge", {"Parameters": 70_000_000_000})), RULE) == []


def test_each_branch_is_judged_by_itself(judged: Judge) -> None:
    choice = {"Fn::If": ["Large", "ml.inf2.48xlarge", "ml.inf2.xlarge"]}
    verdict = judged(
        endpoint(choice, LLAMA_70B),
        Parameters={"Stage": {"Type": "String"}},
        Conditions={"Large": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
    )
    [finding] = of_rule(verdict, RULE)
    assert "when Large is false" in finding.message


def test_a_type_that_is_merely_admitted_is_a_warning(judged: Judge) -> None:
    kind = {"Kind": {"Type": "String", "AllowedValues": ["ml.inf2.xlarge", "ml.inf2.48xlarge"]}}
    [finding] = of_rule(judged(endpoint({"Ref": "Kind"}, LLAMA_70B), Parameters=kind), RULE)
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize("wrong", [3, None, [], {}, True, {"Ref": 4}, "", "ml.", "🦙"])
def test_a_wrong_value_is_no_finding(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(endpoint(wrong, LLAMA_70B)), RULE) == []
    assert of_rule(judged(cluster("ml.p4d.24xlarge", wrong if wrong != 3 else "many", FULL_405B)), RULE) == []
