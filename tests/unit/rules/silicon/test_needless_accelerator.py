"""SIL003: a processor is enough for a small model, if the declaration shows it."""

from __future__ import annotations

import pytest
from sample_templates import Judge, endpoint, of_rule

from lean_silicon.rules import Severity

SMALL = {"Task": "classification", "Parameters": 66_000_000, "Precision": "fp32", "ContextTokens": 128}


@pytest.mark.parametrize("accelerated", ["ml.g5.xlarge", "ml.inf2.xlarge", "ml.p4d.24xlarge"])
def test_a_small_classifier_on_an_accelerator_is_an_error_with_a_cheaper_graviton(
    judged: Judge, accelerated: str
) -> None:
    [finding] = of_rule(judged(endpoint(accelerated, {**SMALL, "Concurrency": 1})), "SIL003")
    assert finding.severity is Severity.ERROR
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type is not None
    assert "g." in finding.suggestion.instance_type
    assert finding.suggestion.saves is not None
    assert finding.suggestion.saves.cost is not None
    assert finding.suggestion.saves.cost.low > 0


def test_where_the_load_is_not_declared_it_is_a_warning_that_says_so(judged: Judge) -> None:
    for finding in of_rule(judged(endpoint("ml.g5.xlarge", SMALL)), "SIL003"):
        assert finding.severity is Severity.WARNING
        assert "is not declared" in finding.message


@pytest.mark.parametrize(
    "workload",
    [
        {
            "Task": "inference",
            "Parameters": 70_000_000_000,
            "Precision": "bf16",
            "ContextTokens": 8192,
            "Concurrency": 8,
        },
        {"Task": "inference"},
        {"Task": "fine-tuning", "Parameters": 66_000_000, "Precision": "fp32"},
    ],
)
def test_a_large_an_unsized_or_a_training_workload_passes(judged: Judge, workload: dict[str, object]) -> None:
    assert of_rule(judged(endpoint("ml.inf2.48xlarge", workload)), "SIL003") == []


def test_an_undeclared_workload_is_never_guessed_to_be_small(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.g5.xlarge")), "SIL003") == []


@pytest.mark.parametrize("needed", ["cuda", "x86"])
def test_a_stated_need_of_cuda_or_x86_accepts(judged: Judge, needed: str) -> None:
    workload = {**SMALL, "Concurrency": 1, "Requires": [needed], "Reason": "A vendor's compiled engine"}
    [finding] = of_rule(judged(endpoint("ml.g5.xlarge", workload)), "SIL003")
    assert finding.acknowledged is not None
    assert "A vendor's compiled engine" in finding.acknowledged.reason
