"""The first rung is a prompt whose constant part is kept, in a version that does not change."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_iam as iam
from ladder_templates import (
    LLAMA,
    NOVA,
    allowed,
    choice,
    new_ladder,
    new_stack,
    resolved,
    resources_of,
    template_of,
    the_resource,
)

from lean_silicon.bedrock import ModelChoice
from lean_silicon.bedrock.ladder import PromptEngineering
from lean_silicon.exceptions import InvalidValueError


def prompt(
    stack: Stack | None = None, *, model: str = NOVA, ladder_model: str | None = None, **properties: Any
) -> PromptEngineering:
    scope = stack or new_stack()
    given = {
        "ladder": new_ladder(scope, model=ladder_model or model),
        "model": choice(scope, model),
        "instructions": "Answer questions about claims.",
        "question": "Claim: {{claim}}\nQuestion: {{question}}",
        **properties,
    }
    return PromptEngineering(scope, "Prompt", **given)


def variant_of(construct: PromptEngineering) -> dict[str, Any]:
    [variant] = the_resource(template_of(construct), "AWS::Bedrock::Prompt")["Properties"]["Variants"]
    return dict(variant)


def test_the_instructions_are_kept_between_requests_where_bedrock_does_so() -> None:
    construct = prompt(examples=[("Is hail covered?", "Yes, from 2 cm.")])
    chat = variant_of(construct)["TemplateConfiguration"]["Chat"]
    assert chat["System"] == [{"Text": "Answer questions about claims."}, {"CachePoint": {"Type": "default"}}]
    assert [each["Role"] for each in chat["Messages"]] == ["user", "assistant", "user"]
    assert chat["InputVariables"] == [{"Name": "claim"}, {"Name": "question"}]
    assert construct.is_cached


@pytest.mark.parametrize(
    ("model", "kept"),
    [
        (NOVA, True),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", True),
        ("mistral.mistral-7b-instruct-v0:2", False),
        (LLAMA, False),
    ],
)
def test_caching_is_the_default_only_where_bedrock_does_it(model: str, kept: bool) -> None:
    assert prompt(model=model).is_cached is kept


def test_a_choice_of_another_stack_is_prompted_too() -> None:
    stack = new_stack()
    arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefghijkl"
    imported = ModelChoice.from_inference_profile_arn(stack, "Imported", arn, model=NOVA)
    ladder = new_ladder(stack, model=imported)
    assert ladder.model == NOVA
    made = PromptEngineering(stack, "Prompt", ladder=ladder, model=imported, instructions="Answer.", question="{{it}}")
    assert variant_of(made)["ModelId"] == arn


def test_fails_on_a_model_that_was_chosen_in_another_region() -> None:
    app = App(analytics_reporting=False)
    home, away = (
        Stack(app, name, env=Environment(account="111122223333", region=region))
        for name, region in (("Home", "us-east-1"), ("Away", "eu-west-1"))
    )
    with pytest.raises(InvalidValueError, match="is in us-east-1, and Bedrock in eu-west-1"):
        PromptEngineering(
            away,
            "Prompt",
            ladder=new_ladder(away, model=NOVA),
            model=choice(home, NOVA),
            instructions="Answer.",
            question="{{it}}",
        )


def test_caching_can_be_left_out() -> None:
    assert len(variant_of(prompt(cached=False))["TemplateConfiguration"]["Chat"]["System"]) == 1


def test_a_model_that_is_not_known_to_cache_is_asked_to_where_you_say_so() -> None:
    assert len(variant_of(prompt(model=LLAMA, cached=True))["TemplateConfiguration"]["Chat"]["System"]) == 2


def test_the_model_is_reached_through_its_own_profile_and_answers_are_cut_off() -> None:
    variant = resolved(variant_of(prompt()))
    assert ":application-inference-profile/" in variant["ModelId"]
    assert variant["InferenceConfiguration"]["Text"] == {"MaxTokens": 1024, "Temperature": 0}


def test_a_changed_prompt_is_a_new_version_and_the_old_one_stays() -> None:
    first = resources_of(template_of(prompt()), "AWS::Bedrock::PromptVersion")
    second = resources_of(template_of(prompt(question="Claim: {{claim}}")), "AWS::Bedrock::PromptVersion")
    assert set(first).isdisjoint(second)
    assert all(each["DeletionPolicy"] == "Retain" for each in first.values())


def test_a_user_of_the_prompt_may_read_it_and_ask_its_model() -> None:
    stack = new_stack()
    user = iam.Role(stack, "User", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    construct = prompt(stack)
    construct.grant_use(user)
    granted = allowed(template_of(stack), "UserDefaultPolicy")
    assert {action for action, _ in granted} == {
        "bedrock:GetInferenceProfile",
        "bedrock:GetPrompt",
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
        "bedrock:RenderPrompt",
    }
    assert all("*" not in resource for _, resource in granted)


def test_fails_on_a_prompt_for_another_model_than_the_ladders() -> None:
    with pytest.raises(InvalidValueError, match=f"for {NOVA}, but its ladder is about {LLAMA}"):
        prompt(ladder_model=LLAMA)


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"instructions": " "}, "instructions of the prompt are empty"),
        ({"question": ""}, "question of the prompt are empty"),
        ({"instructions": "Answer {{name}}."}, "have the variable 'name'"),
        ({"question": " ".join(f"{{{{v{n}}}}}" for n in range(21))}, "has 21 variables; Bedrock takes 20"),
        ({"examples": [("a", "b")] * 51}, "shows 51 examples"),
        ({"temperature": 1.5}, "temperature is 1.5"),
        ({"max_written_tokens": 0}, "max_written_tokens is 0"),
    ],
)
def test_fails_on_a_prompt_that_bedrock_would_refuse(properties: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        prompt(**properties)
