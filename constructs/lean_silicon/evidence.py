"""The rungs of customization, and what an evaluation found of one: the record that a template carries under ``Evidence``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from lean_silicon.exceptions import InvalidValueError


class Rung(str, Enum):
    """The ways of adapting a model, the cheapest first."""

    PROMPT_ENGINEERING = "prompt-engineering"
    """Nothing is trained."""
    RAG = "rag"
    """Documents are added to the prompt."""
    PEFT = "peft"
    """Few weights are trained (LoRA, QLoRA, prefixes)."""
    FINE_TUNING = "fine-tuning"
    """All weights are trained, on examples."""
    CONTINUED_PRE_TRAINING = "continued-pre-training"
    """All weights are trained, on more text."""
    PRE_TRAINING = "pre-training"
    """A model is trained from nothing."""

    @property
    def height(self) -> int:
        """0 for the cheapest."""
        return list(Rung).index(self)

    @property
    def below(self) -> tuple[Rung, ...]:
        """The cheaper ones, the cheapest first."""
        return tuple(Rung)[: self.height]

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class EvaluationRecord:
    """What came of evaluating one rung, or one smaller model: an entry of ``Metadata: LeanSilicon: Evidence:``.

    Parameters
    ----------
    rung
        What was tried: a rung, or any other name, such as that of a smaller model.
    evaluation
        Where the evaluation can be read, for instance an S3 URI.
    score
        What it reached, the higher the better. Where less is better (a loss, an error rate), write score and target as 1 - x.
    target
        What it would have to reach, on the same scale.
    date
        The day of the evaluation.
    model
        The model that was evaluated, by its id or name. Default: not recorded.

    Raises
    ------
    InvalidValueError
        If the place is empty, or a number is not finite.

    Examples
    --------
    >>> record = EvaluationRecord(Rung.RAG, "s3://bucket/eval.json", 0.71, 0.85, date(2026, 10, 1))
    >>> record.fell_short
    True
    >>> record.to_metadata()
    {'Rung': 'rag', 'Evaluation': 's3://bucket/eval.json', 'Score': 0.71, 'Target': 0.85, 'Date': '2026-10-01'}
    """

    rung: Rung | str
    evaluation: str
    score: float
    target: float
    date: date
    model: str | None = None

    def __post_init__(self) -> None:
        if not self.evaluation.strip():
            raise InvalidValueError(
                f"the evidence for {self.rung} does not say where the evaluation is; give its S3 URI or another address"
            )
        for name in ("score", "target"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                raise InvalidValueError(f"the {name} of the evidence for {self.rung} is {value!r}; it must be a number")

    @property
    def fell_short(self) -> bool:
        """Whether it missed its target."""
        return self.score < self.target

    def to_metadata(self) -> dict[str, Any]:
        """The entry as it stands in a template; a model that is not recorded is left out."""
        entry: dict[str, Any] = {
            "Rung": str(self.rung),
            "Evaluation": self.evaluation,
            "Score": self.score,
            "Target": self.target,
            "Date": self.date.isoformat(),
        }
        return entry if self.model is None else {**entry, "Model": self.model}
