"""Every technique's jobs are requests that the service model takes, strictly: names, lengths, patterns and choices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aws_cdk.assertions import Annotations, Match
from evaluation_templates import ACCOUNT, JUDGE, NOVA, evaluation, new_stack, prompts, requests_of, template_of
from service_model import refusals

from lean_silicon.bedrock import (
    BedrockModel,
    Human,
    HumanMetric,
    JudgeMetric,
    KnowledgeBaseRetrieval,
    LlmJudge,
    Programmatic,
    PromptDataset,
    RatingMethod,
    RetrievalEvaluation,
    TaskType,
    Traffic,
)
from lean_silicon.exceptions import InvalidValueError

TEAM = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:flow-definition/claims-team"
TONE = JudgeMetric("Tone", "Is it polite? {{prompt}} {{prediction}}", {"rude": 0, "curt": 0.5, "polite": 1})
HELP = HumanMetric("Helpfulness", RatingMethod.INDIVIDUAL_LIKERT_SCALE, "Does it help?")
# The guide's own examples have it for judges, and the service takes it; its model's list of task types does not have it.
GENERAL = "'General' is not among"

TECHNIQUES = {
    "judge": {"technique": LlmJudge(JUDGE)},
    "judge with metrics of one's own": {
        "technique": LlmJudge(JUDGE, metrics=["Builtin.Helpfulness"], custom_metrics=[TONE])
    },
    "judge with metrics of one's own only": {"technique": LlmJudge(JUDGE, metrics=[], custom_metrics=[TONE])},
    "questions": {
        "technique": Programmatic(TaskType.QUESTION_AND_ANSWER, metrics=["Accuracy", "Robustness", "Toxicity"])
    },
    "summaries": {"technique": Programmatic(TaskType.SUMMARIZATION, metrics=["Accuracy", "Robustness"])},
    "generation": {"technique": Programmatic(TaskType.GENERATION, metrics=["Accuracy", "Toxicity"])},
    "classes": {"technique": Programmatic(TaskType.CLASSIFICATION)},
    "people": {
        "technique": Human(
            TEAM, metrics=[HELP, HumanMetric("Right", RatingMethod.THUMBS_UP_DOWN)], instructions="Rate."
        )
    },
    "grounded answers": {"technique": LlmJudge(JUDGE), "knowledge_base": KnowledgeBaseRetrieval("ABCDEFGHIJ", 8)},
    "global profiles": {
        "technique": LlmJudge(f"global.{JUDGE.removeprefix('us.')}"),
        "candidates": ["global.anthropic.claude-haiku-4-5-20251001-v1:0", "meta.llama3-3-70b-instruct-v1:0"],
    },
}


@pytest.mark.parametrize("name", TECHNIQUES)
def test_the_service_takes_the_jobs_of_every_technique(name: str) -> None:
    requests = requests_of(template_of(evaluation(**TECHNIQUES[name])))
    for request in requests.values():
        assert [each for each in refusals("bedrock", "CreateEvaluationJob", request) if GENERAL not in each] == []


def test_the_service_takes_the_jobs_of_an_evaluation_of_passages() -> None:
    stack = new_stack()
    made = RetrievalEvaluation(
        stack,
        "Passages",
        knowledge_base_id="ABCDEFGHIJ",
        prompts=prompts(stack),
        judge=LlmJudge(JUDGE, metrics=["ContextRelevance", "ContextCoverage"]),
        target=0.7,
        passages=[10, 3, 5],
    )
    requests = requests_of(template_of(made))
    assert list(requests) == ["3 passages", "5 passages", "10 passages"]
    for request in requests.values():
        assert request["applicationType"] == "RagEvaluation"
        assert [each for each in refusals("bedrock", "CreateEvaluationJob", request) if GENERAL not in each] == []


def test_a_candidate_is_named_by_its_id_where_the_region_serves_it_else_by_its_profile() -> None:
    requests = requests_of(template_of(evaluation()))
    identifiers = {
        name: request["inferenceConfig"]["models"][0]["bedrockModel"]["modelIdentifier"]
        for name, request in requests.items()
    }
    assert identifiers == {
        NOVA[0]: NOVA[0],
        NOVA[1]: NOVA[1],
        NOVA[2]: f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/{NOVA[2]}",
    }


def test_candidates_are_preferred_by_price_whatever_their_order() -> None:
    assert evaluation(candidates=tuple(reversed(NOVA))).candidates == NOVA


def test_traffic_decides_which_of_two_models_is_the_cheaper() -> None:
    # USD per million tokens read and written: 0.33 and 2.75 against 0.72 and 0.72.
    writes_dearly, reads_dearly = "us.amazon.nova-2-lite-v1:0", "us.meta.llama3-3-70b-instruct-v1:0"
    pair = (writes_dearly, reads_dearly)
    assert evaluation(candidates=pair, traffic=Traffic(10_000, 10)).candidates == (writes_dearly, reads_dearly)
    assert evaluation(candidates=pair, traffic=Traffic(10, 10_000)).candidates == (reads_dearly, writes_dearly)


def test_what_an_evaluation_takes_is_what_its_candidates_take_together() -> None:
    taken = evaluation().footprint(prompts=500)
    # 1,000 read and 300 written tokens: 0.077, 0.132 and 1.76 USD for a thousand requests.
    assert taken.known.cost is not None
    assert taken.known.cost.likely == pytest.approx((0.077 + 0.132 + 1.76) / 2)
    assert taken.known.energy is not None
    assert taken.parts == 3
    assert "cost" not in taken.unknown


def test_an_unknown_price_comes_last_and_is_warned_of() -> None:
    stack = new_stack()
    unpriced = "moonshot.kimi-k2-thinking"
    assert BedrockModel.of(unpriced).price("us-east-1") is None
    made = evaluation(stack, candidates=[unpriced, "us.anthropic.claude-opus-5"])
    assert made.candidates == ("us.anthropic.claude-opus-5", unpriced)
    warned = Annotations.from_stack(stack)
    warned.has_warning("*", Match.string_like_regexp(f"What {unpriced} cost .* prefers every other candidate"))


def test_candidates_by_profile_are_preferred_by_price_where_the_region_is_not_known() -> None:
    stack = new_stack(None)
    dearest_first = [f"us.amazon.nova-{size}-v1:0" for size in ("pro", "lite", "micro")]
    made = evaluation(stack, candidates=dearest_first)
    assert made.candidates == tuple(reversed(dearest_first))
    assert Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("not known")) == []


def test_a_judge_that_judges_itself_is_a_warning() -> None:
    stack = new_stack()
    evaluation(stack, technique=LlmJudge("us.amazon.nova-pro-v1:0"))
    Annotations.from_stack(stack).has_warning("*", Match.string_like_regexp("models favour their own answers"))


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"candidates": []}, "no candidates"),
        ({"candidates": [NOVA[0], NOVA[0]]}, "stands twice"),
        ({"candidates": [NOVA[0], f"us.{NOVA[0]}"]}, "stands twice among the candidates, first as amazon"),
        ({"candidates": NOVA[0]}, "give a list"),
        ({"candidates": [NOVA[0], "amazon.titan-embed-text-v2:0"]}, "makes vectors and does not answer"),
        ({"technique": LlmJudge(JUDGE, custom_metrics=[replace(TONE, name="Correctness")])}, "are named Correctness"),
        ({"technique": LlmJudge(JUDGE, custom_metrics=[TONE, TONE])}, "are named Tone"),
        ({"candidates": ["amazon.nova-mikro-v1:0"]}, "is not known as a model"),
        ({"candidates": ["eu.amazon.nova-micro-v1:0"]}, "is not offered in us-east-1"),
        ({"target": 0}, "above 0 and at most 1"),
        ({"target": 1.5}, "above 0 and at most 1"),
        ({"target": 85}, "above 0 and at most 1"),
        ({"target": True}, "above 0 and at most 1"),
        ({"minimum_scored": 0}, "minimum_scored is 0"),
        ({"concurrency": 0}, "at least one job"),
        (
            {"technique": Programmatic(TaskType.CLASSIFICATION), "knowledge_base": KnowledgeBaseRetrieval("ABC")},
            "LlmJudge only",
        ),
        ({"technique": LlmJudge(JUDGE, metrics=["ContextRelevance"])}, "is not computed for answers of models"),
    ],
)
def test_fails_for_an_evaluation_that_cannot_be(properties: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        evaluation(**properties)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: LlmJudge(JUDGE, metrics=[]), "no metrics"),
        (lambda: LlmJudge("nova"), "is not known as a model"),
        (lambda: LlmJudge(JUDGE, custom_metrics=[TONE] * 11), "11 custom metrics"),
        (lambda: JudgeMetric("Builtin.Tone", "{{prediction}}", {"a": 0, "b": 1}), "not allowed"),
        (lambda: JudgeMetric("Tone", "no place for the answer", {"a": 0, "b": 1}), "as {{prediction}}"),
        (lambda: JudgeMetric("Tone", "{{prediction}}" + "x" * 5000, {"a": 0, "b": 1}), "1 to 5000 characters"),
        (lambda: JudgeMetric("Tone", "{{prediction}}", {"a": 1, "b": 5}), "the worst 0 and the best 1"),
        (lambda: JudgeMetric("Tone", "{{prediction}}", {}), "the worst 0 and the best 1"),
        (lambda: JudgeMetric("Tone", "{{prediction}}", {"a" * 101: 0, "b": 1}), "101 characters"),
        (lambda: Programmatic(TaskType.GENERATION, metrics=["Robustness"]), "not computed for the task Generation"),
        (lambda: Programmatic(TaskType.CLASSIFICATION, metrics=["Toxicity"]), "there are Accuracy, Robustness"),
        (lambda: Programmatic(TaskType.GENERATION, metrics=[]), "no metrics"),
        (lambda: Programmatic(TaskType.GENERATION, metrics=["Accuracy", "Builtin.Accuracy"]), "name one twice"),
        (lambda: HumanMetric("Help", "ComparisonRank"), "does not score one model by itself"),  # type: ignore[arg-type]
        (lambda: HumanMetric("Help me", RatingMethod.THUMBS_UP_DOWN), "not allowed"),
        (lambda: Human(TEAM, metrics=[], instructions="Rate."), "give 1 to 10"),
        (lambda: Human(TEAM, metrics=[HELP], instructions=""), "instructions have 0 characters"),
        (lambda: Human(TEAM, metrics=[HELP, HELP], instructions="Rate."), "are named Helpfulness"),
        (lambda: Human("claims-team", metrics=[HELP], instructions="Rate."), "human review workflow"),
        (lambda: KnowledgeBaseRetrieval("ABC", 0), "0 passages"),
        (lambda: KnowledgeBaseRetrieval("ABC", 101), "1 to 100"),
        (lambda: Traffic(0, 0), "cannot be priced"),
        (lambda: Traffic(-1, 5), "cannot be priced"),
        (lambda: prompts(new_stack(), "my prompts.jsonl"), "not one that Bedrock takes"),
        (lambda: prompts(new_stack(), "prompts.json"), r"does not end in \.jsonl"),
        (lambda: PromptDataset(prompts(new_stack()).bucket, "a.jsonl", name="my prompts"), "is not allowed"),
    ],
)
def test_fails_for_what_bedrock_or_the_comparison_would_refuse(make: Any, said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        make()
