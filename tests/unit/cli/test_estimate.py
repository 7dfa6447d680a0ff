"""``lean-silicon estimate`` and ``diff``: formats, totals, exit codes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sample_templates import endpoint, instance

from lean_silicon.cli.freshness import last_day_of, warn_if_old
from lean_silicon.cli.main import main

REGION = ["--region", "us-east-1"]


def write(path: Path, resources: dict[str, Any]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    return str(path)


@pytest.fixture
def both(tmp_path: Path) -> tuple[str, str]:
    before = write(tmp_path / "base" / "stack.json", {**endpoint("ml.g6.12xlarge"), **instance("m7i.large")})
    after = write(tmp_path / "head" / "stack.json", {**endpoint("ml.g6.xlarge"), **instance("m7i.large")})
    return before, after


def test_an_estimate_shows_each_place_its_stack_and_the_total(
    both: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["estimate", both[0], *REGION]) == 0
    shown = capsys.readouterr().out
    for part in ("stack.json", "ml.g6.12xlarge", "m7i.large", "total a month", "kgCO2e by location", "L on site"):
        assert part in shown


def test_json_totals_are_the_sums_of_the_rows(both: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["estimate", both[0], *REGION, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    rows = [row["monthly"]["cost"]["likely"] for row in report["rows"]]
    assert report["total"]["known"]["cost"]["likely"] == pytest.approx(sum(rows))
    assert report["rows"][0]["type"] == "AWS::SageMaker::EndpointConfig"
    assert report["unreadable"] == []


def test_markdown_cannot_be_broken_out_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nasty = write(tmp_path / "a|b<i>.json", endpoint("ml.g6.xlarge"))
    assert main(["estimate", nasty, *REGION, "--format", "markdown"]) == 0
    shown = capsys.readouterr().out
    assert "<i>" not in shown
    assert "a\\|b\\<i\\>" in shown


def test_an_unreadable_template_exits_2_and_the_rest_is_estimated(
    both: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["estimate", both[0], str(tmp_path / "missing.json"), *REGION]) == 2
    shown = capsys.readouterr()
    assert "ml.g6.12xlarge" in shown.out
    assert "missing.json" in shown.err


def test_it_writes_a_file(both: tuple[str, str], tmp_path: Path) -> None:
    target = tmp_path / "estimate.json"
    assert main(["estimate", both[0], *REGION, "--format", "json", "--output", str(target)]) == 0
    assert json.loads(target.read_text(encoding="utf-8"))["version"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--region", "mars-1"], "known: "),
        ([*REGION, "--hours", "800"], "hours is 800.0"),
        ([*REGION, "--utilisation", "2"], "utilisation is 2.0"),
    ],
)
def test_bad_options_exit_2(
    both: tuple[str, str], arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["estimate", both[0], *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_diff_is_markdown_for_a_pull_request(both: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *both, *REGION]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("**−")
    assert "| ~ | Endpoint | 1 × ml.g6.12xlarge | 1 × ml.g6.xlarge | −" in shown
    assert "1 places stay as they are" in shown


def test_no_change_says_so(both: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", both[0], both[0], *REGION]) == 0
    assert "No change in silicon" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("limit", "exit_code"),
    [
        (["--max-usd", "100"], 1),
        (["--max-usd", "100000"], 0),
        (["--max-percent", "10"], 1),
        (["--max-percent", "1000"], 0),
        (["--max-kg", "1"], 1),
        ([], 0),
    ],
)
def test_limits_decide_the_exit_code(both: tuple[str, str], limit: list[str], exit_code: int) -> None:
    before, after = both
    assert main(["diff", after, before, *REGION, *limit]) == exit_code
    assert main(["diff", before, after, *REGION, *limit]) == 0


def test_a_negative_limit_exits_2(both: tuple[str, str]) -> None:
    assert main(["diff", *both, *REGION, "--max-usd", "-1"]) == 2


def test_a_side_that_cannot_be_read_is_no_difference(
    both: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", both[0], str(tmp_path / "missing"), *REGION]) == 2
    assert capsys.readouterr().out == ""


def test_diff_as_json_and_text(both: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *both, *REGION, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [change["kind"] for change in report["changes"]] == ["changed"]
    assert report["unchanged"] == 1
    assert main(["diff", *both, *REGION, "--format", "text"]) == 0
    assert "before" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("as_of", "last"),
    [("2026-11", date(2026, 11, 30)), ("2026-12", date(2026, 12, 31)), ("2026-02-03", date(2026, 2, 3))],
)
def test_a_month_ends_on_its_last_day(as_of: str, last: date) -> None:
    assert last_day_of(as_of) == last


def test_facts_older_than_ninety_days_warn(capsys: pytest.CaptureFixture[str]) -> None:
    warn_if_old("2026-11", today=date(2027, 2, 28))
    assert capsys.readouterr().err == ""
    warn_if_old("2026-11", today=date(2027, 3, 1))
    assert "91 days old" in capsys.readouterr().err
