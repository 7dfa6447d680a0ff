"""What the metadata of a template declares: workloads, evidence, acknowledgments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from lean_silicon.sizing import Workload, read_workload
from lean_silicon.templates.intrinsics.possibility import shown
from lean_silicon.templates.model import NOTHING, UNDECLARED, Acknowledgment, Declaration, EvidenceRecord, Template
from lean_silicon.templates.resolver import Resolver

KEY = "LeanSilicon"
"""The key of the block under ``Metadata``, and the name of the plugin before an acknowledged rule's id."""

_RULE_ID = re.compile(r"[A-Za-z]{2,8}[0-9]{1,4}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ACKNOWLEDGE_KEYS = ("Id", "Reason", "Expires")
_EVIDENCE_KEYS = ("Rung", "Evaluation", "Score", "Target", "Date", "Model")
_KEYS = ("Workload", "Workloads", "Evidence", "Acknowledge")


def declare(template: Template, inherited: Mapping[str, tuple[Acknowledgment, ...]]) -> None:
    """Set `Resource.declaration` of every resource that has anything to declare.

    Parameters
    ----------
    template
        With its resources read.
    inherited
        By logical id, what the construct of a resource and those around it acknowledge.
    """
    resolver = Resolver(template)
    everywhere = _for_the_whole_template(template, resolver)
    shared: dict[tuple[Acknowledgment, ...], Declaration] = {(): UNDECLARED}
    for logical_id, resource in template.resources.items():
        around = inherited.get(logical_id, ()) + everywhere
        if KEY in resource.metadata:
            resource.declaration = read_declaration(resource.metadata[KEY], resolver, around)
        elif around:
            resource.declaration = shared.setdefault(around, Declaration(acknowledgments=around))


def _for_the_whole_template(template: Template, resolver: Resolver) -> tuple[Acknowledgment, ...]:
    metadata = template.body.get("Metadata")
    block = metadata.get(KEY) if isinstance(metadata, Mapping) else None
    if block is None:
        return ()
    found = read_declaration(block, resolver, ())
    problems = list(found.problems)
    if found.workload is not None or found.workloads or found.evidence:
        problems.append(
            "a workload or evidence belongs to a resource; only Acknowledge may stand in the template's own metadata"
        )
    template.problems += tuple(f"Metadata.{KEY}: {problem}" for problem in problems)
    return found.acknowledgments


def read_declaration(block: object, resolver: Resolver, around: tuple[Acknowledgment, ...]) -> Declaration:
    """A ``LeanSilicon`` block, with the acknowledgments that hold anyway. Never raises: see `Declaration.problems`."""
    problems: list[str] = []
    block = _settled(block, resolver, KEY, problems)
    if not isinstance(block, Mapping):
        if not problems:
            problems.append(f"{KEY} is {shown(block)}; it must be a mapping of {', '.join(_KEYS)}")
        return Declaration(acknowledgments=around, problems=tuple(problems))
    problems += _unknown_keys(KEY, block, _KEYS)
    workload = _workload(block["Workload"], resolver, problems) if "Workload" in block else None
    evidence = _evidence(block["Evidence"], resolver, problems) if "Evidence" in block else ()
    own = _acknowledgments(block["Acknowledge"], resolver, problems) if "Acknowledge" in block else ()
    named = _workloads(block["Workloads"], resolver, problems) if "Workloads" in block else NOTHING
    return Declaration(workload, evidence, own + around, tuple(problems), named)


def _settled(expression: Any, resolver: Resolver, place: str, problems: list[str]) -> Any:
    """The one value of an expression, or `None` with the problem named."""
    if not isinstance(expression, dict):
        return expression
    found = resolver.possibilities(expression)
    if len(found) > 1:
        problems.append(f"{place} has {len(found)} possible values; declare one")
        return None
    if found[0].unknown is not None:
        problems.append(f"{place} is unknown: {found[0].unknown}")
    return found[0].value


def _workload(expression: Any, resolver: Resolver, problems: list[str]) -> Workload | None:
    declared = _settled(expression, resolver, "Workload", problems)
    if not isinstance(declared, dict):
        if declared is not None:
            problems += read_workload(declared).problems
        elif expression is None:
            problems.append("Workload is empty; it must be a mapping such as {Task: inference}")
        return None
    values = {}
    for key, value in declared.items():
        settled = _settled(value, resolver, f"Workload.{key}", problems)
        if isinstance(settled, list):
            settled = resolver.plain(settled)
        if settled is not None:
            values[key] = settled
        elif value is None:
            problems.append(f"Workload.{key} is empty; leave it out where it is unknown")
    reading = read_workload(values)
    problems += reading.problems
    return reading.workload


def _workloads(expression: Any, resolver: Resolver, problems: list[str]) -> Mapping[str, Workload]:
    """Workloads by the name of the part that they are for: a variant, an instance group, a state, a step."""
    declared = _settled(expression, resolver, "Workloads", problems)
    if not isinstance(declared, dict):
        if declared is not None or expression is None:
            problems.append(f"Workloads is {shown(declared)}; it must be a mapping of names to workloads")
        return NOTHING
    found = {}
    for name, value in declared.items():
        wrong: list[str] = []
        workload = _workload(value, resolver, wrong)
        problems += [f"Workloads.{name}: {problem}" for problem in wrong]
        if workload is not None and isinstance(name, str):
            found[name] = workload
    return found


def _entries(expression: Any, resolver: Resolver, place: str, problems: list[str]) -> list[Mapping[str, Any]]:
    """The mappings of a list, with their values resolved."""
    before = len(problems)
    declared = _settled(expression, resolver, place, problems)
    if not isinstance(declared, list):
        if len(problems) == before:
            problems.append(f"{place} is {shown(declared)}; it must be a list of mappings")
        return []
    entries = []
    for index, item in enumerate(declared):
        before = len(problems)
        entry = _settled(item, resolver, f"{place}[{index}]", problems)
        if isinstance(entry, dict):
            entries.append(resolver.plain(entry))
        elif len(problems) == before:
            problems.append(f"{place}[{index}] is {shown(entry)}; it must be a mapping")
    return entries


def _unknown_keys(place: str, entry: Mapping[Any, Any], known: tuple[str, ...]) -> list[str]:
    return [
        f"{place} has an unknown key {shown(key)}; known keys are {', '.join(known)}"
        for key in entry
        if key not in known
    ]


def _evidence(expression: Any, resolver: Resolver, problems: list[str]) -> tuple[EvidenceRecord, ...]:
    records = []
    for entry in _entries(expression, resolver, "Evidence", problems):
        problems += _unknown_keys("Evidence", entry, _EVIDENCE_KEYS)
        rung = entry.get("Rung")
        if rung is not None and not isinstance(rung, str):
            problems.append(f"Evidence.Rung is {shown(rung)}; it must be the name of a rung such as rag")
            rung = None
        records.append(EvidenceRecord(rung, entry))
    return tuple(records)


def _acknowledgments(expression: Any, resolver: Resolver, problems: list[str]) -> tuple[Acknowledgment, ...]:
    found = []
    for entry in _entries(expression, resolver, "Acknowledge", problems):
        problems += _unknown_keys("Acknowledge", entry, _ACKNOWLEDGE_KEYS)
        acknowledgment = _acknowledgment(entry, problems)
        if acknowledgment is not None:
            found.append(acknowledgment)
    return tuple(found)


def _acknowledgment(entry: Mapping[str, Any], problems: list[str]) -> Acknowledgment | None:
    """One acknowledgment; one that is not complete and right accepts nothing."""
    rule_id, reason, expires = (entry.get(key) for key in _ACKNOWLEDGE_KEYS)
    bare = rule_id.strip().removeprefix(f"{KEY}::") if isinstance(rule_id, str) else ""
    if not _RULE_ID.fullmatch(bare):
        problems.append(f"Acknowledge.Id is {shown(rule_id)}; it must be the id of a rule such as SIL001")
        return None
    if not isinstance(reason, str) or not reason.strip():
        problems.append(f"Acknowledge of {bare} has no Reason; add one sentence that says why the finding is accepted")
        return None
    if "Expires" in entry and not _is_date(expires):
        problems.append(f"Acknowledge.Expires of {bare} is {shown(expires)}; it must be a date such as 2027-03-31")
        return None
    return Acknowledgment(bare.upper(), reason.strip(), expires, "metadata")


def _is_date(text: object) -> bool:
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
