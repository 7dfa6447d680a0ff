"""DEC001 and DEC002: what a template says of itself must be understood and fresh."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sample_templates import Judge, endpoint, of_rule

from lean_silicon.evidence import EvaluationRecord, Rung
from lean_silicon.rules import Severity

RECORD = EvaluationRecord(Rung.RAG, "s3://evaluations/rag.json", 0.71, 0.85, date(2026, 10, 1), model="nova-micro")


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


def test_a_misspelt_key_of_evidence_is_an_error_that_names_the_known_ones(judged: Judge) -> None:
    entry = {**RECORD.to_metadata(), "Scor": 0.7}
    [finding] = of_rule(judged(endpoint("ml.inf2.xlarge", {"Task": "inference"}, Evidence=[entry])), "DEC001")
    assert finding.severity is Severity.ERROR
    assert "Evidence has an unknown key 'Scor'" in finding.message
    assert "Model" in finding.message


def test_what_the_library_records_is_understood(judged: Judge) -> None:
    assert (
        of_rule(judged(endpoint("ml.inf2.xlarge", {"Task": "inference"}, Evidence=[RECORD.to_metadata()])), "DEC001")
        == []
    )


def test_the_page_on_declarations_lists_every_key_of_a_record() -> None:
    page = (Path(__file__).parents[4] / "docs" / "declarations.md").read_text(encoding="utf-8")
    section = page.partition("## Evidence")[2].partition("## Acknowledge")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(RECORD.to_metadata())
