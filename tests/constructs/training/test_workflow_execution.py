"""The state machine runs: in moto's interpreter of the Amazon States Language, against moto's SageMaker.

Moto does not know the ``.sync`` integration of SageMaker, so the task calls the same API through the SDK integration, which moto executes
with boto3: the intrinsic functions are evaluated, and the request is validated by botocore and taken by an API.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from aws_cdk import Duration
from moto import mock_aws
from training_templates import definition_of, template_of, training_job

from lean_silicon.training import CapacityRetry

pytest.importorskip("antlr4", reason="moto executes state machines with its extra stepfunctions only")

NO_CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
)
A_DEFECT = 'AlgorithmError: ExecuteUserScriptError: ValueError("FailureReason: CapacityError is what I print")'


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    retry = CapacityRetry(attempts=2, first_wait=Duration.seconds(1), longest_wait=Duration.seconds(1))
    return definition_of(template_of(training_job(capacity_retry=retry)))


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """An AWS of our own, whose state machines execute, and whose clock does not wait."""
    environment = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-west-2"}
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        for name, value in environment.items():
            patch.setenv(name, value)
        yield


def train_of(definition: dict[str, Any]) -> dict[str, Any]:
    branch: dict[str, Any] = definition["States"][definition["StartAt"]]["Branches"][0]["States"]
    return branch


def run(definition: dict[str, Any], name: str) -> dict[str, Any]:
    """Execute a definition to its end."""
    states = boto3.client("stepfunctions", region_name="us-west-2")
    role = "arn:aws:iam::111122223333:role/states"
    machine = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine, name=f"run-of-{name}")["executionArn"]
    for _ in range(600):
        description: dict[str, Any] = states.describe_execution(executionArn=execution)
        if description["status"] != "RUNNING":
            return {
                **description,
                "history": states.get_execution_history(executionArn=execution, maxResults=1000)["events"],
            }
        time.sleep(0.05)
    raise AssertionError(f"{name} did not end")


def failing_with(definition: dict[str, Any], reason: str) -> dict[str, Any]:
    """The same definition, whose job fails with the cause that Step Functions gives; ``States.TaskFailed`` stands for any name."""
    changed = copy.deepcopy(definition)
    job = json.dumps(
        {"TrainingJobName": "x", "FailureReason": reason, "SecondaryStatus": "Failed"}, separators=(",", ":")
    )
    fails = {"StartAt": "Job", "States": {"Job": {"Type": "Fail", "Error": "Job.Failed", "Cause": job}}}
    catch = train_of(definition)["Train"]["Catch"]
    train_of(changed)["Train"] = {"Type": "Parallel", "Branches": [fails], "Catch": catch, "End": True}
    return changed


def attempts(execution: dict[str, Any]) -> int:
    names = [event.get("stateEnteredEventDetails", {}).get("name") for event in execution["history"]]
    return names.count("Train")


def test_the_api_takes_the_job_under_a_new_name_each_time(definition: dict[str, Any], aws: None) -> None:
    runnable = copy.deepcopy(definition)
    train_of(runnable)["Train"]["Resource"] = "arn:aws:states:::aws-sdk:sagemaker:createTrainingJob"
    for name in ("first", "second"):
        execution = run(runnable, name)
        assert execution["status"] == "SUCCEEDED", execution
        assert ":training-job/" in json.loads(execution["output"])["TrainingJobArn"]
    sagemaker = boto3.client("sagemaker", region_name="us-west-2")
    jobs = [each["TrainingJobName"] for each in sagemaker.list_training_jobs()["TrainingJobSummaries"]]
    assert len(set(jobs)) == 2
    [described] = [sagemaker.describe_training_job(TrainingJobName=job) for job in jobs[:1]]
    assert described["CheckpointConfig"]["S3Uri"] in {
        f"s3://a-bucket/checkpoints/run-of-{n}" for n in ("first", "second")
    }


def test_lack_of_capacity_is_tried_again_and_then_told(definition: dict[str, Any], aws: None) -> None:
    execution = run(failing_with(definition, NO_CAPACITY), "no-capacity")
    assert execution["status"] == "FAILED"
    assert execution["error"] == "SageMaker.CapacityError"
    assert NO_CAPACITY in execution["cause"]
    assert attempts(execution) == 3


def test_a_defect_in_the_training_code_is_not_tried_again(definition: dict[str, Any], aws: None) -> None:
    execution = run(failing_with(definition, A_DEFECT), "defect")
    assert execution["status"] == "FAILED"
    assert execution["error"] == "SageMaker.TrainingJobFailed"
    assert "AlgorithmError" in execution["cause"]
    assert attempts(execution) == 1


def test_a_failure_without_a_cause_is_a_failure_too(definition: dict[str, Any], aws: None) -> None:
    changed = copy.deepcopy(definition)
    fails = {"StartAt": "Job", "States": {"Job": {"Type": "Fail", "Error": "Job.WithoutCause"}}}
    catch = train_of(definition)["Train"]["Catch"]
    train_of(changed)["Train"] = {"Type": "Parallel", "Branches": [fails], "Catch": catch, "End": True}
    execution = run(changed, "without-cause")
    assert execution["error"] == "SageMaker.TrainingJobFailed"
    assert "Job.WithoutCause" in execution["cause"]
