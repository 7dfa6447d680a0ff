"""The examples of the README work as they are written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template


@pytest.fixture(scope="module")
def examples(root: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def example_with(examples: list[str], word: str) -> str:
    [found] = [each for each in examples if word in each]
    return found


def test_the_training_job_is_made(examples: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "train.py").write_text("print('loss=0.5')\n", encoding="utf-8")
    stack = Stack(App(analytics_reporting=False), "Example", env=Environment(region="us-east-1"))
    names: dict[str, Any] = {
        "self": stack,
        "bucket": s3.Bucket.from_bucket_name(stack, "Data", "the-data"),
        "team": iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal()),
    }
    exec(example_with(examples, "TrainiumTrainingJob("), names)
    Template.from_stack(stack).resource_count_is("AWS::StepFunctions::StateMachine", 1)


def test_the_agent_takes_less_than_twenty_lines_and_says_what_a_session_costs(
    examples: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agent").mkdir()
    (tmp_path / "agent" / "main.py").write_text("print('an agent')\n", encoding="utf-8")
    (tmp_path / "agent" / "requirements.txt").write_text("bedrock-agentcore==1.25.0\n", encoding="utf-8")
    example = example_with(examples, "AgentCode.from_folder")
    assert len([line for line in example.splitlines() if line.strip()]) < 20
    names: dict[str, Any] = {}
    exec(example, names)
    [said] = re.findall(r"\.cost\)  # (.*)", example)
    assert capsys.readouterr().out.strip() == said
    Template.from_stack(names["stack"]).resource_count_is("AWS::BedrockAgentCore::Runtime", 1)
