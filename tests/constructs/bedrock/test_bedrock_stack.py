"""What the reference stack deploys, to be read and reviewed: ``snapshots/bedrock_stack.yaml``.

After a wanted change: ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/bedrock/test_bedrock_stack.py``, then read the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import reference_stacks
from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Annotations, Match
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings
from reference_stacks import assert_reviewed, reference_stack

from lean_silicon.bedrock.ladder import ladder
from lean_silicon.rules import context

SNAPSHOT = Path(__file__).parent / "snapshots" / "bedrock_stack.yaml"
US_EAST_1 = Environment(account="111122223333", region="us-east-1")


class ReviewDay(date):
    """The evaluations of the stack are some weeks old on that day, and would be too old a year later, for the ladder and the rules."""

    @classmethod
    def today(cls) -> ReviewDay:
        return cls(2026, 11, 23)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack in an app that our rules and cdk-nag judge; synthesis fails where one of them finds an error."""
    app = judged_app(tmp_path_factory.mktemp("judged"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ladder, "today", ReviewDay.today)
        patch.setattr(context, "date", ReviewDay)
        with pytest.MonkeyPatch.context() as in_app:
            in_app.setattr(reference_stacks, "App", lambda **_: app)
            stack = reference_stack("bedrock.py", "BedrockStack", "LeanSiliconBedrock", US_EAST_1)
        app.synth()
        yield stack


@pytest.fixture(scope="module")
def assembly(judged: Stack) -> Path:
    app = judged.node.root
    assert isinstance(app, App)
    return Path(app.outdir)


def test_the_reference_stack_deploys_what_was_reviewed(judged: Stack) -> None:
    assert_reviewed(judged, SNAPSHOT)


def test_our_own_rules_and_cdk_nag_accept_it(assembly: Path) -> None:
    assert open_findings(assembly) == []
    assert nag_report(assembly)["violations"] == []


def test_cloudformation_and_cfn_lint_accept_it(assembly: Path) -> None:
    assert cloudformation_findings(assembly) == []
    assert cfn_lint_findings(assembly) == []


def test_a_year_later_the_stack_asks_for_new_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "today", lambda: date(2027, 11, 23))
    stack = reference_stack("bedrock.py", "BedrockStack", "LeanSiliconBedrock", US_EAST_1)
    assert Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("days old"))
