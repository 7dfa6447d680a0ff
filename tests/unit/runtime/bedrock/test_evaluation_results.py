"""What Bedrock writes is counted as it is: files in the formats of the Amazon Bedrock User Guide, "Understand how the results of your model
evaluation job are saved in Amazon S3" (the summarization and the human record follow its examples) and of RAG evaluations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lean_silicon.runtime.bedrock.evaluation.results import Metric, Scores, Tally

OUTPUTS = Path(__file__).parent / "outputs"
ACCURACY = Metric("Builtin.Accuracy", 0, 1)
ROBUSTNESS = Metric("Builtin.Robustness", 100, 0)
TOXICITY = Metric("Builtin.Toxicity", 1, 0)
CORRECTNESS = Metric("Builtin.Correctness", 0, 1)
HARMFULNESS = Metric("Builtin.Harmfulness", 1, 0)
TONE = Metric("Tone", 0, 1)


def tally(file: str, *metrics: Metric) -> Tally:
    counted = Tally(metrics)
    for line in (OUTPUTS / file).read_bytes().splitlines():
        counted.add_line(line)
    return counted


def means(counted: Tally) -> dict[str, float | None]:
    return {name: scores.mean for name, scores in counted.scores.items()}


def test_the_guides_own_record_is_counted_though_it_leaves_the_prefix_out() -> None:
    counted = tally("programmatic_summarization.jsonl", ACCURACY)
    assert counted.scores["Builtin.Accuracy"].usable == [0.31920555233955383]


def test_programmatic_metrics_count_on_one_scale_from_worst_to_best() -> None:
    found = means(tally("programmatic_questions.jsonl", ACCURACY, ROBUSTNESS, TOXICITY))
    assert found == {
        "Builtin.Accuracy": pytest.approx(0.9),
        "Builtin.Robustness": pytest.approx(1 - (17.878 + 43.29) / 300),
        "Builtin.Toxicity": pytest.approx(0.9995),
    }


def test_a_judges_scores_are_averaged_and_harm_counts_against() -> None:
    counted = tally("judge.jsonl", CORRECTNESS, HARMFULNESS)
    assert means(counted) == {
        "Builtin.Correctness": pytest.approx(0.791675),
        "Builtin.Harmfulness": pytest.approx(0.9375),
    }
    assert counted.prompts == 4


def test_thumbs_and_points_of_several_people_count_once_for_each_prompt() -> None:
    counted = tally("human.jsonl", Metric("Coherence", 0, 1), Metric("Usefulness", 1, 5))
    assert counted.scores["Coherence"].usable == [1.0, 0.5]
    assert counted.scores["Usefulness"].usable == [pytest.approx(0.875), pytest.approx(0.625)]
    assert counted.prompts == 2


def test_answers_from_a_knowledge_base_are_counted_by_turn() -> None:
    found = means(tally("retrieve_and_generate.jsonl", CORRECTNESS, Metric("Builtin.Faithfulness", 0, 1)))
    assert found == {"Builtin.Correctness": 0.75, "Builtin.Faithfulness": 0.875}


def test_retrieved_passages_are_counted_without_answers() -> None:
    assert means(tally("retrieve_only.jsonl", Metric("Builtin.ContextRelevance", 0, 1))) == {
        "Builtin.ContextRelevance": pytest.approx(0.7)
    }


def test_missing_scores_texts_and_other_scales_are_no_scores_but_prompts_all_the_same() -> None:
    counted = tally("judge_with_gaps.jsonl", CORRECTNESS, TONE)
    assert counted.scores["Builtin.Correctness"] == Scores(usable=[1.0, 1.0], unusable=2)
    assert counted.scores["Tone"] == Scores(usable=[1.0], unusable=2)
    assert counted.prompts == 5
    assert counted.broken_lines == 1


def test_metrics_in_files_of_their_own_are_of_the_same_prompts() -> None:
    counted = Tally([ACCURACY, TOXICITY])
    for name, result in (("Accuracy", 0.5), ("Accuracy", 0.7), ("Toxicity", 0.0), ("Toxicity", 0.1)):
        counted.add_line(
            json.dumps({"automatedEvaluationResult": {"scores": [{"metricName": name, "result": result}]}})
        )
    assert counted.prompts == 2


def test_the_mean_of_equal_scores_is_that_score() -> None:
    for score in (0.7, 0.1, 0.85, 1 / 3):
        assert Scores(usable=[score] * 7).mean == round(score, 6)


def test_an_empty_output_has_no_mean() -> None:
    counted = Tally([CORRECTNESS])
    counted.add_line(b"\n")
    assert (counted.prompts, means(counted)) == (0, {"Builtin.Correctness": None})


@pytest.mark.parametrize("line", ["[]", "3", '"text"', "{", "\x00", pytest.param("[" * 100_000, id="deeply nested")])
def test_lines_that_are_no_records_are_counted_as_broken(line: str) -> None:
    counted = Tally([CORRECTNESS])
    counted.add_line(line)
    assert (counted.broken_lines, counted.prompts) == (1, 0)


@pytest.mark.parametrize(
    "record",
    [
        {"automatedEvaluationResult": None},
        {"automatedEvaluationResult": {"scores": {"metricName": 3, "result": 1}}},
        {"humanEvaluationResult": [{"humanAnswers": None}, 3]},
        {"humanEvaluationResult": {"humanAnswers": [{"answerContent": {"evaluationResults": {"thumbsUpDown": 4}}}]}},
        {"conversationTurns": [{"results": None}]},
        {},
    ],
)
def test_records_without_results_are_prompts_without_scores(record: dict[str, object]) -> None:
    counted = Tally([CORRECTNESS])
    counted.add_line(json.dumps(record))
    assert (counted.prompts, counted.scores["Builtin.Correctness"].usable) == (1, [])


@pytest.mark.parametrize(
    ("metric", "result", "goodness"),
    [
        (ROBUSTNESS, 0, 1),
        (ROBUSTNESS, 250.0, 0),
        (ROBUSTNESS, -3, None),
        (CORRECTNESS, 1, 1),
        (CORRECTNESS, 5, None),
        (CORRECTNESS, -0.1, None),
        (CORRECTNESS, float("nan"), None),
        (CORRECTNESS, float("inf"), None),
        (CORRECTNESS, 10**400, None),
        (CORRECTNESS, "0.5", None),
        (CORRECTNESS, None, None),
        (CORRECTNESS, [1], None),
        (Metric("Stars", 1, 5), 3, 0.5),
        (Metric("Thumb", 0, 1), False, 0),
    ],
)
def test_a_result_counts_by_its_place_on_the_scale(metric: Metric, result: object, goodness: float | None) -> None:
    assert metric.goodness(result) == goodness
