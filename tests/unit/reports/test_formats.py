"""Every format that a machine reads is valid by its own rules, and no template can break out of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sample_templates import endpoint, training
from sarif_pydantic import Sarif

from lean_silicon.harmless_text import json_text
from lean_silicon.reports import FORMATS, json_report, rendered
from lean_silicon.reports.json_report import json_lines
from lean_silicon.reports.sarif_report import sarif_report
from lean_silicon.rules import Context, Verdict, judge, rule_ids
from lean_silicon.templates import App, Unreadable, read_app, read_template

HOSTILE = 'x"><script>alert(1)</script>|`*_%0A::error::owned\n::error::owned\r\x1b[2J\x00\u2028${{ secrets.TOKEN }}'


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    accepted = endpoint("ml.p4d.24xlarge", Acknowledge=[{"Id": "SIL002", "Reason": "CUDA kernels"}])
    path = tmp_path / "app.template.json"
    path.write_text(json.dumps({"Resources": {**accepted, **training("ml.p4d.24xlarge")}}, indent=1), encoding="utf-8")
    return path


@pytest.fixture
def verdict(template: Path) -> Verdict:
    app = read_app([template], region="us-east-1")
    app.unreadable.append(Unreadable("broken.yaml", "line 3: a colon is missing"))
    return judge(app, Context(today=date(2026, 11, 23)))


@pytest.fixture(scope="module")
def hostile() -> Verdict:
    resources = {
        HOSTILE: endpoint(f"ml.p4d.24xlarge{HOSTILE}")["Endpoint"],
        f"b{HOSTILE}": endpoint("ml.p4d.24xlarge")["Endpoint"],
    }
    app = App(
        templates=[read_template({"Resources": resources}, path=f"{HOSTILE}.json", region="us-east-1")],
        unreadable=[Unreadable(HOSTILE, HOSTILE)],
    )
    return judge(app)


def test_sarif_is_valid_and_names_every_rule(verdict: Verdict) -> None:
    log = Sarif.model_validate_json(rendered(verdict, "sarif"))
    [run] = log.runs
    assert [rule.id for rule in run.tool.driver.rules or []] == list(rule_ids())
    assert len(run.results or []) == len(verdict.findings)


def test_sarif_points_to_the_line_of_the_property(verdict: Verdict, template: Path) -> None:
    [run] = sarif_report(verdict)["runs"]
    [found] = [each for each in run["results"] if each["ruleId"] == "SIL002"]
    physical = found["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "app.template.json"
    line = template.read_text(encoding="utf-8").splitlines()[physical["region"]["startLine"] - 1]
    assert '"InstanceType": "ml.p4d.24xlarge"' in line
    assert line[physical["region"]["startColumn"] - 1 :].startswith('"InstanceType"')


def test_sarif_keeps_what_was_accepted_as_suppressed(verdict: Verdict) -> None:
    [found] = [each for each in sarif_report(verdict)["runs"][0]["results"] if each["ruleId"] == "SIL002"]
    assert found["suppressions"] == [{"kind": "inSource", "justification": "CUDA kernels"}]


def test_sarif_says_what_could_not_be_read(verdict: Verdict) -> None:
    [invocation] = sarif_report(verdict)["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "broken.yaml" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_a_fingerprint_survives_moved_lines(verdict: Verdict, template: Path) -> None:
    before = {each["partialFingerprints"]["leanSilicon/v1"] for each in sarif_report(verdict)["runs"][0]["results"]}
    template.write_text("\n\n\n" + template.read_text(encoding="utf-8"), encoding="utf-8")
    moved = judge(read_app([template], region="us-east-1"), Context(today=date(2026, 11, 23)))
    assert {
        each["partialFingerprints"]["leanSilicon/v1"] for each in sarif_report(moved)["runs"][0]["results"]
    } == before


def test_junit_counts_failures_errors_and_skipped_cases(verdict: Verdict) -> None:
    root = ET.fromstring(rendered(verdict, "junit"))
    suites = {suite.get("name"): suite for suite in root}
    judged = next(suite for name, suite in suites.items() if name and name.endswith("app.template.json"))
    assert int(judged.get("tests", "")) == len(verdict.findings) == len(judged.findall("testcase"))
    assert int(judged.get("failures", "")) == len(judged.findall("testcase/failure"))
    assert int(judged.get("skipped", "")) == len(judged.findall("testcase/skipped"))
    assert suites["broken.yaml"].find("testcase/error") is not None


def test_a_clean_verdict_is_one_passed_case_in_junit() -> None:
    root = ET.fromstring(rendered(Verdict(templates=2), "junit"))
    assert [case.get("name") for case in root.iter("testcase")] == ["2 templates judged"]
    assert list(root.iter("failure")) == []


def test_github_gets_one_command_a_finding_with_its_line(verdict: Verdict) -> None:
    lines = rendered(verdict, "github").splitlines()
    counting = [finding for finding in verdict.findings if finding.acknowledged is None]
    assert len(lines) == len(counting) + len(verdict.unreadable)
    assert lines[0].startswith("::error file=app.template.json,line=")


def test_gitlab_gets_every_key_that_it_needs(verdict: Verdict) -> None:
    entries = json.loads(rendered(verdict, "gitlab"))
    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert entry["location"]["lines"]["begin"] >= 1
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


def test_markdown_is_a_heading_and_a_table(verdict: Verdict) -> None:
    lines = rendered(verdict, "markdown").splitlines()
    assert lines[0].startswith("### lean-silicon: 1 error")
    rows = [line for line in lines if line.startswith("| error")]
    assert len(rows) == 1
    assert rows[0].count("|") - rows[0].count("\\|") == 7


@pytest.mark.parametrize("style", FORMATS)
def test_a_hostile_template_breaks_out_of_no_format(hostile: Verdict, style: str) -> None:
    text = rendered(hostile, style)
    assert "\x1b[2J" not in text
    if style in ("json", "sarif", "gitlab"):
        json.loads(text)
    elif style == "junit":
        ET.fromstring(text)
    elif style == "github":
        assert all(line.startswith("::") and " file=" in line for line in text.split("\n"))
        assert "\r" not in text
    elif style == "markdown":
        assert "<script>" not in text
        assert not any(line.startswith("::error") for line in text.splitlines())
    else:
        assert not any(line.startswith("::error") for line in text.splitlines())


@pytest.mark.parametrize("style", FORMATS)
def test_every_format_takes_an_empty_verdict(style: str) -> None:
    assert isinstance(rendered(Verdict(), style), str)


@pytest.mark.parametrize("findings", ["all", "none"])
def test_what_is_told_in_parts_is_what_is_told_whole(verdict: Verdict, findings: str) -> None:
    told = verdict if findings == "all" else replace(verdict, findings=[])
    assert rendered(told, "json") == json_text(json_report(told))
    assert rendered(told, "sarif") == json_text(sarif_report(told))
    assert json.loads("".join(json_lines(told))) == json.loads(json_text(json_report(told)))
