"""What is monitored, and against what: one class for each of SageMaker's four monitors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.monitoring.baseline_data import BaselineData
from lean_silicon.inference.monitoring.clarify_monitors import Bias, Explainability
from lean_silicon.inference.monitoring.ground_truth import GroundTruth


class ProblemType(str, Enum):
    """What the model predicts, as SageMaker names it."""

    BINARY_CLASSIFICATION = "BinaryClassification"
    MULTICLASS_CLASSIFICATION = "MulticlassClassification"
    REGRESSION = "Regression"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class DataQuality:
    """Whether what is asked still looks like what the model was trained on: types, missing values, drift of each feature.

    It reads tables: CSV, or flat JSON lines. For generated text it has nothing to say.

    Parameters
    ----------
    baseline
        The training data, without the label, with the columns that are asked and answered.
    """

    baseline: BaselineData


@dataclass(frozen=True)
class ModelQuality:
    """Whether answers are still right, by what turned out: accuracy, recall, F1, or the errors of a regression.

    Parameters
    ----------
    baseline
        Test data with the label and what the model predicted for it.
    ground_truth
        Where you put what turned out to be right.
    problem
        What the model predicts.
    label
        The label's column in the baseline.
    prediction
        The column (baseline) and the place in the answers (endpoint) of the predicted class or value: a name, or an index.
    probability, threshold
        The same of a probability, and from which on it counts as positive; for binary classification instead of `prediction`.
    """

    baseline: BaselineData
    ground_truth: GroundTruth
    problem: ProblemType
    label: str
    prediction: str | None = None
    probability: str | None = None
    threshold: float | None = None

    def __post_init__(self) -> None:
        if self.prediction is None and self.probability is None:
            raise InvalidValueError(
                "neither prediction nor probability says where the model's answer is; give the column's name or its index, for instance "
                'prediction="0"'
            )
        if self.threshold is not None and not (self.probability is not None and 0 < self.threshold < 1):
            raise InvalidValueError(f"threshold is {self.threshold}; it goes with probability and lies between 0 and 1")

    def environment(self) -> dict[str, str]:
        """What tells the analyzer about the baseline."""
        found = {
            "analysis_type": "MODEL_QUALITY",
            "problem_type": str(self.problem),
            "ground_truth_attribute": self.label,
            "inference_attribute": self.prediction,
            "probability_attribute": self.probability,
            "probability_threshold_attribute": None if self.threshold is None else str(self.threshold),
        }
        return {name: value for name, value in found.items() if value is not None}


Monitored = DataQuality | ModelQuality | Bias | Explainability
