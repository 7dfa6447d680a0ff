"""Policies change how findings count, and refuse what they do not understand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lean_silicon.exceptions import ConfigurationError
from lean_silicon.rules import Policy, Severity, read_policy, rule_ids


def read(configuration: dict[str, Any]) -> Policy:
    return read_policy(configuration, rule_ids(), where="lean-silicon.toml")


def test_an_empty_configuration_is_the_recommended_policy() -> None:
    assert read({}) == Policy()


def test_strict_makes_warnings_errors_and_advisory_makes_errors_warnings() -> None:
    assert Policy("strict").severity("SIL004", Severity.WARNING) is Severity.ERROR
    assert Policy("advisory").severity("SIL004", Severity.ERROR) is Severity.WARNING
    assert Policy().severity("SIL004", Severity.ERROR) is Severity.ERROR


def test_a_note_stays_a_note_under_every_policy() -> None:
    assert [Policy(name).severity("SIL008", Severity.NOTE) for name in ("recommended", "strict", "advisory")] == [
        Severity.NOTE
    ] * 3


def test_a_rule_is_ignored_or_selected_by_id_or_prefix() -> None:
    policy = read({"select": ["SIL"], "ignore": "SIL004"})
    assert [policy.runs(rule_id) for rule_id in ("SIL001", "SIL004", "SIZ003")] == [True, False, False]


def test_a_rule_can_be_switched_off_or_given_another_severity() -> None:
    policy = read({"rules": {"SIL004": {"severity": "off"}, "SIZ003": {"severity": "error"}, "SIL009": "warning"}})
    assert not policy.runs("SIL004")
    assert policy.severity("SIZ003", Severity.WARNING) is Severity.ERROR
    assert policy.severity("SIL009", Severity.ERROR) is Severity.WARNING


def test_a_threshold_is_set() -> None:
    assert read({"settings": {"interactive_accelerators": 4}}).settings.interactive_accelerators == 4


@pytest.mark.parametrize(
    ("configuration", "says"),
    [
        ({"polcy": "strict"}, r"unknown key 'polcy' \(did you mean 'policy'\?\)"),
        ({"policy": "harsh"}, "must be one of recommended, strict, advisory"),
        ({"policy": 3}, "must be a text"),
        ({"settings": {"interactive_acelerators": 2}}, "did you mean 'interactive_accelerators'"),
        ({"settings": {"interactive_accelerators": "many"}}, "must be a number of 0 or more"),
        ({"settings": {"interactive_accelerators": True}}, "must be a number of 0 or more"),
        ({"settings": 3}, r"must be a table: \[settings\]"),
        ({"rules": {"SIZ03": {"severity": "error"}}}, "did you mean 'SIZ003'"),
        ({"rules": {"SIL001": {"severty": "error"}}}, "did you mean 'severity'"),
        ({"rules": {"SIL001": {"severity": "fatal"}}}, "must be error, warning, note or off"),
        ({"select": ["SIL00x"]}, "names 'SIL00X', which is no rule"),
        ({"ignore": 4}, "must be a list of rule ids or prefixes"),
        ({"ignore": [4]}, "must be a list of rule ids or prefixes"),
        ({"region": ""}, "must be a text"),
    ],
)
def test_fails_saying_what_is_wrong_and_what_is_allowed(configuration: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        read(configuration)


def test_some_templates_are_judged_otherwise() -> None:
    policy = read(
        {
            "overrides": [
                {"paths": ["legacy/*"], "policy": "advisory", "ignore": ["SIL004"]},
                {"paths": ["Sandbox*"], "rules": {"SIZ003": "error"}, "settings": {"interactive_accelerators": 8}},
            ]
        }
    )
    legacy = policy.at("apps/legacy/old.json", "Old")
    assert (legacy.name, legacy.runs("SIL004")) == ("advisory", False)
    sandbox = policy.at("cdk.out/SandboxTeam.template.json", "SandboxTeam")
    assert sandbox.severity("SIZ003", Severity.WARNING) is Severity.ERROR
    assert sandbox.settings.interactive_accelerators == 8
    assert policy.at("cdk.out/Production.template.json", "Production") == policy


def test_the_paths_of_a_file_are_meant_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = {"overrides": [{"paths": ["teams/research/*"], "policy": "advisory"}]}
    policy = read_policy(configuration, rule_ids(), where="lean-silicon.toml", folder=tmp_path)
    research = tmp_path / "teams" / "research"
    research.mkdir(parents=True)
    monkeypatch.chdir(research)
    assert policy.at("cdk.out/Notebook.template.json", "Notebook").name == "advisory"
    assert policy.at("../search/cdk.out/Search.template.json", "Search").name == "recommended"
    assert policy.at("/elsewhere/template.json", "Elsewhere").name == "recommended"


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"paths": ["a"]}, r"must be a list of tables: \[\[overrides\]\]"),
        ([{}], "must be a list of patterns"),
        ([{"paths": []}], "must be a list of patterns"),
        ([{"paths": ["a"], "regoin": "x"}], "unknown key 'regoin'"),
        ([{"paths": ["a"], "policy": "lax"}], "must be one of recommended"),
        ([{"paths": ["a"], "rules": {"SIL001": "fatal"}}], "must be error, warning, note or off"),
        ([{"paths": ["a"], "settings": {"interactive_acelerators": 1}}], "did you mean 'interactive_accelerators'"),
    ],
)
def test_fails_saying_what_is_wrong_with_an_override(overrides: object, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        read({"overrides": overrides})
