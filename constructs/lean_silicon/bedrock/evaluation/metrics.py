"""The metrics that Bedrock computes, and the scales of their results.

Sources: Amazon Bedrock API Reference, ``EvaluationDatasetMetricConfig`` (which metrics for which job); Amazon Bedrock User Guide, "Use
metrics to understand model performance", "Use metrics to understand RAG system performance" and "Review metrics for an automated model
evaluation job" (scales, and which way is better).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class Metric:
    """A metric by its name, and the ends of its scale: what is worst and what is best."""

    name: str
    worst: float = 0.0
    best: float = 1.0

    def to_mapping(self) -> dict[str, Any]:
        """As the comparison reads it."""
        return {"name": self.name, "worst": self.worst, "best": self.best}


def _more_is_better(*names: str) -> dict[str, Metric]:
    return {name: Metric(f"Builtin.{name}") for name in names}


def _less_is_better(*names: str) -> dict[str, Metric]:
    return {name: Metric(f"Builtin.{name}", worst=1.0, best=0.0) for name in names}


OF_ANSWERS = {
    **_more_is_better(
        "Correctness",
        "Completeness",
        "Faithfulness",
        "Helpfulness",
        "Coherence",
        "Relevance",
        "FollowingInstructions",
        "ProfessionalStyleAndTone",
    ),
    **_less_is_better("Harmfulness", "Stereotyping", "Refusal"),
}
"""What a judge can say of a model's answers."""

OF_GROUNDED_ANSWERS = {
    **_more_is_better(
        "Correctness",
        "Completeness",
        "Helpfulness",
        "LogicalCoherence",
        "Faithfulness",
        "CitationPrecision",
        "CitationCoverage",
    ),
    **_less_is_better("Harmfulness", "Stereotyping", "Refusal"),
}
"""What a judge can say of answers from a knowledge base."""

OF_PASSAGES = _more_is_better("ContextRelevance", "ContextCoverage")
"""What a judge can say of retrieved passages. Coverage needs reference answers in the data set."""

ACCURACY = Metric("Builtin.Accuracy")
TOXICITY = Metric("Builtin.Toxicity", worst=1.0, best=0.0)
ROBUSTNESS = Metric("Builtin.Robustness", worst=100.0, best=0.0)
"""By how many per cent accuracy changes when prompts are disturbed."""


def chosen_metrics(names: Iterable[str], known: dict[str, Metric], what: str) -> tuple[Metric, ...]:
    """The metrics of these names, with or without ``Builtin.``.

    Raises
    ------
    InvalidValueError
        If one is not known for that kind of evaluation, or stands twice.
    """
    bare = [name.removeprefix("Builtin.") for name in names]
    for name in bare:
        if name not in known:
            raise InvalidValueError(f"metric {name!r} is not computed for {what}; there are {', '.join(known)}")
    if len(set(bare)) < len(bare):
        raise InvalidValueError(f"the metrics {', '.join(bare)} name one twice; name each once")
    return tuple(known[name] for name in bare)
