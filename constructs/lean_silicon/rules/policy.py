"""How strict to be: a named policy, its thresholds, and what a project changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from lean_silicon.exceptions import ConfigurationError
from lean_silicon.rules.finding import Severity

POLICY_NAMES = ("recommended", "strict", "advisory")


@dataclass(frozen=True)
class Settings:
    """Every threshold that a rule uses. The defaults are those of the ``recommended`` policy."""

    interactive_accelerators: int = field(
        default=1, metadata={"help": "accelerators that a notebook or Studio app may have (SIZ005)"}
    )
    interactive_accelerator_memory_gib: float = field(
        default=48, metadata={"help": "accelerator memory, GiB, that a notebook or Studio app may have (SIZ005)"}
    )
    max_job_hours: float = field(
        default=72,
        metadata={
            "help": "hours that a training, processing or tuning job may take before it is stopped (UTL003); 72 stops a job that "
            "hangs on Friday evening by Monday"
        },
    )
    interactive_idle_minutes: float = field(
        default=120,
        metadata={
            "help": "idle minutes after which Studio must shut an app down (UTL005); 120 is twice the least that AWS takes"
        },
    )
    agent_idle_minutes: float = field(
        default=30,
        metadata={
            "help": "idle minutes for which an AgentCore runtime may keep a session (UTL009); 30 is twice AgentCore's default"
        },
    )
    agent_lifetime_hours: float = field(
        default=8,
        metadata={"help": "hours for which AgentCore may keep a machine (UTL009); 8 is AgentCore's default"},
    )
    head_room: float = field(
        default=0.2,
        metadata={
            "help": "share of its need by which a smaller type's memory must exceed it, beyond the high end of the estimate, "
            "to be suggested (SIZ002, INF001); 0.2 leaves what a server such as vLLM keeps free by default, and some more"
        },
    )
    max_resource_accelerators: int = field(
        default=256,
        metadata={"help": "accelerators that one resource may ask for, at its largest (SIZ004); inf for no limit"},
    )
    max_app_accelerators: int = field(
        default=512,
        metadata={"help": "accelerators that an app may ask for in all, at its largest (SIZ004); inf for no limit"},
    )
    max_resource_usd_per_hour: float = field(
        default=1000,
        metadata={
            "help": "USD an hour, on demand, that one resource may cost at its largest (SIZ004): 730,000 a month; inf for no limit"
        },
    )
    max_app_usd_per_hour: float = field(
        default=2000,
        metadata={
            "help": "USD an hour, on demand, that an app may cost in all at its largest (SIZ004); inf for no limit"
        },
    )
    max_resource_watts: float = field(
        default=300_000,
        metadata={
            "help": "W that the machines of one resource may draw at their largest number (SIZ004): about 32 machines of 8 H100; "
            "inf for no limit"
        },
    )
    max_app_watts: float = field(
        default=600_000,
        metadata={
            "help": "W that an app's machines may draw in all at their largest number (SIZ004); inf for no limit"
        },
    )
    grid_g_per_kwh: float = field(
        default=200,
        metadata={
            "help": "gCO2e/kWh, location-based, that the grid of a region may have where movable work runs (CAR001); 11 of the "
            "catalogue's 38 regions lie below 200 by their likely value"
        },
    )
    top_tier_usd_per_million_tokens: float = field(
        default=10,
        metadata={
            "help": "USD for a million written tokens above which a Bedrock model counts as top-tier (MDL001); in the price lists of "
            "November 2026 each large provider's smallest models lie at 5 or below, its largest at 11 and above"
        },
    )
    model_notice_days: int = field(
        default=90,
        metadata={
            "help": "days before a Bedrock model's last day from which its use is reported (MDL004); AWS may raise the price of a model in "
            "its last three months"
        },
    )
    evidence_days: int = field(
        default=365,
        metadata={
            "help": "days that an evaluation counts as evidence (CUS003); AWS keeps a Bedrock model for at least twelve months, so that "
            "an older one may have compared with models that are gone"
        },
    )


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


def read_policy(configuration: Mapping[str, Any], known_rules: Iterable[str], *, where: str) -> Policy:
    """A policy from the contents of ``lean-silicon.toml`` (or ``[tool.lean-silicon]``); `where` names the file in errors.

    Raises
    ------
    ConfigurationError
        For an unknown key or a wrong value. The message names the nearest key.
    """
    ids = tuple(known_rules)
    _refuse_unknown(configuration, _KEYS, f"{where}:")
    severities: dict[str, Severity] = {}
    off: list[str] = []
    for rule_id, options in _table(configuration, "rules", where).items():
        _refuse_unknown({rule_id: None}, ids, f"{where}: [rules]")
        _refuse_unknown(options if isinstance(options, Mapping) else {}, ("severity",), f"{where}: [rules.{rule_id}]")
        severity = options.get("severity") if isinstance(options, Mapping) else options
        if severity == "off":
            off.append(rule_id)
        else:
            severities[rule_id] = _severity(severity, f"{where}: [rules.{rule_id}] severity")
    name = _text(configuration.get("policy", "recommended"), f"{where}: policy")
    if name not in POLICY_NAMES:
        raise ConfigurationError(f"{where}: policy is {name!r}; it must be one of {', '.join(POLICY_NAMES)}")
    return Policy(
        name=name,
        region=_text(configuration["region"], f"{where}: region") if "region" in configuration else None,
        select=rule_selection(configuration.get("select", ()), ids, f"{where}: select"),
        ignore=(*rule_selection(configuration.get("ignore", ()), ids, f"{where}: ignore"), *off),
        severities=severities,
        settings=_settings(_table(configuration, "settings", where), where),
    )


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
            raise ConfigurationError(
                f"{where} names {item!r}, which is no rule{_nearest(item, ids)}; known: {', '.join(ids)}"
            )
    return chosen


_KEYS = ("policy", "region", "select", "ignore", "rules", "settings")


def _settings(table: Mapping[str, Any], where: str) -> Settings:
    names = {setting.name: setting for setting in fields(Settings)}
    _refuse_unknown(table, tuple(names), f"{where}: [settings]")
    for name, value in table.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise ConfigurationError(f"{where}: [settings] {name} is {value!r}; it must be a number of 0 or more")
    return Settings(**table)


def _table(configuration: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    table = configuration.get(key, {})
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{where}: {key} is {table!r}; it must be a table: [{key}]")
    return table


def _refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise ConfigurationError(f"{where} unknown key {key!r}{_nearest(key, known)}; known: {', '.join(known)}")


def _nearest(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _severity(value: object, where: str) -> Severity:
    try:
        return Severity(str(value))
    except ValueError:
        raise ConfigurationError(f"{where} is {value!r}; it must be error, warning, note or off") from None


def _text(value: object, where: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise ConfigurationError(f"{where} is {value!r}; it must be a text")
