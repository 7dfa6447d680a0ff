"""``lean-silicon dashboard preview``: the page is written, and problems decide the exit code."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from preview_templates import CPU, metric_widget, template, write

from lean_silicon.cli import dashboard


def preview(*words: str) -> int:
    parser = argparse.ArgumentParser()
    dashboard.configure(parser)
    return dashboard.run(parser.parse_args(["preview", *words]))


def test_a_page_is_written_and_a_good_dashboard_is_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, page = write(tmp_path, template(metric_widget(CPU))), tmp_path / "page.html"

    assert preview("efficiency", "--app", str(path), "--output", str(page)) == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert capsys.readouterr().out.strip() == str(page)


def test_a_dashboard_that_cloudwatch_would_not_show_whole_is_1_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, template(metric_widget([{"expression": "m9", "label": "x"}])))

    assert preview("efficiency", "--app", str(path), "--output", str(tmp_path / "page.html")) == 1
    assert "no row has the id 'm9'" in capsys.readouterr().err


def test_another_stack_is_2_and_names_those_that_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, template(metric_widget(CPU)))

    assert preview("Other", "--app", str(path)) == 2
    assert "Watch" in capsys.readouterr().err


def test_a_missing_app_and_a_broken_body_are_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert preview("Watch", "--app", str(tmp_path / "cdk.out")) == 2
    assert "cdk.out" in capsys.readouterr().err
    assert preview("Watch", "--app", str(write(tmp_path, template(body="no JSON")))) == 2
    assert "is not JSON" in capsys.readouterr().err


def test_a_picture_without_a_browser_is_2_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, template(metric_widget(CPU)))
    monkeypatch.setenv("PATH", str(tmp_path))

    words = ("efficiency", "--app", str(path), "--output", str(tmp_path / "p.html"), "--png", str(tmp_path / "p.png"))
    assert preview(*words) == 2
    assert "no Chromium" in capsys.readouterr().err
