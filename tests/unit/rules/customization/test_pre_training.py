"""CUS002: pre-training stands at the top of the ladder."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG, declared, evidence, task
from sample_templates import Judge, instance, of_rule, training

from lean_silicon.rules import Severity

ALL_RUNGS = [evidence("prompt-engineering"), evidence("rag"), evidence("peft")]


def job(kind: object) -> dict[str, Any]:
    return task("bedrock:createModelCustomizationJob.sync", {"CustomizationType": kind, "JobName": "claims"})


@pytest.mark.parametrize("declared_task", ["pre-training", "continued-pre-training"])
def test_a_declared_pre_training_is_an_error(judged: Judge, declared_task: str) -> None:
    [finding] = of_rule(judged(training("ml.trn1.32xlarge", {"Task": declared_task})), "CUS002")
    assert finding.severity is Severity.ERROR
    assert declared_task in finding.message


def test_it_is_found_on_machines_of_ones_own_too(judged: Judge) -> None:
    assert len(of_rule(judged(instance("trn1.32xlarge", {"Task": "pre-training"})), "CUS002")) == 1


def test_a_job_of_bedrock_is_an_error(judged: Judge) -> None:
    [finding] = of_rule(judged(job("CONTINUED_PRE_TRAINING")), "CUS002")
    assert finding.severity is Severity.ERROR
    assert "continued-pre-training job of Amazon Bedrock" in finding.message


def test_evidence_for_the_cheaper_rungs_is_enough(judged: Judge) -> None:
    assert of_rule(judged(declared(job("CONTINUED_PRE_TRAINING"), Evidence=ALL_RUNGS)), "CUS002") == []
    assert of_rule(judged(training("ml.trn1.32xlarge", {"Task": "pre-training"}, Evidence=ALL_RUNGS)), "CUS002") == []


def test_evidence_for_some_rungs_is_not(judged: Judge) -> None:
    [finding] = of_rule(judged(declared(job("CONTINUED_PRE_TRAINING"), Evidence=ALL_RUNGS[:2])), "CUS002")
    assert "peft has no entry" in finding.message


def test_a_choice_made_at_deployment_is_told_by_its_condition_or_not_at_all(judged: Judge) -> None:
    choice = {"Fn::If": ["More", "CONTINUED_PRE_TRAINING", "DISTILLATION"]}
    sections = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"More": {"Fn::Equals": [{"Ref": "Stage"}, "x"]}},
    }
    machine = {
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "Definition": {
                    "States": {
                        "Run": {
                            "Type": "Task",
                            "Resource": "arn:aws:states:::bedrock:createModelCustomizationJob",
                            "Parameters": {"CustomizationType": choice},
                        }
                    }
                }
            },
        }
    }
    assert len(of_rule(judged(machine, **sections), "CUS002")) == 1


@pytest.mark.parametrize("kind", ["FINE_TUNING", "DISTILLATION", *WRONG])
def test_other_and_wrong_kinds_of_jobs_pass(judged: Judge, kind: Any) -> None:
    assert of_rule(judged(job(kind)), "CUS002") == []
