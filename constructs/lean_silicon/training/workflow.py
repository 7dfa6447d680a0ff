"""The state machine around CreateTrainingJob, in the Amazon States Language.

::

    Train until there is capacity          a branch that fails only for lack of capacity, and is tried again with back-off
      Train ──fails──> Why did it fail? ──CapacityError──> No capacity (fails with SageMaker.CapacityError)
                                        └─anything else──> Failed for good (ends the branch with the failure)
    Did it train? ──no──> Training failed (fails with SageMaker.TrainingJobFailed)
                  └─yes─> Trained

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

# A branch's failure may be reported by its own name or by that of all branches; nothing but lack of capacity fails the branch.
_BRANCH_ERRORS = [CAPACITY_ERROR, "States.BranchFailed"]

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
    until_capacity: dict[str, Any] = {
        "Type": "Parallel",
        "Branches": [{"StartAt": "Train", "States": _one_attempt(partition, request, timeout_seconds)}],
        "OutputPath": "$[0]",
        "Next": "Did it train?",
    }
    retrier = retry.to_retrier(_BRANCH_ERRORS)
    if retrier:
        until_capacity["Retry"] = retrier
    did_it_train = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.Cause", "IsPresent": True, "Next": "Training failed"}],
        "Default": "Trained",
    }
    return {
        "StartAt": "Train until there is capacity",
        "States": {
            "Train until there is capacity": until_capacity,
            "Did it train?": did_it_train,
            "Trained": {"Type": "Succeed"},
            "Training failed": {"Type": "Fail", "Error": FAILURE_ERROR, "CausePath": "$.Cause"},
        },
    }


def _one_attempt(partition: str, request: Mapping[str, Any], timeout_seconds: float | None) -> dict[str, Any]:
    train: dict[str, Any] = {
        "Type": "Task",
        "Resource": f"arn:{partition}:states:::{RUN_TRAINING_JOB}",
        "Parameters": request,
        "Retry": list(_CALL_RETRIES),
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Why did it fail?"}],
        "End": True,
    }
    if timeout_seconds is not None:
        train["TimeoutSeconds"] = timeout_seconds
    lacks_capacity = {
        "And": [
            {"Variable": "$.Cause", "IsPresent": True},
            {"Or": [{"Variable": "$.Cause", "StringMatches": pattern} for pattern in _NO_CAPACITY]},
        ],
        "Next": "No capacity",
    }
    return {
        "Train": train,
        "Why did it fail?": {"Type": "Choice", "Choices": [lacks_capacity], "Default": "Failed for good"},
        "No capacity": {"Type": "Fail", "Error": CAPACITY_ERROR, "CausePath": "$.Cause"},
        # A failure without a cause, as a timeout is, gets one, so that it is told from a job.
        "Failed for good": {
            "Type": "Pass",
            "Parameters": {"Error.$": "$.Error", "Cause.$": "States.JsonToString($)"},
            "End": True,
        },
    }
