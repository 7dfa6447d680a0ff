"""Jobs of Amazon Bedrock that a state machine starts and follows to their end.

No CloudFormation type exists for them, and only one kind has an integration of Step Functions that waits (which does not say whether it
takes every field), so the state machine calls the SDK and looks again::

    Name the job -> Start the job -> Wait -> Look at the job -> Has it ended? -> Done
                                      ^_________________________|      '-> The job failed (Bedrock.JobFailed, with Bedrock's own words)

Each look is three transitions: a day of looking every five minutes costs 2 US cents. It is nine of the 25,000 events that an execution's
history holds, which is room for nine days. Stopping the execution does not stop the job.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FAILURE = "Bedrock.JobFailed"
LONGEST_PREFIX = 63 - 1 - 36
"""Bedrock's names have 63 characters; a hyphen and a UUID end them."""

_SECONDS_BETWEEN_LOOKS = 300

_RETRIES = (
    # Jobs of the same kind fill the quota; another ends some time.
    {
        "ErrorEquals": ["Bedrock.ServiceQuotaExceededException"],
        "IntervalSeconds": 300,
        "MaxDelaySeconds": 3600,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
        "MaxAttempts": 10,
    },
    {
        # The latter two are what Step Functions calls faults that Bedrock's model does not name, and those on the way to it.
        "ErrorEquals": [
            "Bedrock.ThrottlingException",
            "Bedrock.InternalServerException",
            "Bedrock.BedrockException",
            "Bedrock.SdkClientException",
        ],
        "IntervalSeconds": 5,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
        "MaxAttempts": 5,
    },
)


@dataclass(frozen=True)
class JobKind:
    """A kind of job: the calls that start and describe it, and the states that it ends in."""

    start: str
    describe: str
    succeeded: Sequence[str]
    failed: Sequence[str]


CUSTOMIZATION = JobKind(
    "createModelCustomizationJob", "getModelCustomizationJob", ("Completed",), ("Failed", "Stopped")
)
INVOCATION = JobKind(
    "createModelInvocationJob",
    "getModelInvocationJob",
    ("Completed",),
    ("Failed", "Stopped", "Expired", "PartiallyCompleted"),
)
"""A batch of which only a part was answered counts as failed; its answers are in the bucket nevertheless."""


def job_workflow(partition: str, kind: JobKind, prefix: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """The state machine's definition.

    Parameters
    ----------
    partition
        ``aws``, or a token.
    kind
        Which job.
    prefix
        The start of its name.
    request
        The parameters of the call that starts it, in the SDK's spelling (``JobName`` and ``ClientRequestToken`` are added); a name that
        ends in ``.$`` takes its value from ``$.Name`` and the execution.
    """
    # The name is made before the call, so that a retry of the call is the same request and cannot start a second job.
    named = {**request, "JobName.$": "$.Name", "ClientRequestToken.$": "$.Name"}
    return {
        "StartAt": "Name the job",
        "States": {
            "Name the job": {
                "Type": "Pass",
                "Parameters": {"Name.$": f"States.Format('{prefix}-{{}}', States.UUID())"},
                "Next": "Start the job",
            },
            "Start the job": _call(partition, kind.start, named, "Wait"),
            "Wait": {"Type": "Wait", "Seconds": _SECONDS_BETWEEN_LOOKS, "Next": "Look at the job"},
            "Look at the job": {
                **_call(partition, kind.describe, {"JobIdentifier.$": "$.Job.JobArn"}, "Has it ended?"),
                "ResultPath": "$.Found",
            },
            "Has it ended?": {
                "Type": "Choice",
                "Choices": [
                    {"Or": _is_one_of(kind.succeeded), "Next": "Done"},
                    {"Or": _is_one_of(kind.failed), "Next": "The job failed"},
                ],
                "Default": "Wait",
            },
            "Done": {"Type": "Succeed", "OutputPath": "$.Found"},
            "The job failed": {"Type": "Fail", "Error": FAILURE, "CausePath": "States.JsonToString($.Found)"},
        },
    }


def _call(partition: str, action: str, parameters: Mapping[str, Any], then: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": f"arn:{partition}:states:::aws-sdk:bedrock:{action}",
        "Parameters": dict(parameters),
        "ResultPath": "$.Job",
        "Retry": list(_RETRIES),
        "Next": then,
    }


def _is_one_of(states: Sequence[str]) -> list[dict[str, Any]]:
    return [{"Variable": "$.Found.Status", "StringEquals": state} for state in states]
