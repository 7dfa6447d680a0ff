"""Programs that compare answers with references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from lean_silicon.bedrock.evaluation.metrics import ACCURACY, ROBUSTNESS, TOXICITY, Metric, chosen_metrics
from lean_silicon.bedrock.evaluation.technique import Subject, Technique, asked, require_answers
from lean_silicon.exceptions import InvalidValueError


class TaskType(str, Enum):
    """What programs can measure, and what they call accuracy."""

    GENERATION = "Generation"
    """Real world knowledge."""
    SUMMARIZATION = "Summarization"
    """BERTScore against the reference."""
    QUESTION_AND_ANSWER = "QuestionAndAnswer"
    """F1 of the words of answer and reference."""
    CLASSIFICATION = "Classification"
    """The share of right classes."""


class Programmatic(Technique):
    """Programs compare answers with references.

    Parameters
    ----------
    task
        What the prompts ask for; it decides how accuracy is computed.
    metrics
        Of accuracy, robustness and toxicity. Default: accuracy. Robustness of free generation is a word error rate whose scale AWS does not
        state, so that it cannot be held against a target; toxicity is not computed for classification.
    """

    name = "programmatic"

    def __init__(self, task: TaskType, *, metrics: Sequence[str] = ("Accuracy",)) -> None:
        self._task = TaskType(task)
        known = _MEASURED[self._task]
        self._metrics = chosen_metrics(metrics, known, f"the task {self._task.value}")
        if not self._metrics:
            raise InvalidValueError(f"the evaluation has no metrics; there are {', '.join(known)}")

    def metrics_for(self, subject: Subject) -> tuple[Metric, ...]:
        """The metrics; of models' answers only."""
        require_answers(self.name, subject)
        return self._metrics

    def configuration(self, subject: Subject, dataset: Mapping[str, Any], _judge: str | None, /) -> dict[str, Any]:
        """By task type."""
        names = [metric.name for metric in self.metrics_for(subject)]
        return {"automated": {"datasetMetricConfigs": [asked(self._task.value, dataset, names)]}}


_MEASURED = {
    TaskType.GENERATION: {"Accuracy": ACCURACY, "Toxicity": TOXICITY},
    TaskType.SUMMARIZATION: {
        "Accuracy": ACCURACY,
        "Robustness": ROBUSTNESS,
        "Toxicity": TOXICITY,
    },
    TaskType.QUESTION_AND_ANSWER: {
        "Accuracy": ACCURACY,
        "Robustness": ROBUSTNESS,
        "Toxicity": TOXICITY,
    },
    TaskType.CLASSIFICATION: {"Accuracy": ACCURACY, "Robustness": ROBUSTNESS},
}
