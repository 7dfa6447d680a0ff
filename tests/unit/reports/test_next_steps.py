"""What a verdict tells to do: in the order to act, and nothing where nothing is open."""

from __future__ import annotations

from sample_templates import endpoint

from lean_silicon.reports.brief_report import brief_parts
from lean_silicon.reports.next_steps import next_steps
from lean_silicon.rules import Context, Policy, Severity, Verdict, judge
from lean_silicon.templates import App, read_template

REGION = "us-east-1"


def verdict(*types: str) -> Verdict:
    templates = [
        read_template({"Resources": endpoint(name)}, path=f"{number}.json", region=REGION)
        for number, name in enumerate(types)
    ]
    return judge(App(templates=templates), Context(Policy(region=REGION)))


def steps(found: Verdict, *, in_templates: bool = True) -> dict[str, str]:
    return dict(next_steps(found, in_templates=in_templates))


def test_nothing_open_is_nothing_to_do() -> None:
    assert steps(Verdict()) == {}


def test_the_worst_comes_first_and_among_the_worst_what_saves_most() -> None:
    found = verdict("ml.g5.12xlarge", "ml.p4d.24xlarge")
    first = steps(found)["first"]
    errors = [each for each in found.findings if each.severity is Severity.ERROR]
    most = max(errors, key=lambda each: each.suggestion.saves.cost.likely)  # type: ignore[union-attr]
    assert most.instance_type == "ml.p4d.24xlarge"
    assert most.suggestion is not None
    assert first == f"SIL002 at Endpoint: {most.suggestion.text}"


def test_a_saving_elsewhere_is_told_beside_what_comes_first() -> None:
    found = verdict("ml.p4d.24xlarge")
    found.findings = [
        each._replace(severity=Severity.WARNING if each.rule == "SIL002" else Severity.ERROR) for each in found.findings
    ]
    told = steps(found)
    assert not told["first"].startswith("SIL002")
    assert told["saves"] == "most: 9.67 USD/h a machine, by warning SIL002 at Endpoint"


def test_many_findings_are_counted_by_rule_and_may_wait_in_a_baseline() -> None:
    told = steps(verdict(*["ml.p4d.24xlarge"] * 6))
    assert "SIL002 (6)" in told["by rule"]
    assert "--write-baseline lean-silicon-baseline.json" in told["later"]
    assert "later" not in steps(verdict("ml.p4d.24xlarge"))


def test_machines_that_run_have_no_template_to_accept_in() -> None:
    told = steps(verdict(*["ml.p4d.24xlarge"] * 6), in_templates=False)
    assert "read on" not in told  # the ids of proposals are no rules
    assert {"accept", "later"}.isdisjoint(told)


def test_an_app_accepts_at_the_construct() -> None:
    found = verdict("ml.p4d.24xlarge")
    for each in found.findings:
        each.resource.construct_path = "Chat/Endpoint"
    told = steps(found)
    assert told["first"].startswith("SIL002 at Chat/Endpoint: ")
    assert 'Validations.of(construct).acknowledge with the id "LeanSilicon::SIL002"' in told["accept"]


def test_the_brief_report_is_a_line_a_finding_without_control_characters() -> None:
    found = verdict("ml.p4d.24xlarge")
    for each in found.findings:
        each.resource.construct_path = "a\x1b[2J\nb"
    lines = "".join(brief_parts(found)).split("\n")
    assert len(lines) == len(found.findings)
    assert not any(ord(character) < 32 for line in lines for character in line)
