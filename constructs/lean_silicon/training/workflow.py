"""The state machine around CreateTrainingJob, in the Amazon States Language.

::

    Train until there is capacity (retries on SageMaker.CapacityError, with back-off)
      Train ──fails──> Why did it fail? ──CapacityError──> No capacity (fails with SageMaker.CapacityError)
                                        └─anything else──> Training failed (fails with SageMaker.TrainingJobFailed)

Step Functions reports every failed job as ``States.TaskFailed``, a name that no Fail state may use; only the job's ``FailureReason``,
inside the cause, tells lack of capacity from a defect in the training code. The cause is searched as text rather than parsed: it may be
cut off.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lean_silicon.training.capacity_retry import CapacityRetry

CAPACITY_ERROR = "SageMaker.CapacityError"
FAILURE_ERROR = "SageMaker.TrainingJobFailed"
RUN_TRAINING_JOB = "sagemaker:createTrainingJob.sync"

# The reason stands at the start of the field. A quotation mark inside a hyperparameter would be escaped in the cause, so no value of
# the user's can look like it.
_NO_CAPACITY = ('*"FailureReason":"CapacityError*', '*"FailureReason": "CapacityError*')

_CALL_RETRIES = (
    # All instances of the quota are in use by other jobs.
    {
        "ErrorEquals": ["SageMaker.ResourceLimitExceededException"],
        "IntervalSeconds": 60,
        "MaxDelaySeconds": 900,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
        "MaxAttempts": 10,
    },
    # The call was throttled or the service had a fault. Requests that are wrong fail with this too, so not often.
    {
        "ErrorEquals": ["SageMaker.AmazonSageMakerException"],
        "IntervalSeconds": 5,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
        "MaxAttempts": 3,
    },
)


def training_workflow(
    partition: str, request: Mapping[str, Any], retry: CapacityRetry, timeout_seconds: float | None
) -> dict[str, Any]:
    """The state machine's definition.

    Parameters
    ----------
    partition
        ``aws``, or a token.
    request
        The parameters of CreateTrainingJob; names that end in ``.$`` are filled in from the execution.
    retry
        What to do about lack of capacity.
    timeout_seconds
        When to give up on a job that SageMaker should long have ended; `None` leaves it to SageMaker.
    """
    train: dict[str, Any] = {
        "Type": "Task",
        "Resource": f"arn:{partition}:states:::{RUN_TRAINING_JOB}",
        "Parameters": request,
        "Retry": list(_CALL_RETRIES),
        "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Why did it fail?"}],
        "End": True,
    }
    if timeout_seconds is not None:
        train["TimeoutSeconds"] = timeout_seconds
    why = {
        "Type": "Choice",
        "Choices": [
            {
                "Or": [{"Variable": "$.Cause", "StringMatches": pattern} for pattern in _NO_CAPACITY],
                "Next": "No capacity",
            }
        ],
        "Default": "Training failed",
    }
    states = {
        "Train": train,
        "Why did it fail?": why,
        "No capacity": {"Type": "Fail", "Error": CAPACITY_ERROR, "CausePath": "$.Cause"},
        "Training failed": {"Type": "Fail", "Error": FAILURE_ERROR, "CausePath": "$.Cause"},
    }
    until_capacity: dict[str, Any] = {
        "Type": "Parallel",
        "Branches": [{"StartAt": "Train", "States": states}],
        "OutputPath": "$[0]",
        "End": True,
    }
    retrier = retry.to_retrier(CAPACITY_ERROR)
    if retrier:
        until_capacity["Retry"] = retrier
    return {"StartAt": "Train until there is capacity", "States": {"Train until there is capacity": until_capacity}}
