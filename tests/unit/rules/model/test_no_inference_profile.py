"""MDL003: who spends what on a model can be told only by an application inference profile."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG, agent, foundation_model, task
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity

PROFILE = {
    "Profile": {
        "Type": "AWS::Bedrock::ApplicationInferenceProfile",
        "Properties": {
            "InferenceProfileName": "p",
            "ModelSource": {"CopyFrom": foundation_model("amazon.nova-2-lite-v1:0")},
        },
    }
}


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("amazon.nova-2-lite-v1:0", "the model itself"),
        ("us.amazon.nova-2-lite-v1:0", "cross-region inference profile of AWS"),
        ("arn:aws:bedrock:us-east-1:111122223333:inference-profile/eu.amazon.nova-2-lite-v1:0", "cross-region"),
        (foundation_model("acme.unheard-of-v1:0"), "the model itself"),
    ],
)
def test_a_model_named_by_itself_is_a_warning(judged: Judge, model: Any, says: str) -> None:
    [finding] = of_rule(judged(agent(model)), "MDL003")
    assert finding.severity is Severity.WARNING
    assert says in finding.message


@pytest.mark.parametrize(
    "model",
    [
        "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123",
        {"Fn::GetAtt": ["Profile", "InferenceProfileArn"]},
        {"Ref": "Profile"},
        {"Fn::Sub": "${Profile.InferenceProfileArn}"},
        "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc123",
        "arn:aws:bedrock:us-east-1:111122223333:imported-model/abc123",
        {"Fn::ImportValue": "profile"},
        {"Ref": "Model"},
    ],
)
def test_a_profile_a_model_of_ones_own_or_something_unknown_passes(judged: Judge, model: Any) -> None:
    verdict = judged({**agent(model), **PROFILE}, Parameters={"Model": {"Type": "String"}})
    assert of_rule(verdict, "MDL003") == []


def test_the_profile_itself_copies_from_a_model_and_passes(judged: Judge) -> None:
    assert of_rule(judged(PROFILE), "MDL003") == []


def test_embeddings_of_a_knowledge_base_take_no_profile_and_pass(judged: Judge) -> None:
    base = {"VectorKnowledgeBaseConfiguration": {"EmbeddingModelArn": foundation_model("amazon.titan-embed-text-v2:0")}}
    resources = {"Base": {"Type": "AWS::Bedrock::KnowledgeBase", "Properties": {"KnowledgeBaseConfiguration": base}}}
    assert of_rule(judged(resources), "MDL003") == []


def test_the_places_of_a_flow_are_one_finding(judged: Judge) -> None:
    def node(name: str) -> dict[str, Any]:
        inline = {"ModelId": "us.amazon.nova-2-lite-v1:0", "TemplateType": "TEXT"}
        return {
            "Name": name,
            "Type": "Prompt",
            "Configuration": {"Prompt": {"SourceConfiguration": {"Inline": inline}}},
        }

    flow = {"Type": "AWS::Bedrock::Flow", "Properties": {"Definition": {"Nodes": [node("a"), node("b"), node("c")]}}}
    [finding] = of_rule(judged({"Flow": flow}), "MDL003")
    assert (
        finding.property_path
        == "Properties.Definition.Nodes[0].Configuration.Prompt.SourceConfiguration.Inline.ModelId"
    )
    assert "2 other places" in finding.message


def test_calls_of_state_machines_are_judged_where_the_model_is_known(judged: Judge) -> None:
    assert (
        len(
            of_rule(
                judged(task("aws-sdk:bedrockruntime:converse", {"ModelId": "us.amazon.nova-2-lite-v1:0"})), "MDL003"
            )
        )
        == 1
    )
    assert of_rule(judged(task("bedrock:invokeModel", {"ModelId.$": "$.model"})), "MDL003") == []
    assert of_rule(judged(task("bedrock:invokeModel", {"ModelId": "{% $states.input.model %}"})), "MDL003") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_a_finding_nor_an_exception(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(agent(wrong)), "MDL003") == []
    assert (
        of_rule(judged({"Prompt": {"Type": "AWS::Bedrock::Prompt", "Properties": {"Variants": wrong}}}), "MDL003") == []
    )
