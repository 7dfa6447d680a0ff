"""SIL008: what is not known is said to be unknown."""

from __future__ import annotations

from sample_templates import Judge, endpoint, of_rule

from lean_silicon.rules import Severity


def test_a_misspelt_name_is_a_warning_with_the_nearest_known(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.inf2.8xlrage")), "SIL008")
    assert finding.severity is Severity.WARNING
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type == "ml.inf2.8xlarge"


def test_a_value_that_cannot_be_resolved_is_a_note_that_says_why(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint({"Ref": "Kind"}), Parameters={"Kind": {"Type": "String"}}), "SIL008")
    assert finding.severity is Severity.NOTE
    assert "Kind" in finding.message


def test_a_known_type_passes(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.inf2.8xlarge")), "SIL008") == []
