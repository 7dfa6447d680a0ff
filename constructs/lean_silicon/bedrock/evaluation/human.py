"""People who rate answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from aws_cdk import Token

from lean_silicon.bedrock.evaluation.metrics import Metric
from lean_silicon.bedrock.evaluation.technique import (
    MAXIMUM_CUSTOM_METRICS,
    MAXIMUM_INSTRUCTIONS,
    Subject,
    Technique,
    asked,
    require_answers,
    require_different,
    require_name,
)
from lean_silicon.exceptions import InvalidValueError


class RatingMethod(str, Enum):
    """How people rate the answers of one model; comparisons rate two models against each other, not against a target."""

    THUMBS_UP_DOWN = "ThumbsUpDown"
    INDIVIDUAL_LIKERT_SCALE = "IndividualLikertScale"
    """1, the worst, to 5, the best."""


@dataclass(frozen=True)
class HumanMetric:
    """What people rate, and how. Define it so that more is better.

    Parameters
    ----------
    name
        1 to 63 letters, digits, ``-``, ``_`` and ``.``; the raters see it.
    rating
        How they rate.
    description
        1 to 63 characters that the raters see. Default: none.
    """

    name: str
    rating: RatingMethod
    description: str | None = None

    def __post_init__(self) -> None:
        require_name(self.name)
        if self.rating not in tuple(RatingMethod):
            raise InvalidValueError(
                f"metric {self.name!r} is rated by {self.rating!r}, which does not score one model by itself; use "
                f"{' or '.join(RatingMethod)}"
            )

    def to_metric(self) -> Metric:
        """With the scale of its rating."""
        return Metric(self.name) if self.rating == RatingMethod.THUMBS_UP_DOWN else Metric(self.name, worst=1, best=5)

    def to_definition(self) -> dict[str, Any]:
        """``customMetrics`` of CreateEvaluationJob."""
        definition = {"name": self.name, "ratingMethod": RatingMethod(self.rating).value}
        return definition if self.description is None else {**definition, "description": self.description}


class Human(Technique):
    """People of your own work team rate the answers.

    A team that AWS manages is arranged with AWS in the console and has no API, so that no infrastructure can start it.

    Parameters
    ----------
    flow_definition_arn
        The SageMaker human review workflow of the team, in the same region.
    metrics
        What they rate.
    instructions
        What the raters are told, 1 to 5,000 characters.
    """

    name = "human"

    def __init__(self, flow_definition_arn: str, *, metrics: Sequence[HumanMetric], instructions: str) -> None:
        if not metrics or len(metrics) > MAXIMUM_CUSTOM_METRICS:
            raise InvalidValueError(f"there are {len(metrics)} metrics to rate; give 1 to {MAXIMUM_CUSTOM_METRICS}")
        require_different([each.name for each in metrics])
        if not 1 <= len(instructions) <= MAXIMUM_INSTRUCTIONS:
            raise InvalidValueError(
                f"the instructions have {len(instructions)} characters; 1 to {MAXIMUM_INSTRUCTIONS} are allowed"
            )
        if not Token.is_unresolved(flow_definition_arn) and ":flow-definition/" not in flow_definition_arn:
            raise InvalidValueError(
                f"flow_definition_arn is {flow_definition_arn!r}; give the ARN of a SageMaker human review workflow, "
                "arn:aws:sagemaker:REGION:ACCOUNT:flow-definition/NAME"
            )
        self.flow_definition_arn = flow_definition_arn
        self._metrics = tuple(metrics)
        self._instructions = instructions

    def metrics_for(self, subject: Subject) -> tuple[Metric, ...]:
        """What people rate; models' answers only."""
        require_answers(self.name, subject)
        return tuple(each.to_metric() for each in self._metrics)

    def configuration(self, subject: Subject, dataset: Mapping[str, Any], _judge: str | None, /) -> dict[str, Any]:
        """With the team's workflow."""
        names = [metric.name for metric in self.metrics_for(subject)]
        return {
            "human": {
                "humanWorkflowConfig": {
                    "flowDefinitionArn": self.flow_definition_arn,
                    "instructions": self._instructions,
                },
                "customMetrics": [each.to_definition() for each in self._metrics],
                "datasetMetricConfigs": [asked("Custom", dataset, names)],
            }
        }
