"""A state machine around one SageMaker job, in the Amazon States Language.

::

    Run until there is capacity            a branch that fails only for lack of capacity, and is tried again with back-off
      Name the job ──> Run ──fails──> Why did it fail? ──CapacityError──> No capacity (fails with SageMaker.CapacityError)
                        │                               └─anything else──> Failed for good (ends the branch with the failure)
                        └─takes too long──> Stop the job ──> Timed out (ends the branch with the failure)
    Did it succeed? ──no──> Job failed (fails with SageMaker.JobFailed)
                    └─yes─> Succeeded

The job is named before it is created, so that it can be stopped: Step Functions promises to stop a ``.sync`` job when the execution is
stopped, and says nothing of a state that times out. Every attempt has a name of its own; no retry meets a name that is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import Token

from lean_silicon.inference.job_kinds import JobKind
from lean_silicon.training.capacity_retry import CapacityRetry

CAPACITY_ERROR = "SageMaker.CapacityError"
FAILURE_ERROR = "SageMaker.JobFailed"

JOB_NAME = "$.JobName"
INPUT = "$.Input"
"""Where the execution's input is while the job runs."""

_BRANCH_ERRORS = [CAPACITY_ERROR, "States.BranchFailed"]

# The reason stands at the start of its field; a quotation mark in any value of the user's would be escaped.
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
    # Throttled, or a fault of the service. Requests that are wrong fail with this too, so not often.
    {
        "ErrorEquals": ["SageMaker.AmazonSageMakerException"],
        "IntervalSeconds": 5,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
        "MaxAttempts": 3,
    },
)


def job_workflow(
    kind: JobKind,
    partition: str,
    request: Mapping[str, Any],
    *,
    name_prefix: str,
    retry: CapacityRetry,
    timeout_seconds: float,
) -> dict[str, Any]:
    """The state machine's definition.

    Parameters
    ----------
    kind
        What is run.
    partition
        ``aws``, or a token.
    request
        The parameters of the job without its name. Names that end in ``.$`` are filled in from `INPUT`.
    name_prefix
        The start of the jobs' names; a UUID follows.
    retry
        What to do about lack of capacity.
    timeout_seconds
        When to stop the job; may be a token.
    """
    until_capacity: dict[str, Any] = {
        "Type": "Parallel",
        "Branches": [
            {
                "StartAt": "Name the job",
                "States": _one_attempt(kind, partition, request, name_prefix, timeout_seconds),
            }
        ],
        "OutputPath": "$[0]",
        "Next": "Did it succeed?",
    }
    retrier = retry.to_retrier(_BRANCH_ERRORS)
    if retrier:
        until_capacity["Retry"] = retrier
    failed = {"And": [{"Variable": f"$.{field}", "IsPresent": True} for field in ("Error", "Cause")]}
    return {
        "StartAt": "Run until there is capacity",
        "States": {
            "Run until there is capacity": until_capacity,
            "Did it succeed?": {
                "Type": "Choice",
                "Choices": [{**failed, "Next": "Job failed"}],
                "Default": "Succeeded",
            },
            "Succeeded": {"Type": "Succeed"},
            "Job failed": {"Type": "Fail", "Error": FAILURE_ERROR, "CausePath": "$.Cause"},
        },
    }


def _one_attempt(
    kind: JobKind, partition: str, request: Mapping[str, Any], name_prefix: str, timeout_seconds: float
) -> dict[str, Any]:
    # The error must not replace the job's name, which is needed to stop it.
    timed_out = {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.Timeout", "Next": "Stop the job"}
    run: dict[str, Any] = {
        "Type": "Task",
        "Resource": f"arn:{partition}:states:::{kind.create}",
        "Parameters": {f"{kind.name_field}.$": JOB_NAME, **request},
        "Retry": list(_CALL_RETRIES),
        "TimeoutSeconds": timeout_seconds,
        "Catch": [timed_out, {"ErrorEquals": ["States.ALL"], "Next": "Why did it fail?"}],
        "End": True,
    }
    return {
        "Name the job": {
            "Type": "Pass",
            "Parameters": {"JobName.$": f"States.Format('{name_prefix}-{{}}', States.UUID())", "Input.$": "$"},
            "Next": "Run",
        },
        "Run": run,
        "Why did it fail?": {"Type": "Choice", "Choices": [_lacks_capacity()], "Default": "Failed for good"},
        "No capacity": {"Type": "Fail", "Error": CAPACITY_ERROR, "CausePath": "$.Cause"},
        # A failure without a cause gets one, so that it is told from a job.
        "Failed for good": {
            "Type": "Pass",
            "Parameters": {"Error.$": "$.Error", "Cause.$": "States.JsonToString($)"},
            "End": True,
        },
        **_stopping(kind, partition, timeout_seconds),
    }


def _stopping(kind: JobKind, partition: str, timeout_seconds: float) -> dict[str, Any]:
    limit = "" if Token.is_unresolved(timeout_seconds) else f" of {timeout_seconds:.0f} s"
    return {
        "Stop the job": {
            "Type": "Task",
            "Resource": f"arn:{partition}:states:::{kind.stop}",
            "Parameters": {f"{kind.name_field}.$": JOB_NAME},
            "ResultPath": "$.Stopped",
            # It may have ended at this moment.
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Stopped", "Next": "Timed out"}],
            "Next": "Timed out",
        },
        "Timed out": {
            "Type": "Pass",
            "Parameters": {
                "Error": "States.Timeout",
                "Cause.$": f"States.Format('{kind.words} {{}} was stopped after its limit{limit}', {JOB_NAME})",
            },
            "End": True,
        },
    }


def _lacks_capacity() -> dict[str, Any]:
    return {
        "And": [
            {"Variable": "$.Cause", "IsPresent": True},
            {"Or": [{"Variable": "$.Cause", "StringMatches": pattern} for pattern in _NO_CAPACITY]},
        ],
        "Next": "No capacity",
    }
