"""MDL004: models have a last day."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG, agent, foundation_model, task
from sample_templates import Judge, of_rule

from lean_silicon.rules import Policy, Settings, Severity


@pytest.mark.parametrize(
    ("gone", "day"),
    [
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "2026-10-14"),
        ("anthropic.claude-v2:1", "2025-07-21"),
        (foundation_model("anthropic.claude-3-haiku-20240307-v1:0"), "2026-09-10"),
        ("anthropic.claude-3-haiku-20240307-v1:0:200k", "2026-09-10"),
    ],
)
def test_a_model_whose_last_day_is_over_is_a_warning(judged: Judge, gone: Any, day: str) -> None:
    [finding] = of_rule(judged(agent(gone)), "MDL004")
    assert finding.severity is Severity.WARNING
    assert f"was {day}: requests fail" in finding.message
    assert finding.sources


def test_a_model_whose_last_day_is_near_is_told_by_the_days_left(judged: Judge) -> None:
    [finding] = of_rule(judged(agent("anthropic.claude-opus-4-1-20250805-v1:0")), "MDL004")
    assert "is 2027-01-08, in 46 days" in finding.message


def test_how_near_is_near_is_a_setting(judged: Judge) -> None:
    later = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    assert of_rule(judged(agent(later)), "MDL004") == []
    policy = Policy(settings=Settings(model_notice_days=180))
    assert len(of_rule(judged(agent(later), policy=policy), "MDL004")) == 1


@pytest.mark.parametrize(
    "fine",
    [
        "amazon.nova-2-lite-v1:0",
        "acme.model-v1:0",
        "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/x",
    ],
)
def test_a_model_without_an_announced_last_day_passes(judged: Judge, fine: str) -> None:
    assert of_rule(judged(agent(fine)), "MDL004") == []


def test_a_day_known_for_one_profile_only_is_no_announcement(judged: Judge) -> None:
    assert of_rule(judged(agent("eu.anthropic.claude-haiku-4-5-20251001-v1:0")), "MDL004") == []


def test_embedding_models_and_the_bases_of_customization_have_last_days_too(judged: Judge) -> None:
    job = {"BaseModelIdentifier": foundation_model("cohere.command-text-v14"), "CustomizationType": "DISTILLATION"}
    machine = task("bedrock:createModelCustomizationJob.sync", {})
    machine["Machine"]["Properties"] = {
        "Definition": {
            "States": {
                "Run": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::bedrock:createModelCustomizationJob",
                    "Parameters": job,
                }
            }
        }
    }
    assert len(of_rule(judged(machine), "MDL004")) == 1


def test_a_model_is_told_once_however_often_it_is_named(judged: Judge) -> None:
    overrides = {
        "PromptConfigurations": [
            {"FoundationModel": "anthropic.claude-v2:1"},
            {"FoundationModel": "anthropic.claude-v2"},
        ]
    }
    found = of_rule(judged(agent("anthropic.claude-v2:1", PromptOverrideConfiguration=overrides)), "MDL004")
    assert len(found) == 2


def test_both_branches_of_a_condition_are_looked_at(judged: Judge) -> None:
    verdict = judged(
        agent({"Fn::If": ["Old", "anthropic.claude-v2:1", "amazon.nova-2-lite-v1:0"]}),
        Parameters={"Stage": {"Type": "String"}},
        Conditions={"Old": {"Fn::Equals": [{"Ref": "Stage"}, "old"]}},
    )
    assert "when Old is true" in of_rule(verdict, "MDL004")[0].message


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_a_finding_nor_an_exception(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(agent(wrong)), "MDL004") == []
