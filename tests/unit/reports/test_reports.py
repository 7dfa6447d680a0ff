"""What a person reads, and what a program reads, of one verdict."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sample_templates import endpoint, training

from lean_silicon.reports import json_report, text_report
from lean_silicon.rules import Context, Verdict, judge
from lean_silicon.templates import App, Unreadable, read_template

FINDING_KEYS = {
    "rule",
    "title",
    "severity",
    "evidence",
    "message",
    "resource",
    "property_path",
    "instance_type",
    "suggestion",
    "sources",
    "acknowledged",
}


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    accepted = endpoint(
        "ml.p4d.24xlarge", Acknowledge=[{"Id": "SIL002", "Reason": "CUDA kernels", "Expires": "2027-01-01"}]
    )
    resources = {**accepted, **training("ml.p4d.24xlarge")}
    app = App(
        templates=[read_template({"Resources": resources}, path="app.template.json", region="us-east-1")],
        unreadable=[Unreadable("broken.yaml", "line 3, column 5: a colon is missing")],
    )
    return judge(app, Context(today=date(2026, 11, 23)))


def test_the_json_report_keeps_its_contract(verdict: Verdict) -> None:
    report = json.loads(json.dumps(json_report(verdict)))
    assert report["version"] == 1
    assert set(report) >= {"version", "findings", "unreadable", "summary"}
    assert all(set(finding) >= FINDING_KEYS for finding in report["findings"])
    assert set(report["findings"][0]["resource"]) == {
        "logical_id",
        "type",
        "construct_path",
        "created_at",
        "template",
    }
    assert report["unreadable"] == [{"path": "broken.yaml", "error": "line 3, column 5: a colon is missing"}]
    assert set(report["summary"]) >= {"templates", "resources", "uses", "errors", "warnings", "acknowledged"}


def test_savings_in_json_carry_their_band_unit_and_sources(verdict: Verdict) -> None:
    [finding] = [each for each in json_report(verdict)["findings"] if each["rule"] == "SIL001"]
    cost = finding["suggestion"]["saves"]["cost"]
    assert cost["low"] <= cost["likely"] <= cost["high"]
    assert cost["unit"] == "USD/h"
    assert cost["sources"]


def test_an_accepted_finding_is_kept_in_json_with_its_reason_and_hidden_in_text(verdict: Verdict) -> None:
    [finding] = [each for each in json_report(verdict)["findings"] if each["rule"] == "SIL002"]
    assert finding["acknowledged"] == {"reason": "CUDA kernels", "expires": "2027-01-01", "origin": "metadata"}
    assert "SIL002" not in text_report(verdict)
    assert "CUDA kernels (metadata, until 2027-01-01)" in text_report(verdict, show_acknowledged=True)


def test_the_text_names_the_place_the_reason_the_fix_and_the_saving(verdict: Verdict) -> None:
    text = text_report(verdict, width=200)
    assert "error SIL001" in text
    assert "app.template.json" in text
    assert "InstanceType = ml.p4d.24xlarge" in text
    assert "Use ml.trn1.32xlarge" in text
    assert "USD/h" in text
    assert "unreadable broken.yaml" in text
    assert "1 error" in text.splitlines()[-1]


def test_the_text_is_coloured_only_when_asked(verdict: Verdict) -> None:
    assert "\x1b[" not in text_report(verdict)
    assert "\x1b[31;1merror" in text_report(verdict, coloured=True)


def test_the_text_fits_its_width_but_for_paths(verdict: Verdict) -> None:
    wrapped = [line for line in text_report(verdict, width=80).splitlines() if line.startswith(("  why", "  fix"))]
    assert wrapped
    assert all(len(line) <= 80 for line in wrapped)


@pytest.mark.parametrize("coloured", [False, True])
def test_a_template_cannot_write_to_the_terminal(coloured: bool) -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J\r\nerror FAKE"
    resources = {hostile: endpoint(f"ml.p4d{hostile}")["Endpoint"]}
    app = App(templates=[read_template({"Resources": resources}, path=f"a{hostile}.json")])
    text = text_report(judge(app), coloured=coloured)
    assert "\x1b]0" not in text
    assert "\x1b[2J" not in text
    assert "\x07" not in text
    assert not any(line.startswith("error FAKE") for line in text.splitlines())
