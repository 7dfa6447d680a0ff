"""The story of ``docs/constructs/bedrock.md`` runs from its first block to its last, and its numbers are the engine's.

Renew them with ``UPDATE_SNAPSHOTS=1 pytest tests/constructs/bedrock/ladder/test_documentation.py``.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from judging import judged_app, open_findings
from ladder_templates import US_EAST_1, code_folder

from lean_silicon import Rung
from lean_silicon.bedrock.ladder import ladder
from lean_silicon.rules import context


class ReviewDay(date):
    """The evaluations of the page are some weeks old on that day, for the ladder and the rules."""

    @classmethod
    def today(cls) -> ReviewDay:
        return cls(2026, 11, 23)


RUNGS = (Rung.PROMPT_ENGINEERING, Rung.RAG)


@pytest.fixture(scope="module")
def page(root: Path) -> Path:
    return root / "docs" / "constructs" / "bedrock.md"


@pytest.fixture
def story(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names that the blocks of the page make, run one after the other, on a day some weeks after its evaluations."""
    monkeypatch.setattr(ladder, "today", ReviewDay.today)
    monkeypatch.setattr(context, "date", ReviewDay)
    stack = Stack(judged_app(tmp_path), "Story", env=US_EAST_1)
    access_logs = "The buckets of the story are read by one role each"
    Validations.of(stack).acknowledge(Acknowledgment(id="AwsSolutions::AwsSolutions-S1", reason=access_logs))
    names: dict[str, Any] = {
        "self": stack,
        "bucket": s3.Bucket.from_bucket_name(stack, "Data", "the-data"),
        "function": iam.Role(stack, "Function", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")),
        "team": iam.Role(stack, "Team", assumed_by=iam.AccountRootPrincipal()),
    }
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        exec(block.replace('"training"', repr(str(code_folder()))), names)
    return names


def test_the_blocks_run_and_none_of_our_rules_objects(story: dict[str, Any], tmp_path: Path) -> None:
    story["self"].node.root.synth()
    assert open_findings(tmp_path / "cdk.out") == []


def test_the_documented_tables_are_what_the_engine_says_today(story: dict[str, Any], page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    told = text
    for rung in RUNGS:
        told = with_table(told, rung, f"{story['ladder'].comparison(rung).to_markdown()}\n")
    if os.environ.get("UPDATE_SNAPSHOTS"):
        page.write_text(told, encoding="utf-8")
        return
    assert told == text, "UPDATE_SNAPSHOTS=1 renews it"


def test_what_the_page_says_a_block_prints_it_prints(story: dict[str, Any], page: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    said = re.findall(r"print\((.*)\)  # (.*)", "\n".join(blocks))
    assert said
    for expression, shown in said:
        assert str(eval(expression, story)) == shown


def test_the_energy_of_both_rungs_is_told_apart_by_nobody_as_the_page_says(story: dict[str, Any]) -> None:
    compared = story["ladder"].comparison(Rung.RAG)
    below, above = compared.present.monthly.energy, compared.next.monthly.energy
    assert below.low < above.low < above.high < below.high
    assert compared.next.monthly.cost.low > compared.present.monthly.cost.high


def with_table(text: str, rung: Rung, table: str) -> str:
    begin, end = f"<!-- {rung} begins -->\n", f"<!-- {rung} ends -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{table}{end}{after}"
