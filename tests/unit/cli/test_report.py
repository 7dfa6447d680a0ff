"""``lean-silicon report`` and ``advise --format html``: pages, files, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from report_samples import Page
from sample_templates import endpoint

from lean_silicon.cli.main import main

REGION = ["--region", "us-east-1"]
ADVISE = ["advise", "--task", "inference", "--model", "llama-3.1-8b", "--precision", "bf16", "--context", "4096"]


def write(path: Path, resources: dict[str, Any]) -> str:
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    return str(path)


@pytest.fixture
def gpu(tmp_path: Path) -> str:
    body = endpoint("ml.p4d.24xlarge")
    body["Endpoint"]["Properties"]["Tags"] = [{"Key": "CostCentre", "Value": "search"}]
    return write(tmp_path / "gpu.json", body)


def test_it_writes_a_page_and_exits_0_whatever_was_found(gpu: str, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    assert main(["report", gpu, *REGION, "-o", str(target), "--team-tag", "costcentre"]) == 0
    page = Page(target.read_text(encoding="utf-8"))
    assert "SIL002" in page.text
    assert gpu in page.text
    assert "team search" in page.text
    assert "=search" in {its["value"] for its in page.all("option")}


def test_without_a_file_the_page_goes_to_standard_output(gpu: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", gpu, *REGION]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


def test_hours_and_selection_are_the_users(gpu: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", gpu, *REGION, "--hours", "100", "--select", "SIL002", "--policy", "strict"]) == 0
    page = Page(capsys.readouterr().out)
    assert {its["data-rule"] for _, its in page.elements if its.get("data-rule")} == {"SIL002"}
    assert "Policy strict".replace(" ", "") in page.text.replace(" ", "")
    assert "2,525" in page.text  # 100 hours of 25.25 USD


def test_what_a_baseline_holds_is_accepted(gpu: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = str(tmp_path / "baseline.json")
    assert main(["check", gpu, *REGION, "--write-baseline", baseline]) == 0
    capsys.readouterr()
    assert main(["report", gpu, *REGION, "--baseline", baseline]) == 0
    page = Page(capsys.readouterr().out)
    assert "Nothing stands open" in page.text
    assert "stands in the baseline" in page.text


def test_what_cannot_be_read_stands_on_the_page_and_exits_2(
    gpu: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    assert main(["report", gpu, str(broken), *REGION]) == 2
    said = capsys.readouterr()
    assert "This report is incomplete" in Page(said.out).text
    assert "SIL002" in said.out
    assert "broken.json" in said.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--hours", "1000"], "--hours is 1000"),
        (["--region", "moon-1"], "region 'moon-1' is not known"),
        (["--output", "no/such/folder/report.html"], "cannot be written"),
        (["--stack", "One"], "--stack goes with --deployed"),
    ],
)
def test_bad_usage_exits_2_and_says_what_is_wrong(
    gpu: str, options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", gpu, *options]) == 2
    assert says in capsys.readouterr().err


def test_advice_is_a_page_too(tmp_path: Path) -> None:
    target = tmp_path / "advice.html"
    asked = [*ADVISE, "--concurrency", "4", *REGION, "--format", "html", "--output", str(target)]
    assert main(asked) == 0
    page = Page(target.read_text(encoding="utf-8"))
    assert "dollars against watts" in str(page.all("svg"))
    assert "inf2.xlarge" in page.text


def test_checking_does_not_load_what_makes_pages(gpu: str) -> None:
    command = (
        "import sys; from lean_silicon.cli.main import main; "
        f"code = main(['check', {gpu!r}, '--fail-on', 'never', '--region', 'us-east-1']); "
        "sys.exit(code or any('.html' in name for name in sys.modules if name.startswith('lean_silicon')))"
    )
    assert subprocess.run([sys.executable, "-c", command], capture_output=True, check=False).returncode == 0
