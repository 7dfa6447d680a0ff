"""SIZ002: smaller is said to do only where memory and speed both say so."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, endpoint, of_rule, training

from lean_silicon.catalog import load_catalog
from lean_silicon.rules import Policy, Settings, Severity
from lean_silicon.sizing import CpuVerdict, read_workload, serves_on_cpu
from lean_silicon.sizing.pace import service_of

RULE = "SIZ002"
LLAMA_8B = {
    "Task": "inference",
    "Parameters": 8_000_000_000,
    "Precision": "bf16",
    "ContextTokens": 4096,
    "Concurrency": 4,
}
BERT = {"Task": "classification", "Parameters": 66_000_000, "Precision": "fp32", "ContextTokens": 128, "Concurrency": 1}
LORA = {
    "Task": "peft",
    "Parameters": 1_000_000_000,
    "Precision": "bf16",
    "ContextTokens": 512,
    "Concurrency": 2,
    "Adapter": "lora",
}


def test_8b_parameters_on_twelve_inferentia_are_an_error_with_what_it_saves(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.inf2.48xlarge", LLAMA_8B)), RULE)
    assert finding.severity is Severity.ERROR
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type in {"ml.inf2.24xlarge", "ml.inf2.8xlarge", "ml.inf2.xlarge"}
    assert finding.suggestion.saves is not None
    assert finding.suggestion.saves.cost is not None
    assert finding.suggestion.saves.cost.likely > 0


def test_the_suggested_type_is_not_oversized_itself(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.inf2.48xlarge", LLAMA_8B)), RULE)
    assert finding.suggestion is not None
    assert of_rule(judged(endpoint(finding.suggestion.instance_type, LLAMA_8B)), RULE) == []


def test_head_room_is_a_setting(judged: Judge) -> None:
    vast = Policy(settings=Settings(head_room=20))
    assert of_rule(judged(endpoint("ml.inf2.48xlarge", LLAMA_8B), policy=vast), RULE) == []


def test_a_processor_of_the_same_family_is_suggested_for_a_small_model(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.c7g.16xlarge", BERT)), RULE)
    assert finding.severity is Severity.ERROR
    assert finding.suggestion is not None
    assert str(finding.suggestion.instance_type).startswith("ml.c7g.")


def test_a_smaller_processor_that_may_be_too_slow_is_not_suggested(judged: Judge) -> None:
    encoder = {**BERT, "Task": "embedding", "Concurrency": 2}
    uncertain = serves_on_cpu(read_workload(encoder).workload, load_catalog().find("ml.c8g.2xlarge"))
    assert uncertain.verdict is CpuVerdict.UNKNOWN
    assert of_rule(judged(endpoint("ml.c8g.4xlarge", encoder)), RULE) == []
    [finding] = of_rule(judged(endpoint("ml.c8g.16xlarge", encoder)), RULE)
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type in {"ml.c8g.4xlarge", "ml.c8g.8xlarge"}


def test_without_a_declared_load_it_is_a_warning(judged: Judge) -> None:
    unhurried = {key: value for key, value in BERT.items() if key != "Concurrency"}
    [finding] = of_rule(judged(endpoint("ml.c7g.16xlarge", unhurried)), RULE)
    assert finding.severity is Severity.WARNING
    assert "how many requests come is not declared" in finding.message


def test_the_same_accelerator_in_a_smaller_machine_is_a_warning(judged: Judge) -> None:
    small = {**LLAMA_8B, "Parameters": 3_000_000_000, "ContextTokens": 2048, "Concurrency": 1}
    [finding] = of_rule(judged(endpoint("ml.g5.16xlarge", small)), RULE)
    assert finding.severity is Severity.WARNING
    assert "its accelerators are the same" in finding.message


@pytest.mark.parametrize("enough", ["ml.inf2.xlarge", "ml.g5.xlarge", "ml.g6.xlarge", "ml.c7g.medium"])
def test_the_smallest_of_its_kind_passes(judged: Judge, enough: str) -> None:
    assert of_rule(judged(endpoint(enough, LLAMA_8B)), RULE) == []


def test_a_model_that_needs_its_machine_passes(judged: Judge) -> None:
    large = {**LLAMA_8B, "Model": "llama-3.1-70b", "Parameters": 70_553_706_496, "Concurrency": 64}
    assert of_rule(judged(endpoint("ml.inf2.48xlarge", large)), RULE) == []


def test_a_smaller_machine_that_would_be_too_slow_for_the_day_is_not_suggested(judged: Judge) -> None:
    flood = {**LLAMA_8B, "TokensPerDay": 10**12}
    assert of_rule(judged(endpoint("ml.inf2.48xlarge", flood)), RULE) == []


def test_live_traffic_is_planned_for_twice_the_mean_load(judged: Judge) -> None:
    model = {**LLAMA_8B, "Parameters": 3_000_000_000}

    def suggested(tokens: int, **workload: Any) -> list[str | None]:
        found = of_rule(judged(endpoint("ml.inf2.8xlarge", {**model, **workload, "TokensPerDay": tokens})), RULE)
        return [finding.suggestion.instance_type for finding in found if finding.suggestion is not None]

    one = read_workload(model).workload
    small = load_catalog().find("ml.inf2.xlarge")
    assert one is not None
    assert small is not None
    assert one.task is not None
    service = service_of(one, one.task, small, devices=1, instances=1)
    assert service is not None
    a_day = int(service.speed.tokens_per_day.likely)
    assert suggested(a_day // 2 - 1) == ["ml.inf2.xlarge"]
    assert suggested(a_day // 2 + 2) == []
    assert suggested(a_day // 2 + 2, Traffic="async") == ["ml.inf2.xlarge"]


def test_training_with_work_for_all_accelerators_passes(judged: Judge) -> None:
    assert of_rule(judged(training("ml.g5.48xlarge", {**LORA, "Concurrency": 64})), RULE) == []


def test_a_batch_smaller_than_the_accelerators_is_an_error_where_the_sharding_divides_it(judged: Judge) -> None:
    [certain] = of_rule(judged(training("ml.trn1.32xlarge", {**LORA, "Sharding": "none", "Concurrency": 1})), RULE)
    assert certain.severity is Severity.ERROR
    [doubtful] = of_rule(judged(training("ml.trn1.32xlarge", {**LORA, "Concurrency": 1})), RULE)
    assert doubtful.severity is Severity.WARNING
    divided = {**LORA, "Sharding": "model-parallel", "Concurrency": 1}
    assert of_rule(judged(training("ml.trn1.32xlarge", divided)), RULE) == []


def test_a_required_x86_is_kept(judged: Judge) -> None:
    bound = {**BERT, "Requires": ["x86"], "Reason": "MKL-only solver"}
    [finding] = of_rule(judged(endpoint("ml.c6i.16xlarge", bound)), RULE)
    assert finding.suggestion is not None
    assert str(finding.suggestion.instance_type).startswith("ml.c6i.")


def test_the_default_of_a_parameter_is_judged(judged: Judge) -> None:
    kind = {"Kind": {"Type": "String", "Default": "ml.inf2.48xlarge"}}
    [finding] = of_rule(judged(endpoint({"Ref": "Kind"}, LLAMA_8B), Parameters=kind), RULE)
    assert "default of parameter Kind" in finding.message


@pytest.mark.parametrize("wrong", [3, None, [], {}, True, {"Ref": 4}, "", "ml.", "🦙"])
def test_a_wrong_value_is_no_finding(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(endpoint(wrong, LLAMA_8B)), RULE) == []
