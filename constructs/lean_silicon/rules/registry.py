"""Finds the rules: every class with an id in a module below this package."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from lean_silicon.rules.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """One instance of every rule, ordered by id. Adding a rule is adding a file to a group's folder."""
    package = Path(__file__).parent
    found: dict[str, Rule] = {}
    for path in sorted(package.glob("*/[!_]*.py")):
        module = importlib.import_module(f"lean_silicon.rules.{path.parent.name}.{path.stem}")
        for candidate in vars(module).values():
            if isinstance(candidate, type) and issubclass(candidate, Rule) and candidate.__module__ == module.__name__:
                found[candidate.id] = candidate()
    return tuple(found[rule_id] for rule_id in sorted(found))


def rule_ids() -> tuple[str, ...]:
    """The ids of all rules, ordered."""
    return tuple(rule.id for rule in all_rules())


def find_rule(rule_id: str) -> Rule | None:
    """The rule of that id, or `None`."""
    return next((rule for rule in all_rules() if rule.id == rule_id.upper()), None)
