"""A router between two models of a family, for which the larger needs evidence."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from evaluation_templates import ACCOUNT, allowed, deployed, new_stack, template_of, the_resource

from lean_silicon.bedrock import EvaluationVerdict, PromptRouter
from lean_silicon.exceptions import InvalidValueError

LITE, PRO = "us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0"
ROUTER = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:prompt-router/a1b2c3d4e5f6"


def verdict(lite: float) -> EvaluationVerdict:
    names = {name: name.removeprefix("us.") for name in (LITE, PRO)}
    return EvaluationVerdict.from_mapping(
        {
            "version": 1,
            "evaluation": "s3://results/verdicts/first.json",
            "date": "2026-10-01",
            "target": 0.8,
            "chosen": LITE if lite >= 0.8 else PRO,
            "candidates": [
                {"candidate": LITE, "model": names[LITE], "score": lite},
                {"candidate": PRO, "model": names[PRO], "score": 0.9},
            ],
        }
    )


def router(**properties: Any) -> PromptRouter:
    return PromptRouter(new_stack(), "Router", **{"smaller": LITE, "larger": PRO, **properties})


def test_the_smaller_model_answers_unless_the_larger_is_worth_it() -> None:
    made = router(verdict=verdict(0.7), quality_difference=5)
    template = template_of(made)
    properties = the_resource(template, "AWS::Bedrock::IntelligentPromptRouter")["Properties"]
    arns = [f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/{name}" for name in (LITE, PRO)]
    assert [deployed(each["ModelArn"], template) for each in properties["Models"]] == arns
    assert deployed(properties["FallbackModel"]["ModelArn"], template) == arns[0]
    assert properties["RoutingCriteria"] == {"ResponseQualityDifference": 5}


def test_a_router_that_replaces_another_has_a_name_of_its_own() -> None:
    names = {
        the_resource(template_of(made), "AWS::Bedrock::IntelligentPromptRouter")["Properties"]["PromptRouterName"]
        for made in (
            router(reason="x"),
            router(reason="x", quality_difference=20),
            router(reason="x", smaller="us.amazon.nova-micro-v1:0"),
            router(reason="x", smaller=LITE.removeprefix("us.")),
        )
    }
    assert len(names) == 4
    assert all(len(name) <= 64 for name in names)


def test_the_evidence_for_the_larger_model_is_recorded() -> None:
    made = router(verdict=verdict(0.7))
    metadata = the_resource(template_of(made), "AWS::Bedrock::IntelligentPromptRouter")["Metadata"]["LeanSilicon"]
    assert [entry["Score"] for entry in metadata["Evidence"]] == [0.7, 0.9]
    assert len(made.evidence) == 2


def test_both_models_may_be_invoked_through_the_router_only() -> None:
    made = router(reason="contracts need the larger one")
    role = iam.Role(made, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    made.grant_invoke(role).assert_success()
    permissions = allowed(template_of(made), "Caller")
    assert {resource for _, resource, condition in permissions if not condition} == {ROUTER}
    behind = {resource for _, resource, condition in permissions if condition}
    assert behind == {
        *(f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/{name}" for name in (LITE, PRO)),
        *(
            f"arn:aws:bedrock:{region}::foundation-model/{name.removeprefix('us.')}"
            for region in ("us-east-1", "us-east-2", "us-west-2")
            for name in (LITE, PRO)
        ),
    }


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({}, "nothing says why"),
        ({"verdict": verdict(0.85)}, "met the target by itself"),
        ({"reason": "x", "larger": "us.anthropic.claude-haiku-4-5-20251001-v1:0"}, "between models of one family"),
        ({"reason": "x", "smaller": PRO, "larger": LITE}, "swap them"),
        ({"reason": "x", "larger": LITE}, "stands for both models"),
        ({"reason": "x", "quality_difference": 101}, "0 to 100 per cent"),
        ({"reason": "x", "larger": "eu.amazon.nova-pro-v1:0"}, "is not offered in us-east-1"),
    ],
)
def test_fails_for_pairs_and_evidence_that_do_not_fit(properties: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        router(**properties)
