"""The state machine of an optimization runs in moto's interpreter. Moto has no optimization jobs, so states stand in for its three calls;
what those send is validated against the service's model.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from inference_job_templates import an_aws, entered, run
from service_model import refusals

from lean_silicon.inference.optimization.workflow import Looks, optimization_workflow

pytest.importorskip("antlr4", reason="moto executes state machines with its extra stepfunctions only")

REASON = "ClientError: The model is not supported"


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    return optimization_workflow("aws", {}, name_prefix="compile", looks=Looks(1, 2))


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with an_aws():
        yield


def answering(definition: dict[str, Any], status: str, **others: str) -> dict[str, Any]:
    """The definition, whose job is always in the same state."""
    changed = copy.deepcopy(definition)
    states = changed["States"]
    description = {"OptimizationJobStatus": status, **others}
    states["Optimize"] = {"Type": "Pass", "Next": states["Optimize"]["Next"]}
    states["Look"] = {
        "Type": "Pass",
        "Result": {"OptimizationJobStatus": status, "Description": description},
        "ResultPath": states["Look"]["ResultPath"],
        "Next": states["Look"]["Next"],
    }
    states["Stop the job"] = {"Type": "Pass", "Next": states["Stop the job"]["Next"]}
    return changed


def test_a_job_that_ended_well_hands_on_its_description(definition: dict[str, Any], aws: None) -> None:
    execution = run(answering(definition, "COMPLETED", OptimizationJobName="x"), "completed")
    assert execution["status"] == "SUCCEEDED"
    assert '"OptimizationJobName"' in execution["output"]
    assert entered(execution).count("Look") == 1


@pytest.mark.parametrize("status", ["FAILED", "STOPPED"])
def test_a_job_that_did_not_is_told_with_its_reason(definition: dict[str, Any], aws: None, status: str) -> None:
    execution = run(answering(definition, status, FailureReason=REASON), status.lower())
    assert execution["error"] == "SageMaker.OptimizationJobFailed"
    assert REASON in execution["cause"]


def test_a_job_that_takes_too_long_is_stopped(definition: dict[str, Any], aws: None) -> None:
    execution = run(answering(definition, "INPROGRESS"), "in-progress")
    assert execution["error"] == "SageMaker.OptimizationJobTimedOut"
    assert entered(execution).count("Look") == 3
    assert entered(execution)[-2:] == ["Stop the job", "Timed out"]


def test_a_job_that_the_service_refuses_is_told(definition: dict[str, Any], aws: None) -> None:
    changed = answering(definition, "COMPLETED")
    task = definition["States"]["Optimize"]
    fails = {"StartAt": "Call", "States": {"Call": {"Type": "Fail", "Error": "Call.Refused", "Cause": REASON}}}
    changed["States"]["Optimize"] = {
        "Type": "Parallel",
        "Branches": [fails],
        "Catch": task["Catch"],
        "Next": task["Next"],
    }
    execution = run(changed, "refused")
    assert execution["error"] == "SageMaker.OptimizationJobFailed"
    assert execution["cause"] == REASON


@pytest.mark.parametrize(
    ("state", "operation"), [("Look", "DescribeOptimizationJob"), ("Stop the job", "StopOptimizationJob")]
)
def test_the_other_calls_are_what_the_service_takes(definition: dict[str, Any], state: str, operation: str) -> None:
    task = definition["States"][state]
    assert task["Resource"].endswith(operation[0].lower() + operation[1:])
    assert task["Parameters"] == {"OptimizationJobName.$": "$.JobName"}
    assert refusals("sagemaker", operation, {"OptimizationJobName": "compile-1"}) == []


@pytest.mark.parametrize("hours", [0.1, 1, 8, 24 * 28])
def test_looks_end_at_the_limit_and_leave_room_in_the_history(hours: float) -> None:
    looks = Looks.within(hours * 3600)
    assert looks.wait_seconds * looks.most >= hours * 3600
    assert looks.wait_seconds >= 60
    # A Wait, a Task and two other states make about 13 events; an execution may have 25,000.
    assert 13 * looks.most < 25_000
