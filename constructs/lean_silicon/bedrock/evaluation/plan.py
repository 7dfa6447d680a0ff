"""What is evaluated, how, and what would be enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lean_silicon.bedrock.evaluation.candidates import Candidate, Traffic
from lean_silicon.bedrock.evaluation.prompts import PromptDataset
from lean_silicon.bedrock.evaluation.technique import Subject, Technique
from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class EvaluationPlan:
    """What is evaluated, how, and what would be enough.

    Parameters
    ----------
    candidates
        In any order.
    subject
        What is evaluated.
    prompts
        By which prompts.
    technique
        How.
    target
        What the weakest metric must reach, above 0 up to 1; every metric counts from 0, the worst, to 1, the best.
    minimum_scored
        The share of prompts that must have a usable result of every metric.
    traffic
        By which candidates are priced.
    knowledge_base_id
        Of grounded answers and passages.
    """

    candidates: Sequence[Candidate]
    subject: Subject
    prompts: PromptDataset
    technique: Technique
    target: float
    minimum_scored: float
    traffic: Traffic
    knowledge_base_id: str | None

    def __post_init__(self) -> None:
        if isinstance(self.target, bool) or not 0 < self.target <= 1:
            raise InvalidValueError(
                f"the target is {self.target}; it must be above 0 and at most 1, where 0 is the worst and 1 the best of every "
                "metric (3 of 5 points are 0.5; at most 5 % harm is 0.95)"
            )
        if not 0 < self.minimum_scored <= 1:
            raise InvalidValueError(f"minimum_scored is {self.minimum_scored}; it must be above 0 and at most 1")

    def comparison(self, name: str, ordered: Sequence[Candidate]) -> dict[str, Any]:
        """What the comparison is told; `ordered` are the candidates in the order of preference."""
        return {
            "name": name,
            "technique": self.technique.name,
            "target": self.target,
            "minimum_scored": self.minimum_scored,
            "metrics": [each.to_mapping() for each in self.technique.metrics_for(self.subject)],
            "price_of": self.traffic.to_mapping(),
            "candidates": [each.to_mapping() for each in ordered],
        }
