"""``lean-silicon rules``."""

from __future__ import annotations

import json

import pytest

from lean_silicon.cli.main import main
from lean_silicon.rules import rule_ids


def test_the_list_has_a_line_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list"]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split()[0] == "rule"
    assert [line.split()[0] for line in lines] == list(rule_ids())


def test_the_list_is_there_for_programs_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", "--format", "json"]) == 0
    assert [rule["id"] for rule in json.loads(capsys.readouterr().out)] == list(rule_ids())


def test_a_rule_is_shown_with_its_templates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "sil002"]) == 0
    shown = capsys.readouterr().out
    assert "SIL002" in shown
    assert "ml.p4d.24xlarge" in shown


def test_an_unknown_rule_exits_2_and_the_others_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "SIL999", "SIL001"]) == 2
    shown = capsys.readouterr()
    assert "SIL001" in shown.out
    assert "'SIL999' is not known" in shown.err
