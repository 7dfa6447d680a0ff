"""The state machine of a batch transform runs, in moto's interpreter against moto's SageMaker, and its roles may do what it does.

Moto does not know the ``.sync`` integration of SageMaker, so the task calls the same API through the SDK integration.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from inference_job_templates import (
    ACCOUNT,
    REGION,
    actions_of,
    allowed,
    an_aws,
    as_sdk_call,
    branch_of,
    definition_of,
    entered,
    failing,
    new_stack,
    pointless,
    run,
    template_of,
    the_resource,
)

from lean_silicon.inference import ServedModel
from lean_silicon.inference.batch_transform import BatchTransform
from lean_silicon.inference.batch_transform_data import Split, TransformInput, TransformTrigger
from lean_silicon.inference.batch_transform_hardware import TransformHardware
from lean_silicon.training import CapacityRetry

pytest.importorskip("antlr4", reason="moto executes state machines with its extra stepfunctions only")

NO_CAPACITY = "CapacityError: Unable to provision requested ML compute capacity."
A_DEFECT = 'AlgorithmError: ValueError("FailureReason: CapacityError is what I print")'


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    stack = new_stack()
    data = s3.Bucket.from_bucket_attributes(
        stack,
        "Data",
        bucket_arn="arn:aws:s3:::the-data",
        encryption_key=kms.Key.from_key_arn(stack, "DataKey", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/data"),
    )
    BatchTransform(
        stack,
        "Nightly",
        model=ServedModel.from_bucket(data, "m/model.tar.gz"),
        data=TransformInput.s3(data, "open/", content_type="text/csv", split=Split.LINE),
        hardware=TransformHardware.of("ml.c7i.xlarge"),
        trigger=TransformTrigger.object_created(),
        time_limit=Duration.hours(2),
        capacity_retry=CapacityRetry(attempts=2, first_wait=Duration.seconds(1), longest_wait=Duration.seconds(1)),
    )
    return template_of(stack)


@pytest.fixture(scope="module")
def definition(template: dict[str, Any]) -> dict[str, Any]:
    return definition_of(template)


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with an_aws():
        yield


def ended_with(definition: dict[str, Any], error: str, cause: str) -> dict[str, Any]:
    changed = copy.deepcopy(definition)
    states = branch_of(changed)
    states["Run"] = failing(states["Run"], error, cause)
    return changed


def failure(reason: str) -> str:
    return json.dumps({"TransformJobName": "x", "FailureReason": reason}, separators=(",", ":"))


def test_the_api_takes_the_job_for_all_objects_and_for_one_that_came(definition: dict[str, Any], aws: None) -> None:
    runnable = copy.deepcopy(definition)
    as_sdk_call(branch_of(runnable)["Run"], "createTransformJob")
    event = {"detail": {"bucket": {"name": "the-data"}, "object": {"key": "open/new claims.csv"}}}
    for name, given in (("all", {}), ("one", event)):
        execution = run(runnable, name, given)
        assert execution["status"] == "SUCCEEDED", execution
    sagemaker = boto3.client("sagemaker", region_name=REGION)
    names = [each["TransformJobName"] for each in sagemaker.list_transform_jobs()["TransformJobSummaries"]]
    described = [sagemaker.describe_transform_job(TransformJobName=name) for name in names]
    read = {each["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"] for each in described}
    assert read == {"s3://the-data/open/", "s3://the-data/open/new claims.csv"}
    written = {each["TransformOutput"]["S3OutputPath"].split("/output/")[1] for each in described}
    assert written == {"run-of-all/", "run-of-one/"}


def test_lack_of_capacity_is_tried_again_and_then_told(definition: dict[str, Any], aws: None) -> None:
    execution = run(ended_with(definition, "Job.Failed", failure(NO_CAPACITY)), "no-capacity")
    assert execution["error"] == "SageMaker.CapacityError"
    assert NO_CAPACITY in execution["cause"]
    assert entered(execution).count("Run") == 3


def test_a_defect_of_the_model_is_not_tried_again(definition: dict[str, Any], aws: None) -> None:
    execution = run(ended_with(definition, "Job.Failed", failure(A_DEFECT)), "defect")
    assert execution["error"] == "SageMaker.JobFailed"
    assert "AlgorithmError" in execution["cause"]
    assert entered(execution).count("Run") == 1


def test_a_job_that_takes_too_long_is_stopped_and_told(definition: dict[str, Any], aws: None) -> None:
    # No state may fail with States.Timeout itself. Moto knows no call that stops a transform job, so that fails, as it does where the job
    # has just ended.
    changed = ended_with(definition, "Job.Timeout", "")
    [timed_out, _] = branch_of(changed)["Run"]["Catch"]
    assert timed_out["ErrorEquals"] == ["States.Timeout"]
    timed_out["ErrorEquals"] = ["Job.Timeout"]
    execution = run(changed, "too-long")
    assert execution["error"] == "SageMaker.JobFailed"
    assert "was stopped after its limit of 7200 s" in execution["cause"]
    assert entered(execution)[-4:] == ["Stop the job", "Timed out", "Did it succeed?", "Job failed"]


def test_the_job_that_is_stopped_is_the_one_that_was_started(definition: dict[str, Any]) -> None:
    states = branch_of(definition)
    started, stopped = states["Run"]["Parameters"], states["Stop the job"]["Parameters"]
    assert started["TransformJobName.$"] == stopped["TransformJobName.$"]
    assert states["Stop the job"]["Resource"].endswith(":aws-sdk:sagemaker:stopTransformJob")


def test_the_state_machine_may_start_follow_and_stop_its_own_jobs_only(template: dict[str, Any]) -> None:
    assert actions_of(template, "StateMachineRole") == {
        "events:DescribeRule",
        "events:PutRule",
        "events:PutTargets",
        "sagemaker:AddTags",
        "sagemaker:CreateTransformJob",
        "sagemaker:DescribeTransformJob",
        "sagemaker:ListTags",
        "sagemaker:StopTransformJob",
    }
    [jobs] = {
        resource for action, resource, _ in allowed(template, "StateMachineRole") if action.startswith("sagemaker:")
    }
    assert jobs.startswith(f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:transform-job/nightly-")
    [rule] = {resource for action, resource, _ in allowed(template, "StateMachineRole") if action.startswith("events:")}
    assert rule.endswith("rule/StepFunctionsGetEventsForSageMakerTransformJobsRule")


def test_the_model_s_role_reads_and_writes_under_its_prefixes_only(template: dict[str, Any]) -> None:
    granted = allowed(template, "ModelRole")
    assert {action for action, _, _ in granted} == {
        "cloudwatch:PutMetricData",
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    }
    read = {resource for action, resource, _ in granted if action == "s3:GetObject"}
    written = {resource for action, resource, _ in granted if action == "s3:PutObject"}
    assert {each.split(":::")[1] for each in read - written} == {"the-data/open/*", "the-data/m/model.tar.gz*"}
    assert all(each.endswith("/output/*") for each in written)


def test_objects_under_the_prefix_start_it(template: dict[str, Any]) -> None:
    pattern = the_resource(template, "AWS::Events::Rule")["Properties"]["EventPattern"]
    assert pattern["detail"] == {"bucket": {"name": ["the-data"]}, "object": {"key": [{"prefix": "open/"}]}}
    assert pattern["detail-type"] == ["Object Created"]


@pytest.mark.parametrize("role", ["StateMachineRole", "ModelRole"])
def test_each_action_is_allowed_on_a_resource_that_it_knows(template: dict[str, Any], role: str) -> None:
    assert pointless(template, role) == set()
