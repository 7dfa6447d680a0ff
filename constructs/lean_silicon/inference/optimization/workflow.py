"""The state machine around CreateOptimizationJob, for which Step Functions has no ``.sync``.

::

    Name the job ──> Optimize ──> Wait ──> Look ──> How is it? ──COMPLETED──> Optimized (Succeed)
                        │          ▲                  │  │ └─FAILED, STOPPED──> Optimization failed
                        │          └─── Count ◄───────┘  └─looked too often──> Stop the job ──> Timed out
                        └─cannot be created──> Not started

The service ends a job that runs longer than its ``StoppingCondition``; it does not bound the wait for machines, so looks are counted and
the job is stopped. The time between looks grows with the limit, so that the history of an execution stays far below its 25,000 events.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FAILURE_ERROR = "SageMaker.OptimizationJobFailed"
TIMEOUT_ERROR = "SageMaker.OptimizationJobTimedOut"

_SHORTEST_WAIT = 60
_MOST_LOOKS = 1000
"""About a dozen events each, of the 25,000 that an execution may have."""

_FAULTS = {
    "ErrorEquals": ["SageMaker.SdkClientException", "SageMaker.ThrottlingException", "States.TaskFailed"],
    "IntervalSeconds": 5,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
    "MaxAttempts": 5,
}
_QUOTA = {
    "ErrorEquals": ["SageMaker.ResourceLimitExceededException"],
    "IntervalSeconds": 60,
    "MaxDelaySeconds": 900,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
    "MaxAttempts": 10,
}


@dataclass(frozen=True)
class Looks:
    """How often, and for how long, the job is looked at."""

    wait_seconds: int
    most: int

    @classmethod
    def within(cls, seconds: float) -> Looks:
        """Looks that end after so many seconds: every minute, or less often where that were more than a thousand."""
        wait = max(_SHORTEST_WAIT, math.ceil(seconds / _MOST_LOOKS))
        return cls(wait, math.ceil(seconds / wait))


def optimization_workflow(
    partition: str, request: Mapping[str, Any], *, name_prefix: str, looks: Looks
) -> dict[str, Any]:
    """The state machine's definition.

    Parameters
    ----------
    partition
        ``aws``, or a token.
    request
        CreateOptimizationJob without the job's name.
    name_prefix
        The start of the jobs' names; a UUID follows.
    looks
        How often to look, and when to stop.
    """
    sdk = f"arn:{partition}:states:::aws-sdk:sagemaker"
    name = {"OptimizationJobName.$": "$.JobName"}
    status = "$.Job.OptimizationJobStatus"
    return {
        "StartAt": "Name the job",
        "States": {
            "Name the job": {
                "Type": "Pass",
                "Parameters": {"JobName.$": f"States.Format('{name_prefix}-{{}}', States.UUID())", "Looks": 0},
                "Next": "Optimize",
            },
            "Optimize": {
                "Type": "Task",
                "Resource": f"{sdk}:createOptimizationJob",
                "Parameters": {**name, **request},
                "ResultPath": "$.Created",
                "Retry": [_QUOTA],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Not started"}],
                "Next": "Wait",
            },
            "Not started": {"Type": "Fail", "Error": FAILURE_ERROR, "CausePath": "$.Cause"},
            "Wait": {"Type": "Wait", "Seconds": looks.wait_seconds, "Next": "Look"},
            "Look": {
                "Type": "Task",
                "Resource": f"{sdk}:describeOptimizationJob",
                "Parameters": name,
                "ResultSelector": {"OptimizationJobStatus.$": "$.OptimizationJobStatus", "Description.$": "$"},
                "ResultPath": "$.Job",
                "Retry": [_FAULTS],
                "Next": "How is it?",
            },
            "How is it?": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": status, "StringEquals": "COMPLETED", "Next": "Optimized"},
                    {
                        "Or": [{"Variable": status, "StringEquals": each} for each in ("FAILED", "STOPPED")],
                        "Next": "Why did it fail?",
                    },
                    {"Variable": "$.Looks", "NumericGreaterThanEquals": looks.most, "Next": "Stop the job"},
                ],
                "Default": "Count",
            },
            "Count": {
                "Type": "Pass",
                "Parameters": {"JobName.$": "$.JobName", "Looks.$": "States.MathAdd($.Looks, 1)"},
                "Next": "Wait",
            },
            "Optimized": {"Type": "Succeed", "OutputPath": "$.Job.Description"},
            "Why did it fail?": {
                "Type": "Pass",
                "Parameters": {"Cause.$": "States.JsonToString($.Job.Description)"},
                "Next": "Optimization failed",
            },
            "Optimization failed": {"Type": "Fail", "Error": FAILURE_ERROR, "CausePath": "$.Cause"},
            "Stop the job": {
                "Type": "Task",
                "Resource": f"{sdk}:stopOptimizationJob",
                "Parameters": name,
                "ResultPath": "$.Stopped",
                # It may have ended at this moment.
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Stopped", "Next": "Timed out"}],
                "Next": "Timed out",
            },
            "Timed out": {
                "Type": "Fail",
                "Error": TIMEOUT_ERROR,
                "Cause": f"The optimization job was stopped after {looks.wait_seconds * looks.most} s",
            },
        },
    }
