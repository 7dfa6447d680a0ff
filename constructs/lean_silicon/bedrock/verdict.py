"""What an evaluation of several models found, as the state machine of `ModelEvaluation` writes it and a choice reads it at synth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.evidence import EvaluationRecord, Rung
from lean_silicon.exceptions import InvalidValueError, UnreadableInputError

VERSION = 1


@dataclass(frozen=True)
class CandidateResult:
    """What came of one candidate.

    Parameters
    ----------
    name
        As the evaluation named it.
    model
        The model; `None` where only retrieval was evaluated.
    score
        What it reached on the verdict's scale; `None` where there is no score: its job failed, or nothing could be scored.
    meets_target
        Whether the score is at or above the target.
    note
        Why there is no score, or ``""``.
    """

    name: str
    model: BedrockModel | None
    score: float | None
    meets_target: bool
    note: str = ""


@dataclass(frozen=True)
class EvaluationVerdict:
    """The outcome of an evaluation: the smallest, cheapest model that met the target. Made with `from_file` or `from_mapping`.

    Parameters
    ----------
    evaluation
        Where the whole verdict is stored: an S3 URI.
    date
        The day on which it was written.
    target
        What a model had to reach.
    candidates
        The results, the cheapest candidate first.
    chosen
        The candidate that the verdict is for; `None` where none met the target.

    Examples
    --------
    >>> verdict = EvaluationVerdict.from_mapping({
    ...     "version": 1, "evaluation": "s3://evaluations/claims/verdict.json", "date": "2026-10-01", "target": 0.8,
    ...     "chosen": "amazon.nova-lite-v1:0",
    ...     "candidates": [
    ...         {"candidate": "amazon.nova-micro-v1:0", "model": "amazon.nova-micro-v1:0", "score": 0.71},
    ...         {"candidate": "amazon.nova-lite-v1:0", "model": "amazon.nova-lite-v1:0", "score": 0.86},
    ...     ],
    ... })
    >>> verdict.chosen.name, verdict.chosen.score
    ('amazon.nova-lite-v1:0', 0.86)
    >>> [record.model for record in verdict.records_for(verdict.chosen.model)]
    ['amazon.nova-micro-v1:0', 'amazon.nova-lite-v1:0']
    """

    evaluation: str
    date: date
    target: float
    candidates: tuple[CandidateResult, ...]
    chosen: CandidateResult | None

    @classmethod
    def from_file(cls, path: str | Path) -> EvaluationVerdict:
        """The verdict in a file, as it was downloaded from S3 and committed beside the app.

        Raises
        ------
        UnreadableInputError
            If the file cannot be read or is not JSON.
        InvalidValueError
            If it is not a verdict.
        """
        try:
            written = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UnreadableInputError(
                f"verdict {str(path)!r} cannot be read: {error}. Download the one that the evaluation's SSM parameter names"
            ) from error
        return cls.from_mapping(written)

    @classmethod
    def from_mapping(cls, written: Mapping[str, Any]) -> EvaluationVerdict:
        """The verdict in a mapping of the same form.

        Raises
        ------
        InvalidValueError
            If a key is missing or wrong, a model is unknown, or the verdict contradicts itself.
        """
        if not isinstance(written, Mapping) or written.get("version") != VERSION:
            raise InvalidValueError(
                f"this is no verdict of version {VERSION}: it must be a mapping with 'version': {VERSION}, as ModelEvaluation writes it"
            )
        target = _number(written, "target")
        candidates = tuple(_candidate(each, target) for each in _listed(written, "candidates"))
        if not candidates:
            raise InvalidValueError("the verdict has no candidates; an evaluation compares one model at least")
        verdict = cls(_text(written, "evaluation"), _day(written), target, candidates, _chosen(written, candidates))
        if verdict.chosen is not None and not verdict.chosen.meets_target:
            raise InvalidValueError(
                f"the verdict chose {verdict.chosen.name}, which did not reach its target {target:g}; evaluate anew"
            )
        return verdict

    def result_of(self, model: BedrockModel) -> CandidateResult:
        """What came of that model, by whichever inference profile it was reached.

        Raises
        ------
        InvalidValueError
            If the model was not among the candidates.
        """
        for each in self.candidates:
            if each.model is not None and each.model.model_id == model.model_id:
                return each
        raise InvalidValueError(
            f"the verdict at {self.evaluation} is for other models: {', '.join(each.name for each in self.candidates)}; "
            f"{model} was not evaluated. Evaluate it, or choose one of these"
        )

    def records_for(self, model: BedrockModel) -> tuple[EvaluationRecord, ...]:
        """The evidence for choosing that model: the cheaper candidates' scores, then its own. Candidates without a score are left out."""
        own = self.result_of(model)
        upto = self.candidates[: self.candidates.index(own) + 1]
        return tuple(
            EvaluationRecord(each.name, self.evaluation, each.score, self.target, self.date, model=each.name)
            for each in upto
            if each.score is not None
        )

    def unscored_before(self, model: BedrockModel) -> tuple[CandidateResult, ...]:
        """The cheaper candidates without a score: nobody knows whether one of them would have done."""
        own = self.result_of(model)
        return tuple(each for each in self.candidates[: self.candidates.index(own)] if each.score is None)

    def record_of(self, rung: Rung) -> EvaluationRecord:
        """The evidence for a rung of customization: what the best candidate reached on it.

        Raises
        ------
        InvalidValueError
            If no candidate has a score.
        """
        scored = [(each.score, each) for each in self.candidates if each.score is not None]
        if not scored:
            raise InvalidValueError(f"no candidate of the verdict at {self.evaluation} has a score; evaluate anew")
        score, best = max(scored, key=lambda entry: entry[0])
        name = None if best.model is None else best.model.model_id
        return EvaluationRecord(rung, self.evaluation, score, self.target, self.date, model=name)


def _chosen(written: Mapping[str, Any], candidates: tuple[CandidateResult, ...]) -> CandidateResult | None:
    if written.get("chosen") is None:
        return None
    name = _text(written, "chosen")
    for each in candidates:
        if each.name == name:
            return each
    raise InvalidValueError(
        f"the verdict chose {name!r}, which is not among its candidates {', '.join(each.name for each in candidates)}"
    )


def _candidate(written: Any, target: float) -> CandidateResult:
    if not isinstance(written, Mapping):
        raise InvalidValueError(f"candidate {written!r} of the verdict is no mapping of candidate, model and score")
    name = _text(written, "candidate")
    model = None if written.get("model") is None else BedrockModel.of(_text(written, "model"))
    score = None if written.get("score") is None else _number(written, "score")
    meets = score is not None and score >= target
    if written.get("meets_target", meets) != meets:
        raise InvalidValueError(
            f"the verdict says that {name} {'missed' if meets else 'met'} its target, but its score is {score}, the target {target:g}"
        )
    return CandidateResult(name, model, score, meets, str(written.get("note") or ""))


def _text(written: Mapping[str, Any], key: str) -> str:
    value = written.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidValueError(f"{key!r} of the verdict is {value!r}; it must be a text")
    return value


def _number(written: Mapping[str, Any], key: str) -> float:
    value = written.get(key)
    # Whole numbers may be too large for a float; none that large is a score.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1e9 < value < 1e9:
        raise InvalidValueError(f"{key!r} of the verdict is {value!r}; it must be a number")
    return float(value)


def _listed(written: Mapping[str, Any], key: str) -> list[Any]:
    value = written.get(key)
    if not isinstance(value, list):
        raise InvalidValueError(f"{key!r} of the verdict is {value!r}; it must be a list")
    return value


def _day(written: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(_text(written, "date"))
    except ValueError as error:
        raise InvalidValueError(f"'date' of the verdict is {written.get('date')!r}; write it as 2026-10-01") from error
