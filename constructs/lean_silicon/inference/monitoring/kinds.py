"""The four monitors that SageMaker has, as the service calls their parts.

Sources: CloudFormation Template Reference, ``AWS::SageMaker::*JobDefinition``; API reference, ``MonitoringStoppingCondition`` for the time
limits; ``model_monitor/{model_monitoring,clarify_model_monitoring}.py`` of github.com/aws/sagemaker-python-sdk (commit a2481266,
2026-08-21) for the names of the files.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration

from lean_silicon.deep_learning_containers import DeepLearningContainer
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.monitoring.frequency import MonitoringFrequency
from lean_silicon.inference.monitoring.images import ANALYZER, CLARIFY

_LONGEST_SECONDS = 86_400
"""``MonitoringMaxRuntimeInSeconds``, botocore 1.44.5."""


@dataclass(frozen=True)
class MonitorKind:
    """One sort of monitor.

    Parameters
    ----------
    name
        ``MonitoringType``.
    image
        What it runs.
    constraints, statistics
        The files that its baseline writes; `None` where it writes none.
    hourly_seconds
        The longest that an hourly run may take.
    """

    name: str
    image: DeepLearningContainer
    constraints: str
    statistics: str | None
    hourly_seconds: int

    @property
    def folder(self) -> str:
        """Its part of keys: ``"data-quality"``."""
        return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in self.name).strip("-")

    def seconds(self, limit: Duration, frequency: MonitoringFrequency) -> int:
        """The time limit of a run.

        Raises
        ------
        InvalidValueError
            If the service does not allow it for that frequency.
        """
        most = self.hourly_seconds if frequency.hours == 1 else min(frequency.seconds, _LONGEST_SECONDS)
        if limit.is_unresolved() or not 60 <= limit.to_seconds() <= most:
            raise InvalidValueError(
                f"time_limit is {limit.to_human_string()}; for {self.name} every {frequency.hours} h SageMaker allows up to "
                f"{most} s, and a run takes some minutes to start. Shorten the limit, or look less often"
            )
        return int(limit.to_seconds())


DATA_QUALITY = MonitorKind("DataQuality", ANALYZER, "constraints.json", "statistics.json", 3600)
MODEL_QUALITY = MonitorKind("ModelQuality", ANALYZER, "constraints.json", "statistics.json", 1800)
MODEL_BIAS = MonitorKind("ModelBias", CLARIFY, "analysis.json", None, 1800)
MODEL_EXPLAINABILITY = MonitorKind("ModelExplainability", CLARIFY, "analysis.json", None, 3600)
