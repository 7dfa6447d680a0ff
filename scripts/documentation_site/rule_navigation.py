"""The navigation of the rules: their list, then a section for each group."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from lean_silicon.rules import built_in_rules


def rule_navigation() -> list[Any]:
    """What mkdocs.yml would say of the rules if it were written by hand."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for rule in built_in_rules():
        group = type(rule).__module__.split(".")[-2]
        groups[f"{rule.id[:3]}: {group}"].append({f"{rule.id} {rule.title}": f"rules/{rule.id}.md"})
    return ["rules/index.md", *({name: pages} for name, pages in groups.items())]
