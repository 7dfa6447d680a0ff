"""The verdict for two forges: GitHub's workflow commands and GitLab's code quality."""

from __future__ import annotations

from typing import Any

from lean_silicon.harmless_text import printable
from lean_silicon.reports.fingerprints import fingerprint
from lean_silicon.reports.locations import Place, places_of
from lean_silicon.reports.sarif_report import relative
from lean_silicon.rules import Finding, Severity, Verdict

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_GITLAB = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def github_report(verdict: Verdict) -> str:
    """One workflow command a finding that counts, so that it stands beside the line in a pull request."""
    counting = _counting(verdict)
    lines = [_command(finding, place) for finding, place in zip(counting, places_of(counting), strict=True)]
    lines += [
        f"::error file={_property(relative(bad.path))},title=unreadable::{_data(bad.error)}"
        for bad in verdict.unreadable
    ]
    return "\n".join(lines)


def gitlab_report(verdict: Verdict) -> list[dict[str, Any]]:
    """The findings that count, as GitLab's code quality report wants them."""
    counting = _counting(verdict)
    return [
        {
            "description": f"{finding.title}: {finding.message}",
            "check_name": finding.rule,
            "fingerprint": fingerprint(finding),
            "severity": _GITLAB[finding.severity],
            "location": {"path": relative(finding.resource.template.path), "lines": {"begin": place.line}},
        }
        for finding, place in zip(counting, places_of(counting), strict=True)
    ] + [
        {
            "description": bad.error,
            "check_name": "unreadable",
            "fingerprint": f"unreadable:{relative(bad.path)}",
            "severity": "major",
            "location": {"path": relative(bad.path), "lines": {"begin": 1}},
        }
        for bad in verdict.unreadable
    ]


def _counting(verdict: Verdict) -> list[Finding]:
    return [finding for finding in verdict.findings if finding.acknowledged is None]


def _command(finding: Finding, place: Place) -> str:
    where = f"file={_property(relative(finding.resource.template.path))},line={place.line},col={place.column}"
    fix = f" {finding.suggestion.text}" if finding.suggestion else ""
    title = _property(f"{finding.rule} {finding.title}")
    return f"::{_COMMANDS[finding.severity]} {where},title={title}::{_data(finding.message + fix)}"


def _data(text: str) -> str:
    """On one line and escaped as GitHub's runner unescapes it, so that no template can add a command of its own."""
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
