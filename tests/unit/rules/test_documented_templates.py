"""The templates on a rule's page do what the page says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lean_silicon.rules import Context, Rule, Severity, Verdict, all_rules, judge
from lean_silicon.templates import read_app

RULES = all_rules()


def _verdict(rule: Rule, heading: str, folder: Path) -> Verdict:
    text = rule.template(heading)
    assert text, f"{rule.id} has no {heading} template"
    path = folder / "template.yaml"
    path.write_text(text, encoding="utf-8")
    app = read_app([path], region="us-east-1")
    assert app.unreadable == []
    return judge(app, Context(today=date(2026, 11, 23)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_bad_template_is_found(rule: Rule, tmp_path: Path) -> None:
    found = [finding for finding in _verdict(rule, "Bad", tmp_path).findings if finding.rule == rule.id]
    assert found, f"{rule.id} does not find its own bad template"
    assert found[0].severity is rule.severity
    assert found[0].suggestion is not None
    assert found[0].suggestion.text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_good_template_has_no_error_and_nothing_of_its_rule(rule: Rule, tmp_path: Path) -> None:
    verdict = _verdict(rule, "Good", tmp_path)
    assert [
        finding.rule for finding in verdict.findings if finding.rule == rule.id and finding.acknowledged is None
    ] == []
    assert [
        finding.message
        for finding in verdict.findings
        if finding.severity is Severity.ERROR and not finding.acknowledged
    ] == []
