"""INF001: quantising is advised where it lets a smaller type of the same silicon hold the model."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, endpoint, of_rule, training

from lean_silicon.rules import Severity

RULE = "INF001"
MODEL_13B = {
    "Task": "inference",
    "Parameters": 13_000_000_000,
    "Precision": "bf16",
    "ContextTokens": 2048,
    "Concurrency": 2,
}


def test_13b_parameters_in_16_bits_are_a_warning_with_the_smaller_type_and_what_it_saves(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.inf2.24xlarge", MODEL_13B)), RULE)
    assert finding.severity is Severity.WARNING
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type == "ml.inf2.xlarge"
    assert finding.suggestion.saves is not None
    assert finding.suggestion.saves.cost is not None
    assert finding.suggestion.saves.cost.likely > 5


def test_gpus_are_judged_by_the_same_gpu_in_smaller_numbers(judged: Judge) -> None:
    model = {**MODEL_13B, "Parameters": 8_000_000_000}
    [finding] = of_rule(judged(endpoint("ml.g6.12xlarge", model)), RULE)
    assert finding.suggestion is not None
    assert str(finding.suggestion.instance_type).startswith("ml.g6.")


def test_what_was_found_passes_once_it_is_done(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.inf2.xlarge", {**MODEL_13B, "Precision": "int8"})), RULE) == []


@pytest.mark.parametrize(
    "workload",
    [
        {**MODEL_13B, "Precision": "int8"},
        {**MODEL_13B, "Precision": "int4"},
        {key: value for key, value in MODEL_13B.items() if key != "Precision"},
        {"Task": "inference"},
        None,
    ],
)
def test_narrow_or_undeclared_formats_pass(judged: Judge, workload: dict[str, Any] | None) -> None:
    assert of_rule(judged(endpoint("ml.inf2.24xlarge", workload)), RULE) == []


def test_where_the_smaller_type_holds_it_anyway_quantising_is_not_the_point(judged: Judge) -> None:
    small = {**MODEL_13B, "Parameters": 1_000_000_000}
    verdict = judged(endpoint("ml.inf2.24xlarge", small))
    assert of_rule(verdict, RULE) == []
    assert of_rule(verdict, "SIZ002")


def test_an_evaluation_of_a_quantised_model_silences_it(judged: Judge) -> None:
    evidence = [{"Rung": "quantization", "Evaluation": "s3://evaluations/int8.json", "Score": 0.7, "Target": 0.8}]
    assert of_rule(judged(endpoint("ml.inf2.24xlarge", MODEL_13B, Evidence=evidence)), RULE) == []


def test_training_passes(judged: Judge) -> None:
    assert of_rule(judged(training("ml.trn1.32xlarge", {**MODEL_13B, "Task": "fine-tuning"})), RULE) == []


def test_the_branch_of_a_condition_is_named(judged: Judge) -> None:
    choice = {"Fn::If": ["Large", "ml.inf2.24xlarge", "ml.inf2.xlarge"]}
    verdict = judged(
        endpoint(choice, MODEL_13B),
        Parameters={"Stage": {"Type": "String"}},
        Conditions={"Large": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
    )
    [finding] = of_rule(verdict, RULE)
    assert "when Large is true" in finding.message


@pytest.mark.parametrize("wrong", [3, None, [], {}, True, {"Ref": 4}, "", "ml.", "🦙"])
def test_a_wrong_value_is_no_finding(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(endpoint(wrong, MODEL_13B)), RULE) == []
