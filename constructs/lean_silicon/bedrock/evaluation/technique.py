"""How answers are evaluated, whatever the technique: what it is asked, and what every technique must hold to.

Limits: the service model ``bedrock/2023-04-20`` as packaged in botocore 1.44.5.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from lean_silicon.bedrock.evaluation.metrics import Metric
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.exceptions import InvalidValueError

METRIC_NAME = re.compile(r"[0-9a-zA-Z-_.]{1,63}")
MAXIMUM_INSTRUCTIONS = 5000
MAXIMUM_CUSTOM_METRICS = 10


class Subject(Enum):
    """What is evaluated."""

    ANSWERS = "answers of models"
    GROUNDED_ANSWERS = "answers from a knowledge base"
    PASSAGES = "passages retrieved from a knowledge base"


class Technique(ABC):
    """How answers are evaluated. One of `LlmJudge`, `Programmatic`, `Human`."""

    name: str
    """As the verdict names it."""

    @abstractmethod
    def metrics_for(self, subject: Subject) -> tuple[Metric, ...]:
        """What is computed. Raises InvalidValueError where the technique does not evaluate that."""

    @abstractmethod
    def configuration(self, subject: Subject, dataset: Mapping[str, Any], judge: str | None, /) -> dict[str, Any]:
        """``evaluationConfig`` of CreateEvaluationJob. `judge` is how the job reaches the judging model."""

    @property
    def judge(self) -> BedrockModel | None:
        """The model that judges."""
        return None


def asked(task_type: str, dataset: Mapping[str, Any], metric_names: Sequence[str]) -> dict[str, Any]:
    """``datasetMetricConfigs`` of CreateEvaluationJob: one data set with its metrics."""
    return {"taskType": task_type, "dataset": dict(dataset), "metricNames": list(metric_names)}


def require_answers(technique: str, subject: Subject) -> None:
    """Raise InvalidValueError if it is not models' answers that are to be evaluated."""
    if subject is not Subject.ANSWERS:
        raise InvalidValueError(f"{subject.value} are evaluated by LlmJudge only, not by the technique {technique}")


def require_different(names: Sequence[str]) -> None:
    """Raise InvalidValueError if two metrics have one name, with or without ``Builtin.``: their results could not be told apart."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidValueError(
            f"two metrics are named {', '.join(twice)}, so that their results cannot be told apart; rename one"
        )


def require_name(name: str) -> None:
    """Raise InvalidValueError if Bedrock would refuse the name of a metric of one's own."""
    if not METRIC_NAME.fullmatch(name) or name.startswith("Builtin."):
        raise InvalidValueError(
            f"metric name {name!r} is not allowed; use 1 to 63 letters, digits, '-', '_' and '.', and not Bedrock's own 'Builtin.'"
        )
