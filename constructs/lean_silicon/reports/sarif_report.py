"""The verdict as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from lean_silicon._version import __version__
from lean_silicon.harmless_text import json_text
from lean_silicon.reports.fingerprints import fingerprint
from lean_silicon.reports.locations import Place, places_of
from lean_silicon.reports.text_report import savings
from lean_silicon.rules import Finding, Rule, Severity, Verdict, all_rules

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif_report(verdict: Verdict) -> dict[str, Any]:
    """The verdict as a SARIF log with one run; accepted findings are results with a suppression."""
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "lean-silicon",
                        "semanticVersion": __version__,
                        "rules": [_rule(rule) for rule in all_rules()],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not verdict.unreadable,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": f"{bad.path}: {bad.error}"}}
                            for bad in verdict.unreadable
                        ],
                    }
                ],
                "results": list(_results(verdict.findings)),
            }
        ],
    }


def sarif_parts(verdict: Verdict) -> Iterator[str]:
    """The text of `sarif_report`, finding by finding."""
    before, empty, after = json_text(sarif_report(replace(verdict, findings=[]))).rpartition(_NO_RESULTS)
    if not verdict.findings:
        yield before + empty + after
        return
    separator = before + _NO_RESULTS.removesuffix("]") + _RESULT
    for result in _results(verdict.findings):
        yield separator + json_text(result).replace("\n", _RESULT)
        separator = "," + _RESULT
    yield "\n      ]" + after


_NO_RESULTS = '"results": []'
_RESULT = "\n        "
"""How far results are indented."""


def _results(findings: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    positions = {rule.id: position for position, rule in enumerate(all_rules())}
    for finding, place in zip(findings, places_of(findings), strict=True):
        yield _result(finding, place, positions)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": type(rule).__name__,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.documentation().partition("\n\n")[0].replace("\n", " ")},
        "help": {"text": rule.documentation(), "markdown": rule.documentation()},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["sustainability", "cost"], "evidence": rule.evidence.value},
    }


def _result(finding: Finding, place: Place, positions: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": _unlinked(_message(finding))},
        "locations": [_location(finding, place)],
        "partialFingerprints": {"leanSilicon/v1": fingerprint(finding)},
    }
    if finding.rule in positions:
        result["ruleIndex"] = positions[finding.rule]
    if finding.acknowledged is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.acknowledged.reason}]
    return result


def _message(finding: Finding) -> str:
    if finding.suggestion is None:
        return finding.message
    saved = savings(finding.suggestion.saves) if finding.suggestion.saves else ""
    return f"{finding.message} {finding.suggestion.text}{f' Saves {saved}.' if saved else ''}"


def _unlinked(text: str) -> str:
    """SARIF makes a link of a text in brackets before one in parentheses, so a blank stands between them."""
    return text.replace("](", "] (")


def _location(finding: Finding, place: Place) -> dict[str, Any]:
    resource = finding.resource
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(relative(resource.template.path), safe="/:\\", errors="replace")},
            "region": {"startLine": place.line, "startColumn": place.column},
        },
        "logicalLocations": [
            {
                "name": resource.logical_id,
                "fullyQualifiedName": f"{resource.construct_path or resource.logical_id}.{finding.property_path}".rstrip(
                    "."
                ),
                "kind": "resource",
            }
        ],
    }


def relative(path: str) -> str:
    """The path from this folder, with forward slashes, where it lies below it; else as it is."""
    try:
        return Path(path).resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (ValueError, OSError):
        return PurePath(path).as_posix()
