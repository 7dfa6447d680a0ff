"""Choices and evaluations pass every judge, and the rules on models find what the usual way does."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from aws_cdk import Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct
from evaluation_templates import ACCOUNT, JUDGE, US_EAST_1, evaluation, prompts
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings, verdict

from lean_silicon.bedrock import (
    DailyBudget,
    EvaluationVerdict,
    Human,
    HumanMetric,
    JudgeMetric,
    KnowledgeBaseRetrieval,
    LlmJudge,
    ModelChoice,
    Programmatic,
    PromptRouter,
    RatingMethod,
    RetrievalEvaluation,
    TaskType,
)

OPUS, HAIKU = "anthropic.claude-opus-5", "anthropic.claude-haiku-4-5-20251001-v1:0"
TEAM = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:flow-definition/claims-team"
MODEL_RULES = {"MDL001", "MDL002", "MDL003", "MDL004"}
VERDICT = EvaluationVerdict.from_mapping(
    {
        "version": 1,
        "evaluation": "s3://results/verdicts/first.json",
        "date": (date.today() - timedelta(days=30)).isoformat(),
        "target": 0.8,
        "chosen": OPUS,
        "candidates": [
            {"candidate": HAIKU, "model": HAIKU, "score": 0.71},
            {"candidate": OPUS, "model": OPUS, "score": 0.86},
        ],
    }
)


def choices(stack: Stack) -> None:
    """An agent that answers with a top-tier model that was evaluated, a role that may invoke it, a router, a budget."""
    choice = ModelChoice(
        stack, "Choice", model=OPUS, verdict=VERDICT, tags={"team": "claims"}, budget=DailyBudget(20, [topic(stack)])
    )
    choice.grant_invoke(iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")))
    prompt(stack, choice.inference_profile_arn)
    ModelChoice(stack, "Reasoned", model=OPUS, reason="Until the evaluation of the smaller ones, due in December")
    router = PromptRouter(
        stack,
        "Router",
        smaller="us.amazon.nova-lite-v1:0",
        larger="us.amazon.nova-pro-v1:0",
        reason="One claim in ten is a contract that only the larger one reads well",
    )
    router.grant_invoke(iam.Role(stack, "Routed", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")))


def topic(stack: Stack) -> sns.ITopic:
    return sns.Topic.from_topic_arn(stack, "Topic", f"arn:aws:sns:us-east-1:{ACCOUNT}:costs")


def prompt(stack: Stack, model_id: str) -> None:
    template = bedrock.CfnPrompt.PromptTemplateConfigurationProperty(
        text=bedrock.CfnPrompt.TextPromptTemplateConfigurationProperty(text="Summarise the claim.")
    )
    variant = bedrock.CfnPrompt.PromptVariantProperty(
        name="main", template_type="TEXT", template_configuration=template, model_id=model_id
    )
    bedrock.CfnPrompt(stack, "Prompt", name="summarise", variants=[variant], default_variant="main")


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app of choices and of evaluations by every technique; synthesis fails where a judge finds an error."""
    folder = tmp_path_factory.mktemp("judged") / "cdk.out"
    app = judged_app(folder.parent)
    choices(Stack(app, "Choices", env=US_EAST_1))
    evaluations = Stack(app, "Evaluations", env=US_EAST_1)
    tone = JudgeMetric("Tone", "Is it polite? {{prompt}} {{prediction}}", {"rude": 0, "polite": 1})
    likert = HumanMetric("Helpfulness", RatingMethod.INDIVIDUAL_LIKERT_SCALE)
    for name, properties in {
        "Judge": {"technique": LlmJudge(JUDGE, custom_metrics=[tone])},
        "Programs": {"technique": Programmatic(TaskType.QUESTION_AND_ANSWER, metrics=["Accuracy", "Robustness"])},
        "People": {"technique": Human(TEAM, metrics=[likert], instructions="Rate the answers.")},
        "Grounded": {"knowledge_base": KnowledgeBaseRetrieval("ABCDEFGHIJ")},
    }.items():
        evaluation(Construct(evaluations, name), **properties)
    RetrievalEvaluation(
        evaluations,
        "Passages",
        knowledge_base_id="ABCDEFGHIJ",
        prompts=prompts(evaluations),
        judge=LlmJudge(JUDGE),
        target=0.7,
    )
    app.synth()
    return folder


@pytest.fixture(scope="module")
def usual_way(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The rules that find something in what is usually written."""
    folder = tmp_path_factory.mktemp("usual") / "cdk.out"
    app = judged_app(folder.parent)
    stack = Stack(app, "Usual", env=US_EAST_1)
    prompt(stack, f"us.{OPUS}")
    role = iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(iam.PolicyStatement(actions=["bedrock:InvokeModel*"], resources=["*"]))
    bedrock.CfnApplicationInferenceProfile(
        stack,
        "Old",
        inference_profile_name="old",
        model_source=bedrock.CfnApplicationInferenceProfile.InferenceProfileModelSourceProperty(
            copy_from="arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0"
        ),
    )
    with pytest.raises(RuntimeError):
        app.synth()
    return {rule for rule, _ in open_findings(folder)}


def test_our_own_rules_find_nothing(assembly: Path) -> None:
    assert open_findings(assembly) == []


def test_what_was_accepted_is_a_reason_instead_of_an_evaluation_and_the_routers_models(assembly: Path) -> None:
    accepted = {(each["rule"], each["acknowledged"]["reason"]) for each in verdict(assembly)["findings"]}
    assert {rule for rule, _ in accepted} == {"MDL001", "MDL003"}
    assert ("MDL001", "Until the evaluation of the smaller ones, due in December") in accepted


def test_cdk_nag_finds_nothing_that_has_no_reason(assembly: Path) -> None:
    report = nag_report(assembly)
    assert report["violations"] == []
    assert report["suppressedViolations"]


def test_cloudformation_takes_it(assembly: Path) -> None:
    assert cloudformation_findings(assembly) == []


def test_cfn_lint_finds_nothing(assembly: Path) -> None:
    assert cfn_lint_findings(assembly) == []


@pytest.mark.parametrize("rule", sorted(MODEL_RULES))
def test_the_usual_way_fails_each_rule_on_models(usual_way: set[str], rule: str) -> None:
    assert rule in usual_way
