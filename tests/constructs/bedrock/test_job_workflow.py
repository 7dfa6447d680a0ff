"""The state machine around a job, executed: it names the job, starts it, looks until it has ended, and tells failure from success.

moto's interpreter hands the parameters of SDK integrations on as they are; Step Functions spells them in PascalCase for every service, so
the bridge here respells them by the service's model, both ways. botocore then validates the request. Batches are not known to moto: their
states are judged by the same Choice, fed with recorded answers.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from moto import mock_aws
from moto.bedrock.models import bedrock_backends

from lean_silicon.bedrock.job_workflow import CUSTOMIZATION, FAILURE, INVOCATION, LONGEST_PREFIX, job_workflow

pytest.importorskip("antlr4", reason="moto executes state machines with its extra stepfunctions only")
aws_sdk = pytest.importorskip(
    "moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk"
)

REGION, ACCOUNT = "us-east-1", "123456789012"
REQUEST = {
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/customize",
    "BaseModelIdentifier": "amazon.nova-micro-v1:0:128k",
    "CustomizationType": "FINE_TUNING",
    "CustomModelName.$": "$.Name",
    "TrainingDataConfig": {"S3Uri": "s3://a-bucket/train.jsonl"},
    "OutputDataConfig": {"S3Uri": "s3://a-bucket/customization"},
    "HyperParameters": {"epochCount": "2"},
}


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """An AWS of our own, whose state machines execute."""
    environment = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": REGION}
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        for name, value in environment.items():
            patch.setenv(name, value)
        task = aws_sdk.StateTaskServiceAwsSdk
        patch.setattr(task, "_normalise_parameters", respelled_request)
        patch.setattr(task, "_normalise_response", respelled_response)
        storage = boto3.client("s3", region_name=REGION)
        storage.create_bucket(Bucket="a-bucket")
        storage.put_object(Bucket="a-bucket", Key="train.jsonl", Body=b"{}")
        yield


def operation(task: Any) -> Any:
    model = botocore.session.get_session().get_service_model(task._get_boto_service_name())
    action = task._get_boto_service_action().replace("_", "")
    [name] = [each for each in model.operation_names if each.lower() == action]
    return model.operation_model(name)


def respelled_request(task: Any, parameters: dict[str, Any], *_: Any) -> None:
    task._to_boto_request(parameters, operation(task).input_shape)
    if "jobIdentifier" in parameters:
        # Bedrock takes the job's ARN, moto its name only.
        parameters["jobIdentifier"] = parameters["jobIdentifier"].rpartition("/")[2]


def respelled_response(task: Any, response: Any, *_: Any) -> None:
    task._from_boto_response(response, operation(task).output_shape)
    # Times are texts in a state machine.
    response.update(json.loads(json.dumps(response, default=str)))


def quick(kind: Any = CUSTOMIZATION) -> dict[str, Any]:
    """The workflow of a job, which does not wait."""
    definition = copy.deepcopy(job_workflow("aws", kind, "lora-12345678", REQUEST))
    definition["States"]["Wait"]["Seconds"] = 0
    return definition


def start(definition: dict[str, Any], name: str) -> str:
    states = boto3.client("stepfunctions", region_name=REGION)
    role = f"arn:aws:iam::{ACCOUNT}:role/states"
    machine = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    return str(states.start_execution(stateMachineArn=machine)["executionArn"])


def ended(execution: str, seconds: float = 20) -> dict[str, Any]:
    states = boto3.client("stepfunctions", region_name=REGION)
    for _ in range(int(seconds / 0.05)):
        description: dict[str, Any] = states.describe_execution(executionArn=execution)
        if description["status"] != "RUNNING":
            return description
        time.sleep(0.05)
    raise AssertionError("the execution did not end")


def the_job(known: set[str]) -> Any:
    """The job that was started since, once there is one."""
    jobs = bedrock_backends[ACCOUNT][REGION].model_customization_jobs
    for _ in range(200):
        for name in set(jobs) - known:
            return jobs[name]
        time.sleep(0.05)
    raise AssertionError("no job was started")


@pytest.mark.parametrize(
    ("status", "outcome"), [("Completed", "SUCCEEDED"), ("Failed", "FAILED"), ("Stopped", "FAILED")]
)
def test_a_job_is_started_under_a_name_of_its_own_and_followed_to_its_end(aws: None, status: str, outcome: str) -> None:
    known = set(bedrock_backends[ACCOUNT][REGION].model_customization_jobs)
    execution = start(quick(), f"customize-{status}")
    job = the_job(known)
    assert job.job_name.startswith("lora-12345678-")
    assert job.custom_model_name == job.job_name
    assert job.client_request_token == job.job_name
    assert job.training_data_config == {"s3Uri": "s3://a-bucket/train.jsonl"}
    job.status = status
    found = ended(execution)
    assert found["status"] == outcome
    if outcome == "SUCCEEDED":
        assert json.loads(found["output"])["JobName"] == job.job_name
    else:
        assert found["error"] == FAILURE
        assert json.loads(found["cause"])["Status"] == status


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("Completed", "SUCCEEDED"),
        ("PartiallyCompleted", "FAILED"),
        ("Expired", "FAILED"),
        ("Failed", "FAILED"),
        ("Stopped", "FAILED"),
    ],
)
def test_a_batch_that_ends_is_told_by_how_it_ended(aws: None, status: str, outcome: str) -> None:
    found = ended(start(recorded(quick(INVOCATION), [status]), f"batch-{status}"))
    assert found["status"] == outcome


@pytest.mark.parametrize("status", ["Submitted", "InProgress", "Stopping"])
def test_a_batch_that_goes_on_is_waited_for(aws: None, status: str) -> None:
    found = ended(start(recorded(quick(INVOCATION), [status, "Completed"]), f"goes-on-{status}"))
    assert found["status"] == "SUCCEEDED"
    events = boto3.client("stepfunctions", region_name=REGION).get_execution_history(executionArn=found["executionArn"])
    entered = [each.get("stateEnteredEventDetails", {}).get("name") for each in events["events"]]
    assert entered.count("Has it ended?") == 2


def recorded(definition: dict[str, Any], statuses: list[str]) -> dict[str, Any]:
    """The same workflow, whose calls answer from a list: the first status, and then the last."""
    states = definition["States"]
    states["Start the job"] = {
        "Type": "Pass",
        "Result": {"JobArn": "arn:job", "Left": statuses},
        "ResultPath": "$.Job",
        "Next": "Wait",
    }
    states["Look at the job"] = {
        "Type": "Pass",
        "Parameters": {"Status.$": "$.Job.Left[0]", "JobArn.$": "$.Job.JobArn"},
        "ResultPath": "$.Found",
        "Next": "Next answer",
    }
    states["Next answer"] = {
        "Type": "Pass",
        "Parameters": {"JobArn.$": "$.Job.JobArn", "Left.$": "$.Job.Left[-1:]"},
        "ResultPath": "$.Job",
        "Next": "Has it ended?",
    }
    return definition


def test_every_status_of_the_service_is_an_end_or_is_waited_for() -> None:
    model = botocore.session.get_session().get_service_model("bedrock")
    goes_on = {"InProgress", "Stopping", "Submitted", "Validating", "Scheduled"}
    for kind, call in ((CUSTOMIZATION, "GetModelCustomizationJob"), (INVOCATION, "GetModelInvocationJob")):
        shape = model.operation_model(call).output_shape
        assert shape is not None
        known = set(shape.members["status"].enum)
        assert known - goes_on == {*kind.succeeded, *kind.failed}


def test_the_longest_prefix_still_makes_a_name_that_bedrock_takes() -> None:
    model = botocore.session.get_session().get_service_model("bedrock")
    for call in ("CreateModelCustomizationJob", "CreateModelInvocationJob"):
        shape = model.operation_model(call).input_shape
        assert shape is not None
        assert shape.members["jobName"].metadata["max"] >= LONGEST_PREFIX + 1 + 36
