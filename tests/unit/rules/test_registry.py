"""The ids are contracts: they are pinned here, and none may vanish or change its meaning."""

from __future__ import annotations

from lean_silicon.rules import Settings, Severity, all_rules, find_rule, rule_ids

PINNED = {
    "DEC001": ("LeanSilicon metadata that is not understood", Severity.ERROR),
    "DEC002": ("Expired acknowledgment", Severity.ERROR),
    "DEC003": ("Acknowledgment that accepts nothing", Severity.WARNING),
    "SIL001": ("Training on GPUs where Trainium serves", Severity.ERROR),
    "SIL002": ("Inference on GPUs where Inferentia2 or Trainium serves", Severity.ERROR),
    "SIL003": ("An accelerator where a CPU serves", Severity.ERROR),
    "SIL004": ("x86 where Graviton is offered", Severity.ERROR),
    "SIL006": ("Retired or end-of-life silicon", Severity.ERROR),
    "SIL008": ("Unknown instance type", Severity.WARNING),
    "SIL009": ("Type not offered in that region for that component", Severity.ERROR),
    "SIZ003": ("Accelerators without a declared workload", Severity.WARNING),
    "SIZ005": ("Interactive compute on big accelerators", Severity.ERROR),
}


def test_every_pinned_rule_is_found_with_its_title_and_severity() -> None:
    assert {rule.id: (rule.title, rule.severity) for rule in all_rules()} == PINNED


def test_rules_come_ordered_by_id() -> None:
    assert list(rule_ids()) == sorted(PINNED)


def test_a_rule_is_found_by_its_id_in_any_case() -> None:
    found = find_rule("sil001")
    assert found is not None
    assert found.id == "SIL001"
    assert find_rule("SIL999") is None


def test_every_rule_documents_a_bad_and_a_good_template() -> None:
    for rule in all_rules():
        assert "Bad\n---" in rule.documentation(), rule.id
        assert "Good\n----" in rule.documentation(), rule.id


def test_every_setting_that_a_rule_names_exists() -> None:
    for rule in all_rules():
        assert set(rule.settings) <= set(Settings.__dataclass_fields__), rule.id
