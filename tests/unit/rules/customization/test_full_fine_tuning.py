"""CUS001: the rungs below full fine-tuning must be shown to fall short."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import Session
from sample_bedrock import WRONG, declared, evidence, task
from sample_templates import Judge, of_rule, training

from lean_silicon.rules import Severity
from lean_silicon.rules.customization._ladder import _CUSTOMIZATIONS

FULL = {"Task": "fine-tuning", "Parameters": 8_000_000_000, "Precision": "bf16"}
ALL_RUNGS = [evidence("prompt-engineering"), evidence("rag"), evidence("peft")]


def fine_tuning(workload: dict[str, Any] | None = None, **declaration: Any) -> dict[str, Any]:
    return training("ml.trn1.32xlarge", FULL if workload is None else workload, **declaration)


def bedrock_job(kind: object) -> dict[str, Any]:
    return task("bedrock:createModelCustomizationJob.sync", {"CustomizationType": kind, "JobName": "claims"})


def test_without_evidence_it_is_an_error_that_names_each_rung(judged: Judge) -> None:
    [finding] = of_rule(judged(fine_tuning()), "CUS001")
    assert finding.severity is Severity.ERROR
    for rung in ("prompt-engineering", "rag", "peft"):
        assert f"{rung} has no entry" in finding.message


def test_evidence_that_every_cheaper_rung_fell_short_is_enough(judged: Judge) -> None:
    assert of_rule(judged(fine_tuning(Evidence=ALL_RUNGS)), "CUS001") == []


@pytest.mark.parametrize(
    "names", [("Prompting", "RAG", "LoRA"), ("prompt engineering", "retrieval_augmented_generation", "QLoRA")]
)
def test_rungs_go_by_their_usual_names(judged: Judge, names: tuple[str, ...]) -> None:
    assert of_rule(judged(fine_tuning(Evidence=[evidence(name) for name in names])), "CUS001") == []


def test_a_rung_that_reached_its_target_is_told(judged: Judge) -> None:
    [finding] = of_rule(judged(fine_tuning(Evidence=[*ALL_RUNGS[:2], evidence("peft", 0.9)])), "CUS001")
    assert "peft reached its target (0.9 of 0.85)" in finding.message
    assert "rag" not in finding.message.partition("fell short:")[2]


@pytest.mark.parametrize("score", [None, "good", True, [0.7], float("nan")])
def test_an_entry_without_a_score_below_a_target_shows_nothing(judged: Judge, score: Any) -> None:
    [finding] = of_rule(judged(fine_tuning(Evidence=[*ALL_RUNGS[:2], evidence("peft", score)])), "CUS001")
    assert "peft has no Score below a Target" in finding.message


def test_numbers_written_as_texts_count(judged: Judge) -> None:
    assert of_rule(judged(fine_tuning(Evidence=[*ALL_RUNGS[:2], evidence("peft", "0.8", "0.85")])), "CUS001") == []


@pytest.mark.parametrize(
    "workload",
    [
        {**FULL, "Task": "peft"},
        {**FULL, "Adapter": "lora"},
        {**FULL, "TrainableParameters": 20_000_000},
        {**FULL, "Task": "training"},
        {**FULL, "Task": "inference"},
    ],
)
def test_what_trains_a_part_or_something_else_passes(judged: Judge, workload: dict[str, Any]) -> None:
    assert of_rule(judged(fine_tuning(workload)), "CUS001") == []


def test_an_undeclared_training_job_is_not_judged(judged: Judge) -> None:
    assert of_rule(judged(training("ml.trn1.32xlarge")), "CUS001") == []


def test_a_fine_tuning_job_of_bedrock_is_a_warning_that_says_why(judged: Judge) -> None:
    [finding] = of_rule(judged(bedrock_job("FINE_TUNING")), "CUS001")
    assert finding.severity is Severity.WARNING
    assert "AWS does not say" in finding.message
    assert finding.property_path.endswith("Parameters.CustomizationType")


def test_a_fine_tuning_job_of_bedrock_needs_the_rungs_that_train_nothing(judged: Judge) -> None:
    assert of_rule(judged(declared(bedrock_job("FINE_TUNING"), Evidence=ALL_RUNGS[:2])), "CUS001") == []


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (
            "DISTILLATION",
            "distillation job of Amazon Bedrock is started, which fine-tunes a model on the answers of a larger one",
        ),
        ("REINFORCEMENT_FINE_TUNING", "reinforcement fine-tuning job of Amazon Bedrock is started"),
    ],
)
def test_distillation_and_reinforcement_fine_tune_too(judged: Judge, kind: str, says: str) -> None:
    [finding] = of_rule(judged(bedrock_job(kind)), "CUS001")
    assert finding.severity is Severity.WARNING
    assert says in finding.message
    assert of_rule(judged(declared(bedrock_job(kind), Evidence=ALL_RUNGS[:2])), "CUS001") == []


def test_every_kind_of_job_that_bedrock_knows_is_known() -> None:
    model = Session().get_service_model("bedrock").shape_for("CustomizationType")
    assert set(model.enum) - {"IMPORTED"} == set(_CUSTOMIZATIONS)


@pytest.mark.parametrize("kind", ["IMPORTED", "CONTINUED_PRE_TRAINING", "fine tuning", {"Ref": "Kind"}, *WRONG])
def test_other_and_unknown_kinds_of_jobs_pass(judged: Judge, kind: Any) -> None:
    assert of_rule(judged(bedrock_job(kind)), "CUS001") == []


def test_a_job_that_a_custom_resource_starts_is_found(judged: Judge) -> None:
    call = (
        '{"service":"Bedrock","action":"createModelCustomizationJob","parameters":{"customizationType":"FINE_TUNING"}}'
    )
    assert len(of_rule(judged({"Job": {"Type": "Custom::AWS", "Properties": {"Create": call}}}), "CUS001")) == 1


def test_the_workload_of_one_state_is_judged(judged: Judge) -> None:
    assert len(of_rule(judged(training("ml.trn1.32xlarge", Workloads={"Train": FULL})), "CUS001")) == 1


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_evidence_shows_nothing_and_is_no_exception(judged: Judge, wrong: Any) -> None:
    assert len(of_rule(judged(fine_tuning(Evidence=wrong)), "CUS001")) == 1
    entry = {"Rung": wrong, "Score": wrong, "Target": wrong, "Date": wrong}
    assert len(of_rule(judged(fine_tuning(Evidence=[entry])), "CUS001")) == 1
