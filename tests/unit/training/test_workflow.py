"""The definition tells lack of capacity from every other failure, by the text that SageMaker writes."""

from __future__ import annotations

import fnmatch
import json
from typing import Any

import pytest
from aws_cdk import Duration

from lean_silicon.training import CapacityRetry
from lean_silicon.training.workflow import CAPACITY_ERROR, training_workflow


def states(**changes: Any) -> dict[str, Any]:
    given = {"partition": "aws", "request": {}, "retry": CapacityRetry(), "timeout_seconds": 60.0}
    everything = training_workflow(**{**given, **changes})["States"]
    outer = everything["Train until there is capacity"]
    inner: dict[str, Any] = outer["Branches"][0]["States"]
    return {**inner, **everything, "outer": outer}


@pytest.mark.parametrize(
    ("reason", "lacks_capacity"),
    [
        (
            "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
            True,
        ),
        ("CapacityError: Insufficient capacity error from EC2", True),
        ("InternalServerError: We encountered an internal error. Please try again.", False),
        ('AlgorithmError: "FailureReason":"CapacityError"', False),
        ("ClientError: Please use an instance type with more memory", False),
    ],
)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["compact", "spaced"])
def test_only_sagemakers_own_word_for_it_counts(reason: str, lacks_capacity: bool, separators: tuple[str, str]) -> None:
    cause = json.dumps({"TrainingJobName": "x", "FailureReason": reason, "Tags": []}, separators=separators)
    [choice] = states()["Why did it fail?"]["Choices"]
    # A backslash is plain text to fnmatch, and the patterns have no brackets or question marks.
    matched = any(fnmatch.fnmatchcase(cause, test["StringMatches"]) for test in choice["And"][1]["Or"])
    assert matched == lacks_capacity


def test_waits_double_from_five_minutes_to_an_hour() -> None:
    assert states()["outer"]["Retry"] == [
        {
            "ErrorEquals": [CAPACITY_ERROR, "States.BranchFailed"],
            "IntervalSeconds": 300,
            "MaxDelaySeconds": 3600,
            "BackoffRate": 2,
            "JitterStrategy": "FULL",
            "MaxAttempts": 10,
        }
    ]


def test_no_state_fails_with_a_name_that_is_reserved() -> None:
    failing = [state for state in states().values() if state["Type"] == "Fail"]
    assert len(failing) == 2
    assert not [state for state in failing if state["Error"].startswith("States.")]


def test_a_job_whose_limit_is_open_is_left_to_sagemaker() -> None:
    assert "TimeoutSeconds" not in states(timeout_seconds=None)["Train"]


def test_retries_may_be_as_patient_as_the_work() -> None:
    retry = CapacityRetry(attempts=100, first_wait=Duration.minutes(30), longest_wait=Duration.hours(12))
    [retrier] = states(retry=retry)["outer"]["Retry"]
    assert (retrier["MaxAttempts"], retrier["MaxDelaySeconds"]) == (100, 43_200)
