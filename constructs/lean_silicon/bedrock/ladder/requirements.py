"""Which rungs must have fallen short before one may stand on a higher one, and how evidence of that is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from lean_silicon.bedrock.ladder.model_identity import is_same_model
from lean_silicon.evidence import EvaluationRecord, Rung
from lean_silicon.exceptions import InvalidValueError

EVIDENCE_DAYS = 365
"""Days that an evaluation counts: the default of ``evidence_days``, the setting of rule CUS003."""

_TRAINS_ALL = (Rung.FINE_TUNING, Rung.CONTINUED_PRE_TRAINING)
"""Neither is a step on the way to a higher rung: each trains all weights, one on examples, one on text."""


@dataclass(frozen=True)
class Justification:
    """Why a rung is climbed without evidence that a lower one falls short, and until when that is accepted.

    Parameters
    ----------
    reason
        One sentence that a reviewer accepts.
    expires
        The last day on which it counts. It stands in the template, so that the checks find it expired too.

    Raises
    ------
    InvalidValueError
        If the reason is empty, or there is no day.

    Examples
    --------
    >>> Justification("Claims are confidential and may not be put into prompts", date(2027, 3, 31)).expires.isoformat()
    '2027-03-31'
    """

    reason: str
    expires: date

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise InvalidValueError("a justification has no reason; add one sentence that a reviewer accepts")
        if not isinstance(self.expires, date) or isinstance(self.expires, datetime):
            raise InvalidValueError(
                f"the justification {self.reason!r} expires on {self.expires!r}; give the last day on which it counts, "
                "for instance date(2027, 3, 31)"
            )


@dataclass(frozen=True)
class Climb:
    """What allows a rung: the records that show lower rungs to fall short, and justifications for the others."""

    rung: Rung
    records: tuple[EvaluationRecord, ...] = ()
    justified: Mapping[Rung, Justification] = field(default_factory=dict)


def required(rung: Rung) -> tuple[Rung, ...]:
    """The rungs that must have fallen short before this one is climbed, the cheapest first.

    Full fine-tuning and continued pre-training are not asked for before a higher rung, as in rules CUS001 and CUS002: that would spend the
    energy of one rung that trains all weights to allow another.

    Examples
    --------
    >>> [str(each) for each in required(Rung.PEFT)]
    ['prompt-engineering', 'rag']
    >>> [str(each) for each in required(Rung.PRE_TRAINING)]
    ['prompt-engineering', 'rag', 'peft']
    """
    return tuple(each for each in rung.below if each not in _TRAINS_ALL)


def judged_record(record: EvaluationRecord, model: str, today: date) -> EvaluationRecord:
    """The record, if it is about a rung, about the model, and not from the future.

    Raises
    ------
    InvalidValueError
        If it is not.
    """
    name = _name(record)
    if record.rung not in tuple(Rung):
        raise InvalidValueError(
            f"{name} is about no rung of the ladder; allowed are {', '.join(str(each) for each in Rung)}. Evidence about other models "
            "belongs to ModelChoice"
        )
    if record.model is None:
        raise InvalidValueError(
            f"{name} does not say which model was evaluated; add model={model!r} if it was that one"
        )
    if not is_same_model(record.model, model):
        raise InvalidValueError(
            f"{name} is about {record.model}, but the ladder is about {model}; evaluate {model}, or build a ladder for {record.model}"
        )
    if record.date > today:
        raise InvalidValueError(f"{name} is dated {record.date}, which is not yet (today is {today}); correct the date")
    return record


def why_stale(record: EvaluationRecord, today: date, evidence_days: int) -> str | None:
    """What to say of a record that is too old to be relied on; `None` of one that is not.

    It is said, not refused: what was deployed on good evidence must still deploy when the evidence has aged.
    """
    age = (today - record.date).days
    if age <= evidence_days:
        return None
    return (
        f"{_name(record)} is {age} days old, more than {evidence_days} (CUS003: models get better, and the rung may do today). Evaluate "
        "again and record the result"
    )


def _name(record: EvaluationRecord) -> str:
    return f"the evidence for {record.rung} ({record.evaluation})"


def climbed(
    rung: Rung, records: Iterable[EvaluationRecord], justified: Mapping[Rung, Justification], today: date
) -> Climb:
    """What allows the rung.

    Raises
    ------
    InvalidValueError
        If a lower rung reached its target, or neither fell short nor is justified.
    """
    known = tuple(records)
    used: list[EvaluationRecord] = []
    reasons: dict[Rung, Justification] = {}
    for lower in required(rung):
        found = [record for record in known if record.rung == lower]
        reached = next((record for record in found if not record.fell_short), None)
        if reached is not None:
            raise InvalidValueError(
                f"{lower} reached its target ({reached.score:g} of {reached.target:g}, {reached.evaluation}), so {rung} is not needed; "
                f"stay on {lower}, or raise the target with the reason for it"
            )
        if found:
            used += found
        else:
            reasons[lower] = _justification(lower, rung, justified, today)
    # A rung that was tried though it need not be is told too, and speaks against climbing all the same.
    return Climb(rung, (*used, *_further(rung, known)), reasons)


def _further(rung: Rung, known: tuple[EvaluationRecord, ...]) -> Iterable[EvaluationRecord]:
    for record in known:
        if record.rung in rung.below and record.rung not in required(rung):
            if not record.fell_short:
                raise InvalidValueError(
                    f"{record.rung} reached its target ({record.score:g} of {record.target:g}, {record.evaluation}), so {rung} is not "
                    f"needed; stay on {record.rung}"
                )
            yield record


def _justification(lower: Rung, rung: Rung, justified: Mapping[Rung, Justification], today: date) -> Justification:
    given = justified.get(lower)
    if given is None:
        raise InvalidValueError(
            f"{rung} skips {lower}: there is no evaluation of it. Evaluate {lower} and pass "
            f"EvaluationRecord(Rung.{lower.name}, evaluation, score, target, date, model=...) to the ladder, or say why not: "
            f"justified={{Rung.{lower.name}: Justification(reason, expires)}}"
        )
    if given.expires < today:
        raise InvalidValueError(
            f"the justification for skipping {lower} ({given.reason!r}) expired on {given.expires}; evaluate {lower}, or renew it with a "
            "later day"
        )
    return given
