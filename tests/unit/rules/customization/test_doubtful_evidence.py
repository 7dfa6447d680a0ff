"""CUS003: evidence ages, and may speak against the choice."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG, agent, declared, evidence, task
from sample_templates import Judge, of_rule, training

from lean_silicon.rules import Policy, Settings, Severity

MODEL = "amazon.nova-2-lite-v1:0"


def with_evidence(*entries: Any) -> dict[str, Any]:
    return declared(agent(MODEL), Evidence=list(entries))


def test_old_evidence_is_a_warning_with_its_age(judged: Judge) -> None:
    [finding] = of_rule(judged(with_evidence(evidence("rag", date="2025-11-22"))), "CUS003")
    assert finding.severity is Severity.WARNING
    assert "the entry for rag is 366 days old" in finding.message


def test_evidence_counts_on_its_last_day(judged: Judge) -> None:
    assert of_rule(judged(with_evidence(evidence("rag", date="2025-11-23"))), "CUS003") == []


def test_how_old_is_old_is_a_setting(judged: Judge) -> None:
    policy = Policy(settings=Settings(evidence_days=30))
    assert len(of_rule(judged(with_evidence(evidence("rag")), policy=policy), "CUS003")) == 1


def test_evidence_from_the_future_is_doubtful(judged: Judge) -> None:
    assert "not yet" in of_rule(judged(with_evidence(evidence("rag", date="2026-11-24"))), "CUS003")[0].message


def test_a_date_that_is_none_is_told(judged: Judge) -> None:
    assert "no ISO date" in of_rule(judged(with_evidence(evidence("rag", date="last spring"))), "CUS003")[0].message


def test_an_entry_without_a_date_says_nothing(judged: Judge) -> None:
    assert of_rule(judged(with_evidence({"Rung": "rag", "Score": 0.7, "Target": 0.8})), "CUS003") == []


@pytest.mark.parametrize("declared_task", ["peft", "fine-tuning", "pre-training"])
def test_a_cheaper_rung_that_reached_its_target_contradicts(judged: Judge, declared_task: str) -> None:
    verdict = judged(training("ml.trn1.32xlarge", {"Task": declared_task}, Evidence=[evidence("rag", 0.9)]))
    [finding] = of_rule(verdict, "CUS003")
    assert "the entry for rag reached its target (0.9 of 0.85)" in finding.message
    assert declared_task in finding.message


def test_the_chosen_rung_may_reach_its_target(judged: Judge) -> None:
    verdict = judged(training("ml.trn1.32xlarge", {"Task": "peft"}, Evidence=[evidence("rag"), evidence("peft", 0.9)]))
    assert of_rule(verdict, "CUS003") == []


def test_a_model_that_was_evaluated_and_is_good_enough_contradicts_nothing(judged: Judge) -> None:
    assert of_rule(judged(with_evidence(evidence("rag", 0.9))), "CUS003") == []


def test_a_job_of_bedrock_is_contradicted_too(judged: Judge) -> None:
    job = task("bedrock:createModelCustomizationJob", {"CustomizationType": "CONTINUED_PRE_TRAINING"})
    assert len(of_rule(judged(declared(job, Evidence=[evidence("peft", 0.9)])), "CUS003")) == 1


def test_all_doubts_of_a_resource_are_one_finding(judged: Judge) -> None:
    [finding] = of_rule(
        judged(with_evidence(evidence("rag", date="2020-01-01"), evidence("peft", date="2030-01-01"))), "CUS003"
    )
    assert "rag" in finding.message
    assert "peft" in finding.message


def test_evidence_that_the_template_computes_is_read(judged: Judge) -> None:
    entry = {**evidence("rag"), "Date": {"Ref": "Evaluated"}}
    verdict = judged(with_evidence(entry), Parameters={"Evaluated": {"Type": "String", "Default": "2024-01-01"}})
    assert len(of_rule(verdict, "CUS003")) == 1


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_evidence_is_no_exception(judged: Judge, wrong: Any) -> None:
    judged(declared(agent(MODEL), Evidence=wrong))
    judged(with_evidence({"Rung": wrong, "Score": wrong, "Target": wrong, "Date": wrong}))
