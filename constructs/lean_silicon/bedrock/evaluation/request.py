"""The requests of the jobs, as CreateEvaluationJob takes it and as Step Functions writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lean_silicon.bedrock.evaluation.technique import Subject

APPLICATIONS = {
    Subject.ANSWERS: "ModelEvaluation",
    Subject.GROUNDED_ANSWERS: "RagEvaluation",
    Subject.PASSAGES: "RagEvaluation",
}
"""``applicationType`` by what is evaluated."""


def shared_request(configuration: Mapping[str, Any], *, subject: Subject, role_arn: str, output: str) -> dict[str, Any]:
    """CreateEvaluationJob's request but for what differs by candidate (``inferenceConfig``) and by execution (name and token)."""
    return {
        "applicationType": APPLICATIONS[subject],
        "roleArn": role_arn,
        "evaluationConfig": dict(configuration),
        "outputDataConfig": {"s3Uri": output},
    }


def as_parameters(request: Any) -> Any:
    """The same with the names as Step Functions' SDK integrations have them: beginning with a capital letter."""
    if isinstance(request, Mapping):
        return {name[:1].upper() + name[1:]: as_parameters(value) for name, value in request.items()}
    if isinstance(request, list):
        return [as_parameters(each) for each in request]
    return request
