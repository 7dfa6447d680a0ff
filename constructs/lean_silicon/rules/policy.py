"""How strict to be: a named policy, its thresholds, and what a project changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Any

from lean_silicon.exceptions import ConfigurationError
from lean_silicon.rules.finding import Severity
from lean_silicon.rules.settings import Settings

POLICY_NAMES = ("recommended", "strict", "advisory")


@dataclass(frozen=True)
class Override:
    """What is different for some templates.

    Parameters
    ----------
    paths
        Patterns (``*``, ``?``, ``[abc]``) for a template's path, the end of its path, its stack's name or its construct path.
    name
        Another policy for them. Default: the same.
    ignore
        Rule ids or prefixes that do not run for them, besides those that never run.
    severities
        Per rule id, the severity that replaces the rule's own for them.
    settings
        Thresholds that differ for them, by name.
    folder
        The folder that the patterns are meant from, so that they hold wherever the check is started. Default: unknown.
    """

    paths: tuple[str, ...]
    name: str | None = None
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None

    def applies_to(self, path: str, *names: str | None) -> bool:
        """Whether a template of that path, stack name or construct path is meant."""
        spellings = [PurePath(path).as_posix(), *(name for name in (self._from_folder(path), *names) if name)]
        return any(
            fnmatchcase(spelling, pattern) or fnmatchcase(spelling, f"*/{pattern}")
            for spelling in spellings
            for pattern in self.paths
        )

    def _from_folder(self, path: str) -> str | None:
        """The path as seen from the folder, or `None` where it lies elsewhere."""
        if self.folder is None:
            return None
        try:
            return Path(path).resolve().relative_to(self.folder.resolve()).as_posix()
        except ValueError:
            return None


@dataclass(frozen=True)
class Policy:
    """How strict the rules are.

    Parameters
    ----------
    name
        ``"recommended"`` (default): as each rule's page says; ``"strict"``: warnings are errors; ``"advisory"``:
        errors are warnings.
    region
        The region to judge for where a template names none. Default: unknown, and the findings say so.
    select
        Rule ids or prefixes (``"SIL"``) to run. Default: all.
    ignore
        Rule ids or prefixes not to run.
    severities
        Per rule id, the severity that replaces the rule's own.
    settings
        The thresholds.
    overrides
        What is different for some templates; a later one goes before an earlier one.

    Raises
    ------
    ConfigurationError
        If the name is not a policy's.

    Examples
    --------
    >>> Policy(name="strict", ignore=("SIL004",)).runs("SIL004")
    False
    """

    name: str = "recommended"
    region: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        if self.name not in POLICY_NAMES:
            raise ConfigurationError(f"policy is {self.name!r}; it must be one of {', '.join(POLICY_NAMES)}")

    def runs(self, rule_id: str) -> bool:
        """Whether the rule of that id is to run."""
        if self.ignore and rule_id.startswith(self.ignore):
            return False
        return not self.select or rule_id.startswith(self.select)

    def severity(self, rule_id: str, found: Severity) -> Severity:
        """How a finding of that severity counts under this policy. Notes stay notes."""
        if found is Severity.NOTE:
            return found
        if rule_id in self.severities:
            return self.severities[rule_id]
        if self.name == "strict":
            return Severity.ERROR
        return Severity.WARNING if self.name == "advisory" else found

    def at(self, path: str, *names: str | None) -> Policy:
        """The policy for a template of that path, stack name and construct path."""
        policy = self
        for override in self.overrides:
            if override.applies_to(path, *names):
                policy = replace(
                    policy,
                    name=override.name or policy.name,
                    ignore=(*policy.ignore, *override.ignore),
                    severities={**policy.severities, **override.severities},
                    settings=replace(policy.settings, **override.settings),
                )
        return policy


def read_policy(
    configuration: Mapping[str, Any], known_rules: Iterable[str], *, where: str, folder: Path | None = None
) -> Policy:
    """A policy from the contents of ``lean-silicon.toml`` (or ``[tool.lean-silicon]``); `where` names the file in errors.

    `folder` is the file's own: the paths of its overrides are meant from there.

    Raises
    ------
    ConfigurationError
        For an unknown key or a wrong value. The message names the nearest key.
    """
    ids = tuple(known_rules)
    _refuse_unknown(configuration, _KEYS, f"{where}:")
    severities, off = _severities(configuration, ids, where)
    return Policy(
        name=_name(configuration.get("policy", "recommended"), f"{where}: policy"),
        region=_text(configuration["region"], f"{where}: region") if "region" in configuration else None,
        select=rule_selection(configuration.get("select", ()), ids, f"{where}: select"),
        ignore=(*rule_selection(configuration.get("ignore", ()), ids, f"{where}: ignore"), *off),
        severities=severities,
        settings=Settings(**_settings(_table(configuration, "settings", where), where)),
        overrides=_overrides(configuration.get("overrides", []), ids, where, folder),
    )


def _overrides(entries: object, ids: tuple[str, ...], where: str, folder: Path | None) -> tuple[Override, ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise ConfigurationError(f"{where}: overrides is {entries!r}; it must be a list of tables: [[overrides]]")
    return tuple(
        _override(entry, ids, f"{where}: [[overrides]] {number}:", folder) for number, entry in enumerate(entries, 1)
    )


def _override(entry: Mapping[str, Any], ids: tuple[str, ...], where: str, folder: Path | None) -> Override:
    _refuse_unknown(entry, _OVERRIDE_KEYS, where)
    paths = entry.get("paths")
    if not isinstance(paths, list) or not paths or not all(isinstance(path, str) and path for path in paths):
        raise ConfigurationError(
            f'{where} paths is {paths!r}; it must be a list of patterns such as ["legacy/*", "Sandbox*"]'
        )
    severities, off = _severities(entry, ids, where)
    return Override(
        paths=tuple(paths),
        name=_name(entry["policy"], f"{where} policy") if "policy" in entry else None,
        ignore=(*rule_selection(entry.get("ignore", ()), ids, f"{where} ignore"), *off),
        severities=severities,
        settings=_settings(_table(entry, "settings", where), where),
        folder=folder,
    )


def _severities(table: Mapping[str, Any], ids: tuple[str, ...], where: str) -> tuple[dict[str, Severity], list[str]]:
    """What ``[rules]`` says: the severities that replace the rules' own, and the rules that are off."""
    severities: dict[str, Severity] = {}
    off: list[str] = []
    for rule_id, options in _table(table, "rules", where).items():
        _refuse_unknown({rule_id: None}, ids, f"{where}: [rules]")
        _refuse_unknown(options if isinstance(options, Mapping) else {}, ("severity",), f"{where}: [rules.{rule_id}]")
        severity = options.get("severity") if isinstance(options, Mapping) else options
        if severity == "off":
            off.append(rule_id)
        else:
            severities[rule_id] = _severity(severity, f"{where}: [rules.{rule_id}] severity")
    return severities, off


def _name(value: object, where: str) -> str:
    name = _text(value, where)
    if name not in POLICY_NAMES:
        raise ConfigurationError(f"{where} is {name!r}; it must be one of {', '.join(POLICY_NAMES)}")
    return name


def rule_selection(value: object, known_rules: Iterable[str], where: str) -> tuple[str, ...]:
    """Rule ids or prefixes, checked against the known ones.

    Raises
    ------
    ConfigurationError
        If one matches no rule: a misspelt id must not silently switch nothing off.
    """
    ids = tuple(known_rules)
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, str) for item in items):
        raise ConfigurationError(
            f"{where} is {value!r}; it must be a list of rule ids or prefixes such as SIL or SIL001"
        )
    chosen = tuple(item.strip().upper() for item in items if item.strip())
    for item in chosen:
        if not any(rule_id.startswith(item) for rule_id in ids):
            raise ConfigurationError(f"{where} names {item!r}, which is no rule{_meant(item, ids)}")
    return chosen


_MANY = 20
_KEYS = ("policy", "region", "select", "ignore", "rules", "settings", "overrides")
_OVERRIDE_KEYS = ("paths", "policy", "ignore", "rules", "settings")


def _settings(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    names = {setting.name: setting for setting in fields(Settings)}
    _refuse_unknown(table, tuple(names), f"{where}: [settings]")
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
            raise ConfigurationError(f"{where}: [settings] {name} is {value!r}; it must be a number of 0 or more")
    return dict(table)


def _table(configuration: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    table = configuration.get(key, {})
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{where}: {key} is {table!r}; it must be a table: [{key}]")
    return table


def _refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise ConfigurationError(f"{where} unknown key {key!r}{_meant(key, known)}")


def _meant(word: str, known: tuple[str, ...]) -> str:
    """What was probably meant, and all that there is, unless that would bury it."""
    close = difflib.get_close_matches(word, known, n=1)
    probably = f" (did you mean {close[0]!r}?)" if close else ""
    return probably if close and len(known) > _MANY else f"{probably}; known: {', '.join(known)}"


def _severity(value: object, where: str) -> Severity:
    try:
        return Severity(str(value))
    except ValueError:
        raise ConfigurationError(f"{where} is {value!r}; it must be error, warning, note or off") from None


def _text(value: object, where: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise ConfigurationError(f"{where} is {value!r}; it must be a text")
