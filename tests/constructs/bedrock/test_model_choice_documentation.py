"""The blocks of ``docs/constructs/model-choice.md`` run in one stack, one after the other, and print what the page shows."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from evaluation_templates import ACCOUNT, US_EAST_1
from judging import judged_app, open_findings


def verdict_file(folder: Path) -> Path:
    candidates = [("amazon.nova-micro-v1:0", 0.71), ("amazon.nova-lite-v1:0", 0.86)]
    written = {
        "version": 1,
        "evaluation": "s3://results/verdicts/first.json",
        "date": (date.today() - timedelta(days=7)).isoformat(),
        "target": 0.8,
        "chosen": candidates[1][0],
        "candidates": [{"candidate": name, "model": name, "score": score} for name, score in candidates],
    }
    file = folder / "summaries.json"
    file.write_text(json.dumps(written), encoding="utf-8")
    return file


def test_the_blocks_run_print_what_they_say_and_pass_our_rules(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (root / "docs" / "constructs" / "model-choice.md").read_text(encoding="utf-8")
    app = judged_app(tmp_path)
    stack = Stack(app, "Documented", env=US_EAST_1)
    names: dict[str, Any] = {
        "self": stack,
        "bucket": s3.Bucket.from_bucket_name(stack, "Prompts", "the-prompts"),
        "team": iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal()),
        "function": iam.Role(stack, "Function", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
        "topic": sns.Topic.from_topic_arn(stack, "Topic", f"arn:aws:sns:us-east-1:{ACCOUNT}:costs"),
        "knowledge_base_id": "ABCDEFGHIJ",
        "verdict_file": verdict_file(tmp_path),
    }
    blocks = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert len(blocks) == 5
    for block in blocks:
        exec(compile(block, "model-choice.md", "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    assert printed
    assert all(f"# {line}" in page for line in printed)
    app.synth()
    assert open_findings(tmp_path / "cdk.out") == []
