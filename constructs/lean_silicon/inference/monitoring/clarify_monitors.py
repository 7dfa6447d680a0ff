"""What Clarify monitors: whether groups are treated alike, and what answers rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.monitoring.baseline_data import BaselineData
from lean_silicon.inference.monitoring.ground_truth import GroundTruth
from lean_silicon.inference.serving_hardware import ServingHardware


@dataclass(frozen=True)
class Facet:
    """A group that must not be treated worse: a column, and the values that belong to the group (or the limit, for numbers)."""

    column: str
    values: Sequence[str | int | float] = ()

    def to_config(self) -> dict[str, Any]:
        """As Clarify takes it."""
        return {"name_or_index": self.column, **({"value_or_threshold": list(self.values)} if self.values else {})}


@dataclass(frozen=True)
class Bias:
    """Whether answers treat groups alike: disparities between a facet and everybody else.

    Parameters
    ----------
    baseline
        Test data with the label and what the model predicted for it.
    ground_truth
        Where you put what turned out to be right.
    headers
        All columns of the baseline, in order.
    label, predicted_label
        The columns of what is right and of what was predicted.
    positive
        The label's values that are the favourable outcome.
    facets
        The groups.
    prediction
        The place of the predicted class in the endpoint's answers: a name, or an index.
    """

    baseline: BaselineData
    ground_truth: GroundTruth
    headers: Sequence[str]
    label: str
    predicted_label: str
    positive: Sequence[str | int | float]
    facets: Sequence[Facet]
    prediction: str = "0"

    def __post_init__(self) -> None:
        for name in (self.label, self.predicted_label, *(facet.column for facet in self.facets)):
            _require_column(name, self.headers)
        if not self.facets or not self.positive:
            raise InvalidValueError(
                "bias is measured for groups, against a favourable outcome; give facets=[Facet('age', [40])] and positive=[1]"
            )

    def monitor_config(self) -> dict[str, Any]:
        """What a look measures. Captured data have no predicted label beside them: it is the answer."""
        return {
            "label_values_or_threshold": list(self.positive),
            "facet": [facet.to_config() for facet in self.facets],
            "headers": [name for name in self.headers if name != self.predicted_label],
            "label": self.label,
        }

    def baseline_config(self) -> dict[str, Any]:
        """What the baseline measures."""
        methods = {
            "report": {"name": "report", "title": "Baseline of bias"},
            "pre_training_bias": {"methods": "all"},
            "post_training_bias": {"methods": "all"},
        }
        return {
            **self.monitor_config(),
            "headers": list(self.headers),
            "dataset_type": self.baseline.format.clarify,
            "predicted_label": self.predicted_label,
            "methods": methods,
        }


@dataclass(frozen=True)
class Explainability:
    """Whether answers still rest on the same features: SHAP values of each, by asking the model again with changed inputs.

    Every look starts an endpoint of its own for the model, and takes it away.

    Parameters
    ----------
    baseline
        Test data with the columns that are asked, and the label.
    model_name
        The SageMaker model.
    hardware
        What that endpoint runs on: what the model is served on.
    headers
        All columns of the baseline, in order.
    label
        The label's column.
    content_type
        What the model is asked in.
    samples
        How many changed inputs are made for each row; the cost of a look goes with it. Default: as Clarify chooses.
    """

    baseline: BaselineData
    model_name: str
    hardware: ServingHardware
    headers: Sequence[str]
    label: str
    content_type: str = "text/csv"
    samples: int | None = None

    def __post_init__(self) -> None:
        _require_column(self.label, self.headers)
        if self.samples is not None and self.samples < 1:
            raise InvalidValueError(f"samples is {self.samples}; it must be 1 or more")

    def monitor_config(self, endpoint_prefix: str) -> dict[str, Any]:
        """What a look measures."""
        shap: dict[str, Any] = {"agg_method": "mean_abs", "use_logit": False, "save_local_shap_values": False}
        if self.samples is not None:
            shap["num_samples"] = self.samples
        return {
            "methods": {"shap": shap},
            "headers": [name for name in self.headers if name != self.label],
            "predictor": {
                "model_name": self.model_name,
                "instance_type": self.hardware.instance_type,
                "initial_instance_count": 1,
                "content_type": self.content_type,
                "accept_type": self.content_type,
                # So that the role may be allowed these endpoints and no others.
                "endpoint_name_prefix": endpoint_prefix,
            },
        }

    def baseline_config(self, endpoint_prefix: str) -> dict[str, Any]:
        """What the baseline measures."""
        config = self.monitor_config(endpoint_prefix)
        report = {"name": "report", "title": "Baseline of explainability"}
        return {
            **config,
            "headers": list(self.headers),
            "label": self.label,
            "dataset_type": self.baseline.format.clarify,
            "methods": {**config["methods"], "report": report},
        }


def _require_column(name: str, headers: Sequence[str]) -> None:
    if name not in headers:
        raise InvalidValueError(
            f"column {name!r} is not among the baseline's: {', '.join(headers)}; name all columns in order in headers"
        )
