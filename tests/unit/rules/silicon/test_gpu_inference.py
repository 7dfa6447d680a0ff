"""SIL002: an error only where the evidence agrees."""

from __future__ import annotations

import pytest
from sample_templates import Judge, endpoint, of_rule

from lean_silicon.rules import Severity

LLAMA_8B = {
    "Task": "inference",
    "Parameters": 8_000_000_000,
    "Precision": "bf16",
    "ContextTokens": 4096,
    "Concurrency": 4,
}


def test_an_undeclared_p4d_endpoint_is_an_error_with_as_much_memory_suggested(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.p4d.24xlarge")), "SIL002")
    assert finding.severity is Severity.ERROR
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type == "ml.inf2.48xlarge"
    assert finding.property_path == "Properties.ProductionVariants[0].InstanceType"


def test_a_declared_model_is_matched_to_the_smallest_that_holds_it(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.g5.12xlarge", LLAMA_8B)), "SIL002")
    assert finding.severity is Severity.ERROR
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type in ("ml.inf2.xlarge", "ml.inf2.8xlarge")


@pytest.mark.parametrize("newer", ["ml.g6.xlarge", "ml.g6e.48xlarge", "ml.p5.48xlarge"])
def test_a_gpu_that_came_after_the_claim_is_at_most_a_warning(judged: Judge, newer: str) -> None:
    for finding in of_rule(judged(endpoint(newer)), "SIL002"):
        assert finding.severity in (Severity.WARNING, Severity.NOTE)
        assert "No clear difference" in finding.message


def test_a_small_cheap_gpu_is_worth_a_note_where_the_neuron_type_is_dearer(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.g4dn.xlarge")), "SIL002")
    assert finding.severity is Severity.NOTE
    assert "an hour costs more" in finding.message
    assert finding.suggestion is not None
    assert "if its price is worth it" in finding.suggestion.text


def test_a_type_that_may_be_too_small_is_no_alternative_to_one_that_surely_holds_the_model(judged: Judge) -> None:
    large = {**LLAMA_8B, "Parameters": 70_000_000_000}
    [finding] = of_rule(judged(endpoint("ml.g7e.12xlarge", large)), "SIL002")
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type != "ml.inf2.24xlarge"
    assert "so it fits" in finding.message


def test_a_type_that_the_tokens_of_a_day_outrun_is_no_alternative(judged: Judge) -> None:
    large = {**LLAMA_8B, "Parameters": 32_000_000_000, "Concurrency": 1}
    assert len(of_rule(judged(endpoint("ml.p4d.24xlarge", large)), "SIL002")) == 1
    assert of_rule(judged(endpoint("ml.p4d.24xlarge", {**large, "TokensPerDay": 10**12})), "SIL002") == []


@pytest.mark.parametrize(
    "fine", ["ml.inf2.xlarge", "ml.inf2.48xlarge", "ml.trn1.2xlarge", "ml.c7g.xlarge", "ml.m5.large"]
)
def test_silicon_that_is_no_gpu_passes(judged: Judge, fine: str) -> None:
    assert of_rule(judged(endpoint(fine)), "SIL002") == []


def test_the_saving_is_the_price_list_difference(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.p4d.24xlarge")), "SIL002")
    assert finding.suggestion is not None
    assert finding.suggestion.saves is not None
    cost = finding.suggestion.saves.cost
    assert cost is not None
    assert cost.unit == "USD/h"
    assert cost.low <= cost.likely <= cost.high
    assert cost.likely > 5
