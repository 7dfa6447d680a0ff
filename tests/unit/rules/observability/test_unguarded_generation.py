"""OBS006: generated text passes a guardrail, as far as a template shows."""

from __future__ import annotations

from typing import Any

import pytest
from sample_bedrock import WRONG, agent, foundation_model, task
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity

MODEL = "us.amazon.nova-2-lite-v1:0"
NONE = {"Ref": "AWS::NoValue"}
GUARDRAIL = {"GuardrailIdentifier": "gr1", "GuardrailVersion": "1"}


def flow(**configuration: Any) -> dict[str, Any]:
    nodes = [{"Name": "In", "Type": "Input"}, {"Name": "Ask", "Type": "Prompt", "Configuration": configuration}]
    return {"Flow": {"Type": "AWS::Bedrock::Flow", "Properties": {"Definition": {"Nodes": nodes, "Connections": []}}}}


def prompt(**more: Any) -> dict[str, Any]:
    return {"SourceConfiguration": {"Inline": {"ModelId": MODEL, "TemplateType": "TEXT"}}, **more}


def test_an_agent_without_guardrail_is_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(agent(MODEL, GuardrailConfiguration=NONE)), "OBS006")
    assert finding.severity is Severity.WARNING
    assert finding.property_path == "Properties.GuardrailConfiguration"


@pytest.mark.parametrize("value", [GUARDRAIL, {"Ref": "Guardrail"}, {"Fn::If": ["IsProduction", GUARDRAIL, NONE]}])
def test_an_agent_with_a_guardrail_or_perhaps_one_passes(judged: Judge, value: Any) -> None:
    verdict = judged(
        agent(MODEL, GuardrailConfiguration=value),
        Parameters={"Stage": {"Type": "String"}},
        Conditions={"IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
    )
    assert of_rule(verdict, "OBS006") == []


def test_a_prompt_node_without_guardrail_is_named(judged: Judge) -> None:
    [finding] = of_rule(judged(flow(Prompt=prompt())), "OBS006")
    assert "The node Ask of the flow" in finding.message
    assert finding.property_path == "Properties.Definition.Nodes[1].Configuration.Prompt"


def test_a_guarded_flow_passes(judged: Judge) -> None:
    assert of_rule(judged(flow(Prompt=prompt(GuardrailConfiguration=GUARDRAIL))), "OBS006") == []


def test_a_knowledge_base_that_only_retrieves_passes(judged: Judge) -> None:
    assert of_rule(judged(flow(KnowledgeBase={"KnowledgeBaseId": "kb"})), "OBS006") == []
    assert len(of_rule(judged(flow(KnowledgeBase={"KnowledgeBaseId": "kb", "ModelId": MODEL})), "OBS006")) == 1


def test_a_call_that_writes_text_is_judged(judged: Judge) -> None:
    assert (
        len(
            of_rule(
                judged(task("bedrock:invokeModel", {"ModelId": foundation_model("amazon.nova-2-lite-v1:0")})), "OBS006"
            )
        )
        == 1
    )
    assert (
        of_rule(judged(task("bedrock:invokeModel", {"ModelId": MODEL, "GuardrailIdentifier": "gr1"})), "OBS006") == []
    )
    converse = {"ModelId": MODEL, "GuardrailConfig": GUARDRAIL}
    assert of_rule(judged(task("aws-sdk:bedrockruntime:converse", converse)), "OBS006") == []


@pytest.mark.parametrize("model", ["amazon.titan-embed-text-v2:0", "amazon.nova-canvas-v1:0", "acme.unheard-of-v1:0"])
def test_a_call_that_writes_no_text_or_nobody_knows_what_passes(judged: Judge, model: str) -> None:
    assert of_rule(judged(task("bedrock:invokeModel", {"ModelId": model})), "OBS006") == []


def test_a_customization_job_writes_no_text(judged: Judge) -> None:
    job = {"BaseModelIdentifier": MODEL, "CustomizationType": "DISTILLATION"}
    assert of_rule(judged(task("bedrock:createModelCustomizationJob", job)), "OBS006") == []


def test_an_account_that_enforces_a_guardrail_passes(judged: Judge) -> None:
    enforced = {"Enforced": {"Type": "AWS::Bedrock::EnforcedGuardrailConfiguration", "Properties": GUARDRAIL}}
    assert of_rule(judged({**agent(MODEL, GuardrailConfiguration=NONE), **enforced}), "OBS006") == []


def test_runtimes_and_functions_are_not_judged(judged: Judge) -> None:
    resources = {
        "Runtime": {"Type": "AWS::BedrockAgentCore::Runtime", "Properties": {"AgentRuntimeName": "claims"}},
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Environment": {"Variables": {"MODEL_ID": MODEL}}},
        },
    }
    assert of_rule(judged(resources), "OBS006") == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_no_exception(judged: Judge, wrong: Any) -> None:
    judged(agent(wrong, GuardrailConfiguration=wrong))
    judged(flow(Prompt=wrong, KnowledgeBase=wrong))
    judged({"Flow": {"Type": "AWS::Bedrock::Flow", "Properties": {"Definition": wrong}}})
    judged(task("bedrock:invokeModel", {"ModelId": wrong, "GuardrailIdentifier": wrong}))
