"""What the constructs above the stacks acknowledge: the app and its stages have no place of their own in an assembly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.declarations import KEY
from lean_silicon.templates.manifest import inside, read_mapping

FILE = "validation-report.json"
"""What the CDK leaves beside the templates after its validation, with every finding that was accepted, where and why."""

Above = Mapping[str, Mapping[str, Any]]
"""By construct path (``""`` is the app): acknowledged rules (``"LeanSilicon::SIL001"``) and their reasons."""


def acknowledged_in_report(root: Path) -> Above:
    """What the report of an assembly's own synthesis says was acknowledged, by where.

    A report that is missing or damaged acknowledges nothing: findings then count, which is the safe side.
    """
    try:
        report = read_mapping(inside(root, root, FILE))
    except UnreadableInputError:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for accepted in _accepted(report):
        path, rule = accepted.get("acknowledgedAt") or "", accepted.get("ruleName")
        if isinstance(path, str) and isinstance(rule, str):
            found.setdefault(path, {})[f"{KEY}::{rule}"] = accepted.get("reason")
    return found


def above(construct_path: str, acknowledged: Above) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What is acknowledged above a stack: by the app, and by what lies between."""
    parts = construct_path.split("/")
    for end in range(len(parts)):
        path = "/".join(parts[:end])
        if path in acknowledged:
            yield path, acknowledged[path]


def _accepted(report: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    plugins = report.get("pluginReports")
    for plugin in plugins if isinstance(plugins, list) else ():
        accepted = (
            plugin.get("suppressedViolations")
            if isinstance(plugin, Mapping) and plugin.get("pluginName") == KEY
            else None
        )
        yield from (each for each in accepted or () if isinstance(each, Mapping)) if isinstance(accepted, list) else ()
