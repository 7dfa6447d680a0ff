"""Metric definitions find what training code prints, and nothing else; MFU is the share of the silicon's peak."""

from __future__ import annotations

import re

import pytest

from lean_silicon import Precision, Task
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training import TrainingMetrics, model_flops_utilization
from lean_silicon.training.validation import require_metric_definitions


def values(pattern: str, log: str) -> list[str]:
    """What SageMaker takes: the first group of each match."""
    assert re.compile(pattern).groups == 1
    return re.findall(pattern, log)


@pytest.mark.parametrize(
    ("log", "found"),
    [
        ("step=50 loss=2.3456", "2.3456"),
        ("loss: 2.3456, learning_rate: 0.1", "2.3456"),
        ("{'loss': 2.3456, 'grad_norm': 1.5, 'epoch': 0.1}", "2.3456"),
        ('{"step": 5, "loss": 1.2e-05}', "1.2e-05"),
        ("loss=1E+2", "1E+2"),
        ("loss = 3", "3"),
        ("loss=0.5.", "0.5"),
        ("[rank0] loss=-0.25 next", "-0.25"),
    ],
)
def test_a_loss_is_found_however_it_is_printed(log: str, found: str) -> None:
    assert [float(each) for each in values(TrainingMetrics.loss().pattern, log)] == [float(found)]


@pytest.mark.parametrize(
    "log", ["eval_loss=1", "'eval_loss': 1", "loss=nan", "loss is 5", "lossy=5", "glossy: 5", "loss=inf"]
)
def test_no_other_name_is_taken_for_it_and_no_word_for_a_number(log: str) -> None:
    assert values(TrainingMetrics.loss().pattern, log) == []


def test_each_metric_has_its_name_and_the_code_may_print_another() -> None:
    found = TrainingMetrics.definitions(
        TrainingMetrics.loss("train_loss"),
        TrainingMetrics.evaluation_loss(),
        TrainingMetrics.accuracy("eval_accuracy"),
        TrainingMetrics.tokens_per_second(),
        TrainingMetrics.samples_per_second("train_samples_per_second"),
        TrainingMetrics.mfu(),
        TrainingMetrics.printed("perplexity", "ppl"),
    )
    assert list(found) == [
        "loss",
        "eval_loss",
        "accuracy",
        "tokens_per_second",
        "samples_per_second",
        "mfu",
        "perplexity",
    ]
    require_metric_definitions(found)
    log = "train_loss=1 eval_loss=2 eval_accuracy=3 tokens_per_second=4 train_samples_per_second=5 mfu=6 ppl=7"
    assert [values(pattern, log) for pattern in found.values()] == [["1"], ["2"], ["3"], ["4"], ["5"], ["6"], ["7"]]


def test_fails_for_a_name_that_would_be_a_pattern() -> None:
    with pytest.raises(InvalidValueError, match=r"'loss\.\*'.*letters, digits"):
        TrainingMetrics.loss("loss.*")


def test_mfu_is_the_models_arithmetic_over_the_peak_of_all_devices() -> None:
    # 16 Trainium devices of 190 TFLOPS: 3,040 TFLOPS; 8B parameters take 48 GFLOPs a token
    share = model_flops_utilization(30_000, parameters=8e9, instance_type="ml.trn1.32xlarge")
    assert share == pytest.approx(30_000 * 6 * 8e9 / (16 * 190e12))
    two = model_flops_utilization(60_000, parameters=8e9, instance_type="ml.trn1.32xlarge", count=2)
    assert two == pytest.approx(share)


def test_a_frozen_base_model_needs_no_gradients_of_its_weights() -> None:
    of = {"parameters": 8e9, "instance_type": "ml.trn1.32xlarge"}
    full = model_flops_utilization(1000, **of)
    peft = model_flops_utilization(1000, **of, task=Task.PEFT)
    assert full is not None
    assert peft == pytest.approx(full * 4 / 6)


def test_a_peak_that_is_not_known_makes_it_unknown() -> None:
    assert model_flops_utilization(1, parameters=1, instance_type="ml.trn1.2xlarge", precision=Precision.FP32) is None
    assert model_flops_utilization(1, parameters=1, instance_type="ml.m5.large") is None
    assert model_flops_utilization(1, parameters=1, instance_type="ml.zz9.large") is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tokens_per_second": 0}, "tokens_per_second is 0"),
        ({"parameters": -1}, "parameters is -1"),
        ({"count": 0}, "count is 0"),
        ({"task": Task.INFERENCE}, "task is inference"),
    ],
)
def test_fails_for_what_cannot_be_measured(options: dict[str, float | Task], said: str) -> None:
    given = {"tokens_per_second": 1, "parameters": 1, "instance_type": "ml.trn1.2xlarge", **options}
    with pytest.raises(InvalidValueError, match=said):
        model_flops_utilization(**given)
