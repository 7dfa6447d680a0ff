"""Finds the rules: every class with an id in a module below this package, and those of other packages' entry points."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import GenericAlias, ModuleType

from lean_silicon.exceptions import ConfigurationError
from lean_silicon.rules.rule import Rule

ENTRY_POINTS = "lean_silicon.rules"
"""The group of entry points under which a package offers modules with rules of its own."""

_ID = re.compile(r"[A-Z]{2,8}\d{3}")


@cache
def all_rules() -> tuple[Rule, ...]:
    """One instance of every rule, ours and those of installed packages, ordered by id.

    Raises
    ------
    ConfigurationError
        If a package's rules cannot be loaded, or one takes an id that is taken or is not shaped like one.
    """
    found = {rule.id: rule for rule in built_in_rules()}
    for package, module in _offered():
        for rule in _rules_in(module):
            if not _ID.fullmatch(str(getattr(rule, "id", ""))):
                raise ConfigurationError(
                    f"the rule {type(rule).__name__} of {package} has the id {getattr(rule, 'id', None)!r}; "
                    "it must be 2 to 8 capital letters and 3 digits, such as ACME001"
                )
            if rule.id in found:
                raise ConfigurationError(
                    f"the rule {rule.id} of {package} takes an id that is taken; give it one of its own"
                )
            found[rule.id] = rule
    return tuple(found[rule_id] for rule_id in sorted(found))


@cache
def built_in_rules() -> tuple[Rule, ...]:
    """The rules of this package, ordered by id. Adding a rule is adding a file to a group's folder."""
    package = Path(__file__).parent
    found: list[Rule] = []
    for path in sorted(package.glob("*/[!_]*.py")):
        found += _rules_in(importlib.import_module(f"lean_silicon.rules.{path.parent.name}.{path.stem}"))
    return tuple(sorted(found, key=lambda rule: rule.id))


def rule_ids() -> tuple[str, ...]:
    """The ids of all rules, ordered."""
    return tuple(rule.id for rule in all_rules())


def find_rule(rule_id: str) -> Rule | None:
    """The rule of that id, or `None`."""
    return next((rule for rule in all_rules() if rule.id == rule_id.upper()), None)


def _rules_in(module: ModuleType) -> Iterator[Rule]:
    for candidate in vars(module).values():
        if isinstance(candidate, GenericAlias):  # Python 3.10 takes list[str] for a class
            continue
        # The module first: an abstract class remembers whatever it was once compared with.
        if isinstance(candidate, type) and candidate.__module__ == module.__name__ and issubclass(candidate, Rule):
            yield candidate()


def _offered() -> Iterator[tuple[str, ModuleType]]:
    """The modules that installed packages offer, each with its name for an error."""
    if not _any_package_offers():
        return
    from importlib.metadata import entry_points

    for entry_point in entry_points(group=ENTRY_POINTS):
        try:
            module = entry_point.load()
        except Exception as error:
            raise ConfigurationError(
                f"the rules {entry_point.name!r} ({entry_point.value}) cannot be loaded: {type(error).__name__}: {error}"
            ) from error
        yield entry_point.value, module


def _any_package_offers() -> bool:
    """Whether any installed package names our entry points: a look at small files, as the standard library's way costs more."""
    group = f"[{ENTRY_POINTS}]".encode()
    return any(group in _entry_points(folder) for folder in _installed())


def _installed() -> Iterator[str]:
    """The folders in which installed packages tell of themselves."""
    for folder in sys.path:
        with contextlib.suppress(OSError), os.scandir(folder or ".") as entries:
            yield from (entry.path for entry in entries if entry.name.endswith("-info"))


def _entry_points(folder: str) -> bytes:
    try:
        with open(f"{folder}/entry_points.txt", "rb") as file:  # noqa: PTH123 - a Path for each package takes as long as the reading
            return file.read()
    except OSError:
        return b""
