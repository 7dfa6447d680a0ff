"""A baseline's state machine runs, in moto's interpreter against moto's SageMaker (``.sync`` replaced by the SDK integration)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from inference_job_templates import (
    REGION,
    an_aws,
    as_sdk_call,
    branch_of,
    data_bucket,
    definition_of,
    entered,
    failing,
    new_stack,
    run,
    template_of,
)

from lean_silicon.inference import DataCapture, EfficientEndpoint
from lean_silicon.inference.monitoring import BaselineData, DataQuality, ModelMonitoring

pytest.importorskip("antlr4", reason="moto executes state machines with its extra stepfunctions only")


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    stack = new_stack()
    ModelMonitoring(
        stack,
        "Monitoring",
        endpoint=EfficientEndpoint.from_endpoint_name(stack, "Endpoint", "the-endpoint"),
        capture=DataCapture(data_bucket(stack)),
        data_quality=DataQuality(BaselineData.s3(data_bucket(stack), "training/claims.csv")),
    )
    return definition_of(template_of(stack))


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with an_aws():
        yield


def test_the_api_takes_a_new_job_for_each_baseline(definition: dict[str, Any], aws: None) -> None:
    runnable = copy.deepcopy(definition)
    as_sdk_call(branch_of(runnable)["Run"], "createProcessingJob")
    for name in ("first", "second"):
        execution = run(runnable, name)
        assert execution["status"] == "SUCCEEDED", execution
    sagemaker = boto3.client("sagemaker", region_name=REGION)
    names = {each["ProcessingJobName"] for each in sagemaker.list_processing_jobs()["ProcessingJobSummaries"]}
    assert len(names) == 2
    described = sagemaker.describe_processing_job(ProcessingJobName=names.pop())
    assert described["StoppingCondition"]["MaxRuntimeInSeconds"] == 4 * 3600


def test_a_baseline_that_fails_is_told_with_its_reason(definition: dict[str, Any], aws: None) -> None:
    changed = copy.deepcopy(definition)
    states = branch_of(changed)
    states["Run"] = failing(states["Run"], "Job.Failed", '{"FailureReason":"AlgorithmError: no such column"}')
    execution = run(changed, "fails")
    assert execution["error"] == "SageMaker.JobFailed"
    assert "no such column" in execution["cause"]
    assert entered(execution).count("Run") == 1
