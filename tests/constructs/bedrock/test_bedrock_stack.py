"""What the reference stack deploys, to be read and reviewed: ``snapshots/bedrock_stack.yaml``.

After a wanted change: ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/bedrock/test_bedrock_stack.py``, then read the difference.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import reference_stacks
from aws_cdk import Environment
from aws_cdk.assertions import Annotations, Match
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings
from reference_stacks import assert_reviewed, reference_stack

from lean_silicon.bedrock.ladder import ladder

SNAPSHOT = Path(__file__).parent / "snapshots" / "bedrock_stack.yaml"
US_EAST_1 = Environment(account="111122223333", region="us-east-1")
# The evaluations of the stack are some weeks old on that day, and would be too old a year later.
REVIEWED_ON = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "today", lambda: REVIEWED_ON)


def test_the_reference_stack_deploys_what_was_reviewed() -> None:
    assert_reviewed(reference_stack("bedrock.py", "BedrockStack", "LeanSiliconBedrock", US_EAST_1), SNAPSHOT)


def test_every_judge_accepts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = judged_app(tmp_path)
    monkeypatch.setattr(reference_stacks, "App", lambda **_: app)
    reference_stack("bedrock.py", "BedrockStack", "LeanSiliconBedrock", US_EAST_1)
    app.synth()
    assembly = tmp_path / "cdk.out"
    assert open_findings(assembly) == []
    assert nag_report(assembly)["violations"] == []
    assert cloudformation_findings(assembly) == []
    assert cfn_lint_findings(assembly) == []


def test_a_year_later_the_stack_asks_for_new_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "today", lambda: date(2027, 11, 23))
    stack = reference_stack("bedrock.py", "BedrockStack", "LeanSiliconBedrock", US_EAST_1)
    assert Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("days old"))
