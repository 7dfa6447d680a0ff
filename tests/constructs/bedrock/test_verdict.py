"""A verdict is read as the evaluation writes it, and refused where it cannot be one."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lean_silicon.bedrock import BedrockModel, EvaluationVerdict
from lean_silicon.evidence import Rung
from lean_silicon.exceptions import InvalidValueError, UnreadableInputError

MICRO, LITE, PRO = "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"
WRITTEN: dict[str, Any] = {
    "version": 1,
    "evaluation": "s3://results/verdicts/first.json",
    "date": "2026-10-01",
    "target": 0.8,
    "chosen": LITE,
    "candidates": [
        {"candidate": MICRO, "model": MICRO, "score": 0.71, "meets_target": False},
        {"candidate": LITE, "model": LITE, "score": 0.86, "meets_target": True},
        {
            "candidate": PRO,
            "model": PRO,
            "score": None,
            "meets_target": False,
            "note": "the evaluation job ended as Failed",
        },
    ],
}


def changed(**values: Any) -> dict[str, Any]:
    return {**copy.deepcopy(WRITTEN), **values}


def with_candidate(**values: Any) -> dict[str, Any]:
    written = copy.deepcopy(WRITTEN)
    written["candidates"][1].update(values)
    return written


def test_a_verdict_says_what_was_chosen_and_what_each_candidate_reached(tmp_path: Path) -> None:
    file = tmp_path / "verdict.json"
    file.write_text(json.dumps(WRITTEN), encoding="utf-8")
    verdict = EvaluationVerdict.from_file(file)
    assert verdict.chosen is not None
    assert (verdict.chosen.name, verdict.chosen.model) == (LITE, BedrockModel(LITE))
    assert [(each.name, each.score, each.meets_target) for each in verdict.candidates] == [
        (MICRO, 0.71, False),
        (LITE, 0.86, True),
        (PRO, None, False),
    ]
    assert verdict.candidates[2].note == "the evaluation job ended as Failed"


def test_the_evidence_for_a_model_is_what_the_cheaper_ones_reached_and_itself() -> None:
    records = EvaluationVerdict.from_mapping(WRITTEN).records_for(BedrockModel(LITE))
    assert [record.to_metadata() for record in records] == [
        {
            "Rung": name,
            "Evaluation": "s3://results/verdicts/first.json",
            "Score": score,
            "Target": 0.8,
            "Date": "2026-10-01",
            "Model": name,
        }
        for name, score in ((MICRO, 0.71), (LITE, 0.86))
    ]


def test_a_model_is_the_same_by_whichever_profile_it_was_reached() -> None:
    verdict = EvaluationVerdict.from_mapping(WRITTEN)
    assert verdict.result_of(BedrockModel.of(f"us.{LITE}")).score == 0.86


def test_the_evidence_for_a_rung_is_its_best_candidate() -> None:
    record = EvaluationVerdict.from_mapping(WRITTEN).record_of(Rung.RAG)
    assert (record.rung, record.score, record.model, record.date) == (Rung.RAG, 0.86, LITE, date(2026, 10, 1))


def test_a_verdict_may_choose_nothing_and_be_about_passages() -> None:
    passages = [{"candidate": "3 passages", "model": None, "score": 0.6}, {"candidate": "5 passages", "model": None}]
    verdict = EvaluationVerdict.from_mapping(changed(chosen=None, candidates=passages))
    assert verdict.chosen is None
    assert verdict.record_of(Rung.RAG).model is None


def test_fails_to_give_evidence_without_scores() -> None:
    unscored = [{"candidate": MICRO, "model": MICRO, "score": None}]
    verdict = EvaluationVerdict.from_mapping(changed(chosen=None, candidates=unscored))
    with pytest.raises(InvalidValueError, match=r"no candidate of the verdict .* has a score"):
        verdict.record_of(Rung.PROMPT_ENGINEERING)


def test_fails_for_a_model_that_was_not_evaluated() -> None:
    verdict = EvaluationVerdict.from_mapping(WRITTEN)
    with pytest.raises(
        InvalidValueError, match=r"is for other models: amazon\.nova-micro.*claude-opus-5 was not evaluated"
    ):
        verdict.records_for(BedrockModel.of("anthropic.claude-opus-5"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (changed(version=2), "no verdict of version 1"),
        (["version", 1], "no verdict of version 1"),
        (changed(candidates=[]), "has no candidates"),
        (changed(candidates=3), "must be a list"),
        (changed(candidates=["x"]), "is no mapping of candidate, model and score"),
        (changed(date="October"), "write it as 2026-10-01"),
        (changed(date=None), "'date' of the verdict is None"),
        (changed(target="high"), "must be a number"),
        (changed(target=True), "must be a number"),
        (changed(evaluation=" "), "must be a text"),
        (changed(chosen=MICRO), "did not reach its target"),
        (changed(chosen="amazon.titan"), "not among its candidates"),
        (with_candidate(model="amazon.nova-mikro-v1:0"), "is not known as a model"),
        (with_candidate(score=float("nan")), "must be a number"),
        (with_candidate(score="0.9"), "must be a number"),
        (with_candidate(score=10**400), "must be a number"),
        (with_candidate(score=0.5), "but its score is 0.5"),
    ],
)
def test_fails_for_what_is_no_verdict(written: Any, said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        EvaluationVerdict.from_mapping(written)


@pytest.mark.parametrize("content", [None, b"{", b"\xff\xfe"])
def test_fails_for_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "verdict.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UnreadableInputError, match="cannot be read"):
        EvaluationVerdict.from_file(file)
