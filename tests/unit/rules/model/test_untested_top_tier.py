"""MDL001: a dear model wants an evaluation on record."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG, agent, declared, evidence, foundation_model, task
from sample_templates import Judge, of_rule

from lean_silicon.rules import Policy, Settings, Severity

OPUS = "anthropic.claude-opus-5"


def test_a_top_tier_agent_is_a_warning_that_names_its_price_and_smaller_models(judged: Judge) -> None:
    [finding] = of_rule(judged(agent(OPUS)), "MDL001")
    assert finding.severity is Severity.WARNING
    assert finding.property_path == "Properties.FoundationModel"
    assert "25 USD" in finding.message
    assert finding.suggestion is not None
    assert "anthropic.claude-sonnet-5-5 (10 USD)" in finding.suggestion.text
    assert "anthropic.claude-haiku-5-5 (0.5 USD)" in finding.suggestion.text


@pytest.mark.parametrize(
    "named",
    [f"us.{OPUS}", f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.{OPUS}", foundation_model(OPUS)],
)
def test_a_model_is_known_behind_profiles_and_arns(judged: Judge, named: Any) -> None:
    assert len(of_rule(judged(agent(named)), "MDL001")) == 1


def test_a_model_is_known_where_the_region_of_its_arn_is_not(judged: Judge) -> None:
    [finding] = of_rule(judged(agent(foundation_model(OPUS)), region=None), "MDL001")
    assert OPUS in finding.message


@pytest.mark.parametrize(
    "modest",
    [
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "amazon.nova-2-lite-v1:0",
        "anthropic.claude-sonnet-5-5",
        "acme.giant-v1:0",
    ],
)
def test_a_small_or_unknown_model_passes(judged: Judge, modest: str) -> None:
    assert of_rule(judged(agent(modest)), "MDL001") == []


def test_recorded_evaluation_is_enough(judged: Judge) -> None:
    assert of_rule(judged(declared(agent(OPUS), Evidence=[evidence("claude-haiku-5-5")])), "MDL001") == []


def test_an_entry_without_evaluation_or_score_is_no_evidence(judged: Judge) -> None:
    assert len(of_rule(judged(declared(agent(OPUS), Evidence=[{"Rung": "rag", "Evaluation": " "}])), "MDL001")) == 1


def test_the_limit_is_a_setting(judged: Judge) -> None:
    policy = Policy(settings=Settings(top_tier_usd_per_million_tokens=50))
    assert of_rule(judged(agent(OPUS), policy=policy), "MDL001") == []


def test_a_user_of_a_profile_of_the_template_is_judged_at_the_profile(judged: Judge) -> None:
    profile = {
        "Type": "AWS::Bedrock::ApplicationInferenceProfile",
        "Properties": {"InferenceProfileName": "p", "ModelSource": {"CopyFrom": foundation_model(OPUS)}},
    }
    verdict = judged({**agent({"Fn::GetAtt": ["Profile", "InferenceProfileArn"]}), "Profile": profile})
    assert [finding.resource.logical_id for finding in of_rule(verdict, "MDL001")] == ["Profile"]


def test_a_call_of_a_state_machine_is_judged(judged: Judge) -> None:
    [finding] = of_rule(judged(task("bedrock:invokeModel", {"ModelId": f"us.{OPUS}"})), "MDL001")
    assert finding.property_path.endswith("Parameters.ModelId")


def test_both_branches_of_a_condition_are_looked_at(judged: Judge) -> None:
    verdict = judged(
        agent({"Fn::If": ["IsProduction", OPUS, "amazon.nova-2-lite-v1:0"]}),
        Parameters={"Stage": {"Type": "String"}},
        Conditions={"IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
    )
    assert "when IsProduction is true" in of_rule(verdict, "MDL001")[0].message


def test_a_default_is_judged_and_named_as_one(judged: Judge) -> None:
    verdict = judged(agent({"Ref": "Model"}), Parameters={"Model": {"Type": "String", "Default": OPUS}})
    assert "default of parameter Model" in of_rule(verdict, "MDL001")[0].message


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_a_finding_nor_an_exception(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(agent(wrong)), "MDL001") == []
    assert (
        of_rule(judged({"Flow": {"Type": "AWS::Bedrock::Flow", "Properties": {"Definition": wrong}}}), "MDL001") == []
    )
