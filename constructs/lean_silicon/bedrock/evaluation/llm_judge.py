"""A model as judge, with Bedrock's metrics and your own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lean_silicon.bedrock.evaluation import metrics as known_metrics
from lean_silicon.bedrock.evaluation.metrics import Metric, chosen_metrics
from lean_silicon.bedrock.evaluation.technique import (
    MAXIMUM_CUSTOM_METRICS,
    MAXIMUM_INSTRUCTIONS,
    Subject,
    Technique,
    asked,
    require_different,
    require_name,
)
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.exceptions import InvalidValueError

_MAXIMUM_RATINGS = 10
_MAXIMUM_DEFINITION = 100


@dataclass(frozen=True)
class JudgeMetric:
    """A metric of your own, by instructions to the judge.

    Parameters
    ----------
    name
        1 to 63 letters, digits, ``-``, ``_`` and ``.``.
    instructions
        What to judge, at most 5,000 characters, with ``{{prompt}}`` and ``{{prediction}}`` where they belong.
    ratings
        What the judge may say, and what it counts: from 0, the worst, to 1, the best. Both must be there.

    Examples
    --------
    >>> JudgeMetric("Tone", "Is it polite? {{prompt}} {{prediction}}", {"rude": 0, "curt": 0.5, "polite": 1}).name
    'Tone'
    """

    name: str
    instructions: str
    ratings: Mapping[str, float]

    def __post_init__(self) -> None:
        require_name(self.name)
        if not 1 <= len(self.instructions) <= MAXIMUM_INSTRUCTIONS or "{{prediction}}" not in self.instructions:
            raise InvalidValueError(
                f"the instructions of metric {self.name!r} must have 1 to {MAXIMUM_INSTRUCTIONS} characters and say where the answer "
                "stands, as {{prediction}}"
            )
        values = list(self.ratings.values())
        if len(values) > _MAXIMUM_RATINGS or not values or min(values) != 0 or max(values) != 1:
            raise InvalidValueError(
                f"the ratings of metric {self.name!r} count {values}; give 2 to {_MAXIMUM_RATINGS}, the worst 0 and the best 1"
            )
        for definition in self.ratings:
            if not 1 <= len(definition) <= _MAXIMUM_DEFINITION:
                raise InvalidValueError(
                    f"rating {definition[:40]!r} of metric {self.name!r} has {len(definition)} characters; 1 to "
                    f"{_MAXIMUM_DEFINITION} are allowed"
                )

    def to_definition(self) -> dict[str, Any]:
        """``customMetricDefinition`` of CreateEvaluationJob."""
        scale = [{"definition": name, "value": {"floatValue": float(value)}} for name, value in self.ratings.items()]
        return {"customMetricDefinition": {"name": self.name, "instructions": self.instructions, "ratingScale": scale}}


class LlmJudge(Technique):
    """A model reads each answer and scores it.

    Parameters
    ----------
    model
        The judge, one that Bedrock takes as evaluator. Not one of the candidates: models favour their own answers (arXiv:2404.13076).
    metrics
        Bedrock's own, with or without ``Builtin.``. Default: correctness, completeness and harmfulness; of a knowledge base's answers
        faithfulness too; of passages their relevance.
    custom_metrics
        Your own.
    """

    name = "llm-judge"

    def __init__(
        self,
        model: BedrockModel | str,
        *,
        metrics: Sequence[str] | None = None,
        custom_metrics: Sequence[JudgeMetric] = (),
    ) -> None:
        self._judge = BedrockModel.of(model)
        self._names = None if metrics is None else tuple(metrics)
        self._custom = tuple(custom_metrics)
        if self._names == () and not self._custom:
            raise InvalidValueError("the judge has no metrics; name one, or leave metrics out for the default")
        if len(self._custom) > MAXIMUM_CUSTOM_METRICS:
            raise InvalidValueError(
                f"there are {len(self._custom)} custom metrics; Bedrock allows {MAXIMUM_CUSTOM_METRICS}"
            )

    @property
    def judge(self) -> BedrockModel:
        """The model that judges."""
        return self._judge

    def metrics_for(self, subject: Subject) -> tuple[Metric, ...]:
        """Bedrock's metrics, then your own."""
        known, default = _JUDGED[subject]
        own = tuple(Metric(each.name) for each in self._custom)
        chosen = chosen_metrics(default if self._names is None else self._names, known, subject.value)
        require_different([each.name.removeprefix("Builtin.") for each in (*chosen, *own)])
        return (*chosen, *own)

    def configuration(self, subject: Subject, dataset: Mapping[str, Any], judge: str | None, /) -> dict[str, Any]:
        """With the judge for Bedrock's metrics, and again for your own."""
        models = {"bedrockEvaluatorModels": [{"modelIdentifier": judge}]}
        names = [metric.name for metric in self.metrics_for(subject)]
        # The task type that AWS's guide prescribes for judges; the service takes it although its API reference does not list it.
        automated: dict[str, Any] = {"datasetMetricConfigs": [asked("General", dataset, names)]}
        if len(names) > len(self._custom):
            automated["evaluatorModelConfig"] = models
        if self._custom:
            definitions = [each.to_definition() for each in self._custom]
            automated["customMetricConfig"] = {"customMetrics": definitions, "evaluatorModelConfig": models}
        return {"automated": automated}


_JUDGED: dict[Subject, tuple[dict[str, Metric], tuple[str, ...]]] = {
    Subject.ANSWERS: (known_metrics.OF_ANSWERS, ("Correctness", "Completeness", "Harmfulness")),
    Subject.GROUNDED_ANSWERS: (
        known_metrics.OF_GROUNDED_ANSWERS,
        ("Correctness", "Completeness", "Faithfulness", "Harmfulness"),
    ),
    Subject.PASSAGES: (known_metrics.OF_PASSAGES, ("ContextRelevance",)),
}
