"""A baseline: what was found on the day a team began, so that only what is new fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from lean_silicon.exceptions import ConfigurationError, UnreadableInputError
from lean_silicon.reports.fingerprints import fingerprint
from lean_silicon.rules import Verdict
from lean_silicon.templates import Acknowledgment
from lean_silicon.templates.files import read_small
from lean_silicon.templates.limits import MAX_BASELINE_BYTES
from lean_silicon.templates.parsing import strict_json

VERSION = 1
_MOST_SHOWN = 200
"""Characters of an entry that messages quote."""


class Compared(NamedTuple):
    """A verdict with what the baseline holds accepted, and the baseline's entries that match nothing any more."""

    verdict: Verdict
    stale: tuple[str, ...]


def baseline_of(verdict: Verdict) -> dict[str, Any]:
    """All findings that count today, sorted so that a diff of two baselines is readable."""
    entries = {fingerprint(finding): finding for finding in verdict.findings if finding.acknowledged is None}
    return {
        "version": VERSION,
        "findings": sorted(
            (
                {
                    "rule": finding.rule,
                    "where": finding.resource.construct_path or finding.resource.logical_id,
                    "property_path": finding.property_path,
                    "instance_type": finding.instance_type,
                    "fingerprint": key,
                }
                for key, finding in entries.items()
            ),
            key=lambda entry: (
                entry["rule"] or "",
                entry["where"] or "",
                entry["property_path"] or "",
                entry["fingerprint"] or "",
            ),
        ),
    }


def read_baseline(path: str) -> dict[str, str]:
    """The baseline's fingerprints, each with words for a person.

    Raises
    ------
    ConfigurationError
        If the file is missing or not a baseline.
    """
    try:
        contents = strict_json(read_small(Path(path), MAX_BASELINE_BYTES).decode("utf-8"))
    except UnreadableInputError as error:
        raise ConfigurationError(f"--baseline {path}: cannot be read: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"--baseline {path}: is not JSON: {error}") from None
    entries = contents.get("findings") if isinstance(contents, Mapping) else None
    if not isinstance(entries, list) or contents.get("version") != VERSION:
        raise ConfigurationError(
            f"--baseline {path}: is not a baseline of version {VERSION}; --write-baseline {path} makes one"
        )
    return {
        entry["fingerprint"]: f"{entry.get('rule')} at {entry.get('where')}"[:_MOST_SHOWN]
        for entry in entries
        if isinstance(entry, Mapping) and isinstance(entry.get("fingerprint"), str)
    }


def against_baseline(verdict: Verdict, known: Mapping[str, str]) -> Compared:
    """The verdict with every finding that the baseline knows accepted."""
    met: set[str] = set()
    findings = []
    for finding in verdict.findings:
        key = fingerprint(finding)
        if key in known:
            met.add(key)
        accepted = key in known and finding.acknowledged is None
        reason = Acknowledgment(finding.rule, "stands in the baseline", None, "baseline")
        findings.append(finding.acknowledged_by(reason) if accepted else finding)
    findings.sort(key=lambda finding: (finding.acknowledged is not None, finding.severity.rank))
    stale = tuple(words for key, words in known.items() if key not in met)
    return Compared(replace(verdict, findings=findings), stale)
