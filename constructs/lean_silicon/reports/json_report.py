"""The verdict as JSON. Keys are added, never renamed."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from lean_silicon.footprint import Footprint
from lean_silicon.quantity import Quantity
from lean_silicon.rules import Finding, Severity, Suggestion, Verdict

VERSION = 1


def json_report(verdict: Verdict) -> dict[str, Any]:
    """The whole verdict as plain values, in the shape that ``docs/reports.md`` describes."""
    return {
        "version": VERSION,
        "findings": [_finding(finding) for finding in verdict.findings],
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


def _finding(finding: Finding) -> dict[str, Any]:
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
    known = ((field.name, getattr(footprint, field.name)) for field in fields(footprint))
    return {name: _quantity(value) for name, value in known if isinstance(value, Quantity)}


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "low": quantity.low,
        "likely": quantity.likely,
        "high": quantity.high,
        "unit": quantity.unit,
        "sources": list(quantity.sources),
    }
