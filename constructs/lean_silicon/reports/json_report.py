"""The verdict as JSON. Keys are added, never renamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lean_silicon.footprint import Footprint
from lean_silicon.harmless_text import json_text
from lean_silicon.quantity import Quantity
from lean_silicon.rules import Finding, Severity, Suggestion, Verdict

VERSION = 1


def json_report(verdict: Verdict) -> dict[str, Any]:
    """The whole verdict as plain values, in the shape that ``docs/reports.md`` describes."""
    return {"version": VERSION, "findings": [finding_json(finding) for finding in verdict.findings], **_rest(verdict)}


def json_parts(verdict: Verdict) -> Iterator[str]:
    """The text of `json_report`, finding by finding: the whole of it, in memory, is several times the verdict."""
    yield f'{{\n  "version": {VERSION},\n  "findings": ['
    separator = "\n    "
    for finding in verdict.findings:
        yield separator + json_text(finding_json(finding)).replace("\n", "\n    ")
        separator = ",\n    "
    yield ("\n  ]," if verdict.findings else "],") + json_text(_rest(verdict)).removeprefix("{")


def json_lines(verdict: Verdict) -> Iterator[str]:
    """The same values with a finding a line, which a diff can read, at a fraction of the time that indenting it all takes."""
    separator = f'{{"version": {VERSION}, "findings": [\n'
    for finding in verdict.findings:
        yield separator + json.dumps(finding_json(finding))
        separator = ",\n"
    yield ("\n]" if verdict.findings else f"{separator}]") + ",\n" + json.dumps(_rest(verdict)).removeprefix("{") + "\n"


def _rest(verdict: Verdict) -> dict[str, Any]:
    return {
        "unreadable": [{"path": unreadable.path, "error": unreadable.error} for unreadable in verdict.unreadable],
        "problems": [{"path": path, "problem": problem} for path, problem in verdict.problems],
        "skipped": [{"path": skipped.path, "reason": skipped.reason} for skipped in verdict.skipped],
        "summary": {
            "templates": verdict.templates,
            "resources": verdict.resources,
            "uses": verdict.uses,
            "errors": verdict.count(Severity.ERROR),
            "warnings": verdict.count(Severity.WARNING),
            "notes": verdict.count(Severity.NOTE),
            "acknowledged": verdict.acknowledged,
        },
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as plain values."""
    resource, acknowledged = finding.resource, finding.acknowledged
    return {
        "rule": finding.rule,
        "title": finding.title,
        "severity": finding.severity.value,
        "evidence": finding.evidence.value,
        "message": finding.message,
        "resource": {
            "logical_id": resource.logical_id,
            "type": resource.type,
            "construct_path": resource.construct_path,
            "created_at": resource.created_at,
            "template": resource.template.path,
        },
        "property_path": finding.property_path,
        "instance_type": finding.instance_type,
        "suggestion": _suggestion(finding.suggestion) if finding.suggestion else None,
        "sources": list(finding.sources),
        "acknowledged": (
            {"reason": acknowledged.reason, "expires": acknowledged.expires, "origin": acknowledged.origin}
            if acknowledged
            else None
        ),
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "instance_type": suggestion.instance_type,
        "text": suggestion.text,
        "saves": _footprint(suggestion.saves) if suggestion.saves else None,
    }


def _footprint(footprint: Footprint) -> dict[str, Any]:
    """Each known figure by its name."""
    return {name: _quantity(value) for name, value in footprint.known().items()}


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "low": quantity.low,
        "likely": quantity.likely,
        "high": quantity.high,
        "unit": quantity.unit,
        "sources": list(quantity.sources),
    }
