"""Looks that are jobs of our own: a state machine that runs, in moto's interpreter, over the period that its start tells."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from inference_job_templates import (
    REGION,
    actions_of,
    an_aws,
    as_sdk_call,
    branch_of,
    data_bucket,
    definition_of,
    entered,
    new_stack,
    pointless,
    resources_of,
    run,
    template_of,
    the_resource,
)
from service_model import refusals

from lean_silicon.inference import DataCapture, EfficientEndpoint
from lean_silicon.inference.monitoring import (
    BaselineData,
    DataQuality,
    ModelMonitoring,
    MonitoringFrequency,
    MonitoringService,
)

pytest.importorskip("antlr4", reason="moto executes state machines with its extra stepfunctions only")


def template_with(frequency: MonitoringFrequency) -> dict[str, Any]:
    stack = new_stack()
    ModelMonitoring(
        stack,
        "Monitoring",
        endpoint=EfficientEndpoint.from_endpoint_name(stack, "Endpoint", "the-endpoint"),
        capture=DataCapture(data_bucket(stack)),
        data_quality=DataQuality(BaselineData.s3(data_bucket(stack), "training/claims.csv")),
        service=MonitoringService.PROCESSING_JOBS,
        frequency=frequency,
    )
    return template_of(stack)


@pytest.fixture(scope="module")
def daily() -> dict[str, Any]:
    return template_with(MonitoringFrequency.daily())


@pytest.fixture(scope="module")
def hourly() -> dict[str, Any]:
    return template_with(MonitoringFrequency.hourly())


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with an_aws():
        yield


def looked(template: dict[str, Any], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the API was asked by an execution that did not wait, and the execution."""
    runnable = copy.deepcopy(definition_of(template, "Looks"))
    runnable["States"]["Until it is over"]["Seconds"] = 0
    as_sdk_call(branch_of(runnable)["Run"], "createProcessingJob")
    execution = run(runnable, name, {"Time": "2026-11-23T07:00:00Z"})
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    job = json.loads(execution["output"])["ProcessingJobArn"].rpartition("/")[2]
    sagemaker = boto3.client("sagemaker", region_name=REGION)
    described: dict[str, Any] = sagemaker.describe_processing_job(ProcessingJobName=job)
    return described, execution


@pytest.mark.parametrize(("frequency", "folder"), [("daily", "2026/11/23"), ("hourly", "2026/11/23/07")])
def test_a_look_reads_the_period_that_began_when_it_was_scheduled(
    frequency: str, folder: str, request: pytest.FixtureRequest, aws: None
) -> None:
    described, execution = looked(request.getfixturevalue(frequency), frequency)
    inputs = {each["InputName"]: each["S3Input"] for each in described["ProcessingInputs"]}
    place = f"the-endpoint/AllTraffic/{folder}"
    assert inputs["captured"]["S3Uri"] == f"s3://the-data/captured/{place}"
    assert inputs["captured"]["LocalPath"] == f"/opt/ml/processing/input/endpoint/{place}"
    [output] = described["ProcessingOutputConfig"]["Outputs"]
    assert output["S3Output"]["S3Uri"].endswith(f"/reports/data-quality/{folder}")
    assert entered(execution)[:2] == ["Which period?", "Until it is over"]


def test_it_waits_until_the_period_is_over_and_written(daily: dict[str, Any], hourly: dict[str, Any]) -> None:
    waits = [definition_of(each, "Looks")["States"]["Until it is over"]["Seconds"] for each in (daily, hourly)]
    assert waits == [24 * 3600 + 1200, 3600 + 1200]


def test_it_begins_with_each_period(daily: dict[str, Any], hourly: dict[str, Any]) -> None:
    schedules = [the_resource(each, "AWS::Scheduler::Schedule")["Properties"] for each in (daily, hourly)]
    assert [each["ScheduleExpression"] for each in schedules] == ["cron(0 0 * * ? *)", "cron(0 * * * ? *)"]
    assert {each["FlexibleTimeWindow"]["Mode"] for each in schedules} == {"OFF"}
    assert {each["Target"]["Input"] for each in schedules} == {'{"Time":"<aws.scheduler.scheduled-time>"}'}


def test_the_service_accepts_the_request_and_the_container_is_told_what_it_needs(daily: dict[str, Any]) -> None:
    parameters = branch_of(definition_of(daily, "Looks"))["Run"]["Parameters"]

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name.removesuffix(".$"): "s3://filled/in" if name.endswith(".$") else fill(each)
                for name, each in value.items()
            }
        return [fill(each) for each in value] if isinstance(value, list) else value

    asked = {**fill(parameters), "ProcessingJobName": "looks-1"}
    assert refusals("sagemaker", "CreateProcessingJob", asked) == []
    paths = {each["InputName"]: each["S3Input"].get("LocalPath") for each in parameters["ProcessingInputs"]}
    environment = asked["Environment"]
    for name in ("constraints", "statistics"):
        assert environment[f"baseline_{name}"] == f"{paths[name]}/{name}.json"


def test_nothing_of_model_monitor_is_made_or_allowed(daily: dict[str, Any]) -> None:
    assert resources_of(daily, "AWS::SageMaker::MonitoringSchedule") == {}
    assert resources_of(daily, "AWS::SageMaker::DataQualityJobDefinition") == {}
    assert not [each for each in actions_of(daily, "MonitoringRole") if each.startswith(("sagemaker:", "iam:"))]
    assert pointless(daily, "LooksStateMachineRole") == set()


def test_the_function_that_watches_knows_the_jobs(daily: dict[str, Any]) -> None:
    variables = the_resource(daily, "AWS::Lambda::Function", "Watch")["Properties"]["Environment"]["Variables"]
    prefix, _, name = variables["JOBS"].partition("=")
    assert variables["SCHEDULES"] == name
    names = branch_of(definition_of(daily, "Looks"))["Name the job"]["Parameters"]["JobName.$"]
    assert names.startswith(f"States.Format('{prefix}-{{}}'")
