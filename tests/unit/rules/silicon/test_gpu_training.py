"""SIL001: an error only where the evidence agrees."""

from __future__ import annotations

import pytest
from sample_templates import Judge, instance, of_rule, training

from lean_silicon.catalog import Evidence
from lean_silicon.rules import Severity


def test_a_p4d_job_is_an_error_that_names_trn1_what_it_saves_and_why(judged: Judge) -> None:
    [finding] = of_rule(judged(training("ml.p4d.24xlarge")), "SIL001")
    assert finding.severity is Severity.ERROR
    assert finding.evidence is Evidence.VENDOR_CLAIM
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type == "ml.trn1.32xlarge"
    assert finding.suggestion.saves is not None
    assert finding.suggestion.saves.cost is not None
    assert finding.suggestion.saves.cost.likely > 0
    assert any("25" in source and "BERT" in source for source in finding.sources)
    assert "assumed from AWS::StepFunctions::StateMachine" in finding.message


def test_a_declared_task_is_not_said_to_be_assumed(judged: Judge) -> None:
    [finding] = of_rule(judged(training("ml.p4d.24xlarge", {"Task": "pre-training"})), "SIL001")
    assert "for pre-training (declared)" in finding.message


@pytest.mark.parametrize("newer", ["ml.p5.48xlarge", "ml.g6e.12xlarge", "ml.g6.12xlarge"])
def test_a_gpu_that_came_after_the_claim_is_at_most_a_warning_with_its_doubts(judged: Judge, newer: str) -> None:
    for finding in of_rule(judged(training(newer)), "SIL001"):
        assert finding.severity is Severity.WARNING
        assert "No clear difference" in finding.message


@pytest.mark.parametrize("fine", ["ml.trn1.32xlarge", "ml.trn1.2xlarge", "ml.c7g.4xlarge", "ml.m5.xlarge"])
def test_silicon_that_is_no_gpu_passes(judged: Judge, fine: str) -> None:
    assert of_rule(judged(training(fine)), "SIL001") == []


def test_a_gpu_whose_purpose_nobody_knows_is_not_judged(judged: Judge) -> None:
    assert of_rule(judged(instance("p4d.24xlarge")), "SIL001") == []


def test_a_declared_training_machine_of_ec2_is_judged(judged: Judge) -> None:
    [finding] = of_rule(judged(instance("p4d.24xlarge", {"Task": "training"})), "SIL001")
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type == "trn1.32xlarge"


def test_where_trainium_is_not_offered_nothing_is_suggested(judged: Judge) -> None:
    assert of_rule(judged(training("ml.p4d.24xlarge"), region="af-south-1"), "SIL001") == []


def test_without_a_region_the_finding_says_so(judged: Judge) -> None:
    [finding] = of_rule(judged(training("ml.p4d.24xlarge"), region=None), "SIL001")
    assert "the template names no region" in finding.message
