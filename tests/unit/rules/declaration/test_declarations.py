"""DEC001 and DEC002: what a template says of itself must be understood and fresh."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, endpoint, of_rule


@pytest.mark.parametrize(
    ("declaration", "says"),
    [
        ({"Workload": {"Task": "infer"}}, "must be one of"),
        ({"Workload": {"Paramters": 8}}, "unknown key"),
        ({"Workload": 5}, "must be a mapping"),
        ({"Workload": {"Parameters": -1}}, "positive whole number"),
        ({"Acknowledge": [{"Id": "SIL002"}]}, "Reason"),
        ({"Acknowledge": [{"Id": "SIL002", "Reason": "x", "Expires": "soon"}]}, "soon"),
        ({"Acknowledge": "SIL002"}, "Acknowledge"),
        ({"Acknowlege": []}, "Acknowlege"),
    ],
)
def test_fails_naming_what_is_not_understood(judged: Judge, declaration: dict[str, Any], says: str) -> None:
    resources = endpoint("ml.inf2.xlarge")
    resources["Endpoint"]["Metadata"] = {"LeanSilicon": declaration}
    messages = [finding.message for finding in of_rule(judged(resources), "DEC001")]
    assert any(says in message for message in messages), messages


def test_one_wrong_key_does_not_lose_the_others(judged: Judge) -> None:
    verdict = judged(endpoint("ml.p4d.24xlarge", {"Task": "batch-inference", "Colour": "green"}))
    assert "for batch-inference (declared)" in of_rule(verdict, "SIL002")[0].message


def test_a_declaration_that_is_understood_passes(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.inf2.xlarge", {"Task": "inference"})), "DEC001") == []


def test_an_expired_acknowledgment_names_its_rule_and_day(judged: Judge) -> None:
    acknowledge = [{"Id": "SIZ003", "Reason": "workshop", "Expires": "2026-05-31"}]
    [finding] = of_rule(judged(endpoint("ml.inf2.xlarge", Acknowledge=acknowledge)), "DEC002")
    assert "SIZ003" in finding.message
    assert "2026-05-31" in finding.message
