"""The comparison reads what jobs wrote, and writes which is the smallest, cheapest candidate that meets the target. S3 and SSM are moto's,
behind real clients, so that botocore validates every call."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lean_silicon.runtime.bedrock.evaluation.comparison import handler

OUTPUTS = Path(__file__).parent / "outputs"
BUCKET = "results"
CORRECT_AND_HARMLESS = [
    {"name": "Builtin.Correctness", "worst": 0, "best": 1},
    {"name": "Builtin.Harmfulness", "worst": 1, "best": 0},
]


@pytest.fixture(scope="module")
def storage() -> Iterator[Any]:
    environment = {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
        "VERDICTS": f"s3://{BUCKET}/verdicts/",
        "PARAMETER": "/evaluations/claims",
    }
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name, value in environment.items():
            patch.setenv(name, value)
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        yield s3


@pytest.fixture
def aws(storage: Any) -> Any:
    """S3 with an empty bucket, and no parameter."""
    for each in storage.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        storage.delete_object(Bucket=BUCKET, Key=each["Key"])
    boto3.client("ssm").delete_parameters(Names=["/evaluations/claims"])
    return storage


def scored(correctness: object, harmfulness: object = 0.0, *, times: int = 10) -> bytes:
    """A judge's output in which every prompt has the same scores."""
    scores = [
        {"metricName": "Builtin.Correctness", "result": correctness},
        {"metricName": "Builtin.Harmfulness", "result": harmfulness},
    ]
    return (json.dumps({"automatedEvaluationResult": {"scores": scores}}) + "\n").encode() * times


def completed(aws: Any, name: str, output: bytes) -> dict[str, Any]:
    """The outcome of a job that wrote this, where Bedrock writes it, beside what else it writes there."""
    folder = f"jobs/claims-{name}"
    aws.put_object(Bucket=BUCKET, Key=f"{folder}/amazon-bedrock-evaluations-permission-check", Body=b"")
    aws.put_object(Bucket=BUCKET, Key=f"{folder}/1a2b/custom_metrics/tone.json", Body=b'{"name": "Tone"}')
    key = f"{folder}/1a2b/models/{name}/taskTypes/General/datasets/prompts/9f_output.jsonl"
    aws.put_object(Bucket=BUCKET, Key=key, Body=output)
    return {"Candidate": name, "Status": "Completed", "Output": f"s3://{BUCKET}/{folder}/"}


def event(
    *outcomes: dict[str, Any], metrics: list[dict[str, Any]] | None = None, target: float = 0.8
) -> dict[str, Any]:
    """What the state machine hands over; the candidates stand in the order of preference."""
    names = ("amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0")
    costs = (0.077, 0.132, 1.76)
    return {
        "Evaluation": {
            "name": "App/Claims",
            "technique": "llm-judge",
            "target": target,
            "minimum_scored": 0.9,
            "metrics": metrics or CORRECT_AND_HARMLESS,
            "price_of": {"requests": 1000, "read_tokens": 1000, "written_tokens": 300},
            "candidates": [
                {"candidate": name, "model": name, "cost": {"low": usd, "likely": usd, "high": usd, "unit": "USD"}}
                for name, usd in zip(names, costs, strict=True)
            ],
        },
        "Outcomes": list(outcomes),
        "Execution": "first",
        "Started": "2026-10-01T12:00:00.123Z",
    }


def verdict(aws: Any, result: dict[str, Any]) -> dict[str, Any]:
    bucket, _, key = result["Verdict"].removeprefix("s3://").partition("/")
    written: dict[str, Any] = json.loads(aws.get_object(Bucket=bucket, Key=key)["Body"].read())
    return written


def test_the_cheapest_candidate_that_meets_the_target_is_chosen(aws: Any) -> None:
    result = handler(
        event(
            completed(aws, "amazon.nova-micro-v1:0", scored(0.7)),
            completed(aws, "amazon.nova-lite-v1:0", scored(0.85)),
            completed(aws, "amazon.nova-pro-v1:0", scored(0.99)),
        ),
        None,
    )
    assert result == {"Chosen": "amazon.nova-lite-v1:0", "Scored": 3, "Verdict": "s3://results/verdicts/first.json"}
    entries = verdict(aws, result)["candidates"]
    assert [entry["meets_target"] for entry in entries] == [False, True, True]
    assert entries[1]["cost"] == {"low": 0.132, "likely": 0.132, "high": 0.132, "unit": "USD"}


def test_of_equal_scores_the_preferred_candidate_is_chosen_in_whatever_order_jobs_end(aws: Any) -> None:
    outcomes = [
        completed(aws, name, scored(0.8))
        for name in ("amazon.nova-pro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0")
    ]
    assert handler(event(*outcomes), None)["Chosen"] == "amazon.nova-micro-v1:0"


def test_a_score_is_that_of_the_weakest_metric(aws: Any) -> None:
    result = handler(event(completed(aws, "amazon.nova-micro-v1:0", scored(1.0, harmfulness=0.3))), None)
    assert verdict(aws, result)["candidates"][0]["score"] == pytest.approx(0.7)
    assert result["Chosen"] is None


def test_a_candidate_whose_job_failed_has_no_score_and_the_reason(aws: Any) -> None:
    failed = {"Candidate": "amazon.nova-micro-v1:0", "Status": "Failed", "Reason": ["access denied", "to the judge"]}
    result = handler(event(failed, completed(aws, "amazon.nova-lite-v1:0", scored(0.9))), None)
    assert result["Chosen"] == "amazon.nova-lite-v1:0"
    entry = verdict(aws, result)["candidates"][0]
    assert entry["score"] is None
    assert entry["note"] == "the evaluation job ended as Failed: access denied; to the judge"


def test_a_candidate_that_is_not_told_of_is_not_taken_for_evaluated(aws: Any) -> None:
    result = handler(event(completed(aws, "amazon.nova-lite-v1:0", scored(0.9))), None)
    assert verdict(aws, result)["candidates"][0]["note"] == "the evaluation job ended as Missing"


@pytest.mark.parametrize("gap", [None, "good", 7])
def test_too_few_usable_scores_are_no_score(aws: Any, gap: object) -> None:
    output = scored(1.0, times=8) + scored(gap, times=2)
    result = handler(event(completed(aws, "amazon.nova-micro-v1:0", output)), None)
    entry = verdict(aws, result)["candidates"][0]
    assert entry["note"] == "Builtin.Correctness has a usable result for 8 of 10 prompts only"
    assert entry["metrics"]["Builtin.Correctness"] == {"mean": 1.0, "scored": 8, "unusable": 2}
    assert not entry["meets_target"]


def test_few_gaps_are_told_and_do_not_count(aws: Any) -> None:
    output = scored(0.9, times=9) + scored(None, times=1)
    result = handler(event(completed(aws, "amazon.nova-micro-v1:0", output)), None)
    entry = verdict(aws, result)["candidates"][0]
    assert (entry["score"], entry["metrics"]["Builtin.Correctness"]["unusable"]) == (pytest.approx(0.9), 1)


def test_an_empty_data_set_is_no_score(aws: Any) -> None:
    result = handler(event(completed(aws, "amazon.nova-micro-v1:0", b"")), None)
    assert result["Scored"] == 0
    assert verdict(aws, result)["candidates"][0]["note"] == "the job's output has no results: is the data set empty?"


@pytest.mark.parametrize(
    ("file", "metrics", "score"),
    [
        ("programmatic_summarization.jsonl", [("Builtin.Accuracy", 0, 1)], 0.3192),
        ("programmatic_questions.jsonl", [("Builtin.Accuracy", 0, 1), ("Builtin.Robustness", 100, 0)], 0.7961),
        ("judge.jsonl", [("Builtin.Correctness", 0, 1), ("Builtin.Harmfulness", 1, 0)], 0.7917),
        ("human.jsonl", [("Coherence", 0, 1), ("Usefulness", 1, 5)], 0.75),
        ("retrieve_and_generate.jsonl", [("Builtin.Correctness", 0, 1), ("Builtin.Faithfulness", 0, 1)], 0.75),
        ("retrieve_only.jsonl", [("Builtin.ContextRelevance", 0, 1)], 0.7),
    ],
)
def test_the_output_of_every_technique_has_a_score(
    aws: Any, file: str, metrics: list[tuple[str, float, float]], score: float
) -> None:
    asked = [{"name": name, "worst": worst, "best": best} for name, worst, best in metrics]
    outcome = completed(aws, "amazon.nova-micro-v1:0", (OUTPUTS / file).read_bytes())
    result = handler(event(outcome, metrics=asked), None)
    assert verdict(aws, result)["candidates"][0]["score"] == pytest.approx(score, abs=5e-5)


def test_the_parameter_says_what_was_chosen_and_where_the_verdict_is(aws: Any) -> None:
    handler(event(completed(aws, "amazon.nova-micro-v1:0", scored(0.9))), None)
    value = boto3.client("ssm").get_parameter(Name="/evaluations/claims")["Parameter"]["Value"]
    assert json.loads(value) == {
        "version": 1,
        "chosen": "amazon.nova-micro-v1:0",
        "evaluation": "s3://results/verdicts/first.json",
        "date": "2026-10-01",
        "target": 0.8,
        "scored": 1,
    }


def test_the_same_execution_writes_the_same_verdict_again(aws: Any) -> None:
    asked = event(completed(aws, "amazon.nova-micro-v1:0", scored(0.9)))
    first = verdict(aws, handler(asked, None))
    assert verdict(aws, handler(asked, None)) == first


def test_neither_prompts_nor_answers_are_stored_or_logged(aws: Any, caplog: pytest.LogCaptureFixture) -> None:
    outcome = completed(aws, "amazon.nova-micro-v1:0", (OUTPUTS / "judge.jsonl").read_bytes())
    with caplog.at_level(logging.INFO):
        result = handler(event(outcome), None)
    for text in (json.dumps(verdict(aws, result)), caplog.text):
        assert "The response" not in text
        assert "hello" not in text.lower()
    assert json.loads(caplog.records[0].message)["event"] == "candidate"


def test_a_result_file_that_is_gone_is_an_error_not_a_score(aws: Any) -> None:
    outcome = {"Candidate": "amazon.nova-micro-v1:0", "Status": "Completed", "Output": "s3://elsewhere/jobs/x/"}
    with pytest.raises(Exception, match="NoSuchBucket"):
        handler(event(outcome), None)
