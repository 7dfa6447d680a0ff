"""``lean-silicon advise``: exit codes, formats, and messages that say what is allowed."""

from __future__ import annotations

import json

import pytest

from lean_silicon.cli.main import main

CHAT = ["advise", "--task", "inference", "--model", "llama-3.1-8b", "--precision", "bf16", "--context", "8k"]
FULL = [*CHAT, "--concurrency", "16", "--region", "us-east-1"]


def test_it_ranks_across_services_and_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(FULL) == 0
    shown = capsys.readouterr().out
    for part in (
        "EC2",
        "SageMaker endpoints",
        "SageMaker HyperPod",
        "Amazon Bedrock on demand",
        "Quantised",
        "assumed",
    ):
        assert part in shown
    assert "needs" in shown
    assert "not needed: it costs" in shown


def test_json_has_stable_keys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FULL, "--format", "json", "--tokens-a-day", "10M"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["version"] == 1
    assert report["workload"]["TokensPerDay"] == 10_000_000
    assert report["workload"]["ContextTokens"] == 8000
    option = report["options"][0]
    assert option["fit"]["verdict"] == "fits"
    assert option["hourly"]["cost"]["unit"] == "USD/h"
    assert option["spent_on"] == "month"
    assert report["managed"][0]["same_model"] is True
    assert report["managed"][0]["monthly"]["cost"]["likely"] == pytest.approx(66.9, rel=0.01)


def test_a_training_run_is_ranked_by_what_the_run_costs(capsys: pytest.CaptureFixture[str]) -> None:
    run = ["advise", "--task", "peft", "--adapter", "qlora", "--model", "qwen2.5-7b", "--context", "4k"]
    assert main([*run, "--training-tokens", "50M", "--region", "us-east-1", "--component", "ec2"]) == 0
    shown = capsys.readouterr().out
    assert "for the run" in shown
    assert "device hours" in shown


def test_the_region_of_the_environment_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert main([*CHAT, "--concurrency", "1"]) == 0
    assert "eu-west-1" in capsys.readouterr().out


def test_nothing_within_the_budget_exits_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FULL, "--budget", "10"]) == 1
    assert "within the budget" in capsys.readouterr().out


def test_nothing_that_holds_it_exits_1(capsys: pytest.CaptureFixture[str]) -> None:
    huge = ["advise", "--task", "inference", "--parameters", "90T", "--precision", "fp32", "--context", "1k"]
    assert main([*huge, "--concurrency", "1", "--region", "us-east-1"]) == 1
    assert "No current type" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "lama-8b"], "nearest known are"),
        (["--parameters", "-3"], "--parameters is '-3'; it must be a positive whole number"),
        (["--parameters", "1.5"], "positive whole number"),
        (["--parameters", "nan"], "positive whole number"),
        (["--parameters", "9e99"], "positive whole number"),
        (["--parameters", "8B"], "--precision and --context and --concurrency"),
        (["--model", "llama-3.1-8b", "--parameters", "70B", "--precision", "bf16"], "leave one of them out"),
        ([], "--parameters (or --model)"),
    ],
)
def test_bad_input_exits_2_and_says_what_is_allowed(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["advise", "--task", "inference", "--region", "us-east-1", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--region", "mars-1"], "known regions are"),
        (["--region", "us-east-1", "--budget", "-5"], "budget is -5.0"),
        (["--region", "us-east-1", "--limit", "0"], "--limit is 0"),
    ],
)
def test_bad_options_exit_2(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CHAT, "--concurrency", "1", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_no_region_at_all_exits_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert main([*CHAT, "--concurrency", "1"]) == 2
    assert "--region" in capsys.readouterr().err
