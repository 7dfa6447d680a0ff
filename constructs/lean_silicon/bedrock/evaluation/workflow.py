"""The state machine of an evaluation, in the Amazon States Language.

::

    Candidates ─> Each candidate: Name the job ─> Start ─> Wait ─> Ask ─┬─ in progress ─> Wait
                                                                       ├─ ended ─────> how, and where its output is
                                                                       └─ too long ──> Stop
    ─> Compare ─┬─ scores ──> Evaluated
                └─ none ────> No scores (fails)

A candidate whose job cannot start or fails is one without a score, not the end of the evaluation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lean_silicon.bedrock.evaluation.request import as_parameters

NO_SCORES = "Evaluation.NoScores"

_EVENTS = 20_000
"""Of the 25,000 events that an execution's history holds, how many asking may take."""
_EVENTS_A_ROUND = 11
"""Two for each of Count, Wait and the choice, five for the call."""
_SHORTEST_WAIT = 60

_THROTTLED = {
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
}
_QUOTA_IS_FULL = {
    # Jobs of other evaluations run; one ends some time. A candidate that is left out would leave the verdict to a larger one.
    "ErrorEquals": ["Bedrock.ServiceQuotaExceededException"],
    "IntervalSeconds": 300,
    "MaxDelaySeconds": 3600,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
    "MaxAttempts": 10,
}
_LAMBDA_FAULTS = {
    "ErrorEquals": ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.TooManyRequestsException"],
    "IntervalSeconds": 2,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
    "MaxAttempts": 5,
}


@dataclass(frozen=True)
class Patience:
    """How long jobs may take, and how often they are asked after.

    Parameters
    ----------
    wait_seconds
        Between two questions.
    rounds
        How many questions until a job is stopped.
    """

    wait_seconds: int
    rounds: int

    @classmethod
    def of(cls, limit_seconds: float, candidates: int) -> Patience:
        """As often as the execution's history has room for, but at most once a minute."""
        room = _EVENTS / (_EVENTS_A_ROUND * candidates)
        wait = max(_SHORTEST_WAIT, math.ceil(limit_seconds / room))
        return cls(wait, max(1, math.ceil(limit_seconds / wait)))


def evaluation_workflow(
    *,
    partition: str,
    request: Mapping[str, Any],
    inference: Mapping[str, Mapping[str, Any]],
    prefix: str,
    output: str,
    evaluation: Mapping[str, Any],
    comparison_arn: str,
    patience: Patience,
    concurrency: int,
) -> dict[str, Any]:
    """The state machine's definition.

    Parameters
    ----------
    partition
        ``aws``, or a token.
    request
        What the requests of all jobs have in common.
    inference
        By candidate, its job's ``inferenceConfig``.
    prefix
        The start of the jobs' names.
    output
        The S3 URI under which jobs write, with a final slash.
    evaluation
        What the comparison is told.
    comparison_arn
        The function that compares.
    patience
        How long to wait.
    concurrency
        How many jobs run at once.
    """
    candidates = [{"Candidate": name, "Inference": as_parameters(config)} for name, config in inference.items()]
    states = _Task(partition)
    return {
        "StartAt": "Candidates",
        "States": {
            "Candidates": {"Type": "Pass", "Result": candidates, "Next": "Each candidate"},
            "Each candidate": {
                "Type": "Map",
                "MaxConcurrency": concurrency,
                "ItemProcessor": _one_candidate(states, as_parameters(request), prefix, output, patience),
                "Next": "Compare",
            },
            "Compare": {
                "Type": "Task",
                "Resource": states.resource("lambda:invoke"),
                "Parameters": {
                    "FunctionName": comparison_arn,
                    "Payload": {
                        "Evaluation": evaluation,
                        "Outcomes.$": "$",
                        "Execution.$": "$$.Execution.Name",
                        "Started.$": "$$.Execution.StartTime",
                    },
                },
                "OutputPath": "$.Payload",
                "Retry": [_LAMBDA_FAULTS],
                "Next": "Were there scores?",
            },
            "Were there scores?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.Scored", "NumericEquals": 0, "Next": "No scores"}],
                "Default": "Evaluated",
            },
            "No scores": {
                "Type": "Fail",
                "Error": NO_SCORES,
                "CausePath": "States.Format('No candidate has a score; the verdict says why: {}', $.Verdict)",
            },
            "Evaluated": {"Type": "Succeed"},
        },
    }


@dataclass(frozen=True)
class _Task:
    partition: str

    def resource(self, integration: str) -> str:
        return f"arn:{self.partition}:states:::{integration}"

    def of_job(self, action: str) -> dict[str, Any]:
        return {
            "Type": "Task",
            "Resource": self.resource(f"aws-sdk:bedrock:{action}"),
            "Parameters": {"JobIdentifier.$": "$.Job.Arn"},
            "Retry": [_THROTTLED],
        }


def _one_candidate(
    task: _Task, request: Mapping[str, Any], prefix: str, output: str, patience: Patience
) -> dict[str, Any]:
    did_not_run = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.Failure", "Next": "Did not run"}
    start_parameters = {
        "JobName.$": "$.Job.Name",
        # The same when the call is tried again, so that a job is not started twice.
        "ClientRequestToken.$": "$.Job.Token",
        "InferenceConfig.$": "$.Inference",
        **request,
    }
    return {
        "ProcessorConfig": {"Mode": "INLINE"},
        "StartAt": "Draw a token",
        "States": {
            "Draw a token": {
                "Type": "Pass",
                "Parameters": {"Token.$": "States.UUID()"},
                "ResultPath": "$.Job",
                "Next": "Name the job",
            },
            "Name the job": {
                "Type": "Pass",
                "Parameters": {
                    "Token.$": "$.Job.Token",
                    "Name.$": f"States.Format('{prefix}-{{}}', $.Job.Token)",
                    "Output.$": f"States.Format('{output}{prefix}-{{}}/', $.Job.Token)",
                    "Round": 0,
                },
                "ResultPath": "$.Job",
                "Next": "Start",
            },
            "Start": {
                "Type": "Task",
                "Resource": task.resource("aws-sdk:bedrock:createEvaluationJob"),
                "Parameters": start_parameters,
                "ResultSelector": {"Arn.$": "$.JobArn"},
                "ResultPath": "$.Started",
                "Retry": [_QUOTA_IS_FULL, _THROTTLED],
                "Catch": [did_not_run],
                "Next": "Count",
            },
            "Count": {
                "Type": "Pass",
                "Parameters": {
                    "Arn.$": "$.Started.Arn",
                    "Output.$": "$.Job.Output",
                    "Round.$": "States.MathAdd($.Job.Round, 1)",
                },
                "ResultPath": "$.Job",
                "Next": "Wait",
            },
            "Wait": {"Type": "Wait", "Seconds": patience.wait_seconds, "Next": "Ask"},
            "Ask": {
                **task.of_job("getEvaluationJob"),
                "ResultPath": "$.Answer",
                "Catch": [{**did_not_run, "Next": "Lost sight"}],
                "Next": "Has it ended?",
            },
            "Has it ended?": {
                "Type": "Choice",
                "Choices": [
                    {
                        "And": [
                            _in_progress(),
                            {"Variable": "$.Job.Round", "NumericGreaterThanEquals": patience.rounds},
                        ],
                        "Next": "Stop",
                    },
                    {**_in_progress(), "Next": "Count"},
                    {"Variable": "$.Answer.Status", "StringEquals": "Completed", "Next": "Ended"},
                    {"Variable": "$.Answer.FailureMessages[0]", "IsPresent": True, "Next": "Failed"},
                ],
                "Default": "Ended",
            },
            "Stop": {
                **task.of_job("stopEvaluationJob"),
                "ResultPath": "$.Stopped",
                "Catch": [{**did_not_run, "Next": "Took too long"}],
                "Next": "Took too long",
            },
            "Ended": _outcome({"Status.$": "$.Answer.Status", "Output.$": "$.Job.Output"}),
            "Failed": _outcome({"Status.$": "$.Answer.Status", "Reason.$": "$.Answer.FailureMessages"}),
            "Took too long": _outcome(
                {"Status": "TimedOut", "Reason": f"it had not ended after {patience.rounds * patience.wait_seconds} s"}
            ),
            # As text, for not every error has a cause.
            "Did not run": _outcome({"Status": "NotStarted", "Reason.$": "States.JsonToString($.Failure)"}),
            "Lost sight": _outcome({"Status": "Unknown", "Reason.$": "States.JsonToString($.Failure)"}),
        },
    }


def _in_progress() -> dict[str, Any]:
    return {"Or": [{"Variable": "$.Answer.Status", "StringEquals": status} for status in ("InProgress", "Stopping")]}


def _outcome(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"Type": "Pass", "Parameters": {"Candidate.$": "$.Candidate", **parameters}, "End": True}
