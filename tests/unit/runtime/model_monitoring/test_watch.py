"""The function that tells CloudWatch what came of a monitor's look, with real clients, whose requests botocore validates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.stub import Stubber

from lean_silicon.runtime.model_monitoring import watch

SCHEDULE = "inf-monitoring-dataquality-1a2b3c4d"
ARN = f"arn:aws:sagemaker:us-east-1:111122223333:monitoring-schedule/{SCHEDULE}"
JOB = "model-monitoring-202611230300-0123456789abcdef"
VIOLATED = "CompletedWithViolations: Job completed successfully with 3 violations."
CLEAN = "Completed: Job completed successfully with no violations."


class Aws:
    """Clients of SageMaker and CloudWatch that answer as they are told and expect what they are asked."""

    def __init__(self) -> None:
        options = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
        self.clients = {name: boto3.client(name, **options) for name in ("sagemaker", "cloudwatch")}
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}

    def job(self, status: str, *, schedule: str | None = ARN, message: str | None = None) -> None:
        """What DescribeProcessingJob answers."""
        answer: dict[str, Any] = {
            "ProcessingJobName": JOB,
            "ProcessingJobArn": f"arn:aws:sagemaker:us-east-1:111122223333:processing-job/{JOB}",
            "ProcessingJobStatus": status,
            "ProcessingResources": {"ClusterConfig": {"VolumeSizeInGB": 20}},
            "AppSpecification": {"ImageUri": "image"},
            "CreationTime": datetime(2026, 11, 23, tzinfo=timezone.utc),
        }
        given = {"MonitoringScheduleArn": schedule, "ExitMessage": message}
        answer |= {name: value for name, value in given.items() if value is not None}
        self.stubs["sagemaker"].add_response("describe_processing_job", answer, {"ProcessingJobName": JOB})

    def expect(self, violations: float, failures: float) -> None:
        """What PutMetricData has to be asked."""
        dimensions = [{"Name": "MonitoringSchedule", "Value": SCHEDULE}]
        data = [
            {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": "Count"}
            for name, value in (("Violations", violations), ("Failures", failures))
        ]
        expected = {"Namespace": "LeanSilicon/ModelMonitoring", "MetricData": data}
        self.stubs["cloudwatch"].add_response("put_metric_data", {}, expected)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    found = Aws()
    monkeypatch.setenv(watch.SCHEDULES_SETTING, f"another,{SCHEDULE}")
    with mock.patch.object(boto3, "client", lambda name: found.clients[name]):
        for stub in found.stubs.values():
            stub.activate()
        yield found
    for stub in found.stubs.values():
        stub.assert_no_pending_responses()


def ended() -> dict[str, Any]:
    """The event of a job that has ended, as far as it is read."""
    return {"detail-type": "SageMaker Processing Job State Change", "detail": {"ProcessingJobName": JOB}}


@pytest.mark.parametrize(
    ("status", "message", "violations", "failures"),
    [("Completed", VIOLATED, 1.0, 0.0), ("Completed", CLEAN, 0.0, 0.0), ("Failed", None, 0.0, 1.0), ("Stopped", None, 0.0, 1.0)],
)  # fmt: skip
def test_what_came_of_a_look_is_published(
    aws: Aws, status: str, message: str | None, violations: float, failures: float
) -> None:
    aws.job(status, message=message)
    aws.expect(violations, failures)
    assert watch.handler(ended(), None)["published"] is True


@pytest.mark.parametrize("schedule", [None, ARN.replace("dataquality", "elsewhere")])
def test_jobs_of_others_are_left_alone(aws: Aws, schedule: str | None) -> None:
    aws.job("Completed", schedule=schedule, message=VIOLATED)
    assert watch.handler(ended(), None) == {"published": False}


def test_a_job_that_goes_on_is_left_alone(aws: Aws) -> None:
    aws.job("InProgress")
    assert watch.handler(ended(), None) == {"published": False}


def test_a_schedule_is_known_whatever_the_case_of_its_arn(aws: Aws) -> None:
    aws.job("Completed", schedule=ARN.replace("dataquality", "DataQuality"), message=CLEAN)
    aws.expect(0.0, 0.0)
    assert watch.handler(ended(), None)["published"] is True


def test_the_log_has_names_and_numbers_and_no_data(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.job("Completed", message=f"{VIOLATED} claim of Jane Doe")
    aws.expect(1.0, 0.0)
    watch.handler(ended(), None)
    assert "Jane" not in capsys.readouterr().out


def test_a_look_that_is_a_job_of_our_own_is_known_by_its_name(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(watch.JOBS_SETTING, f"elsewhere=another,model-monitoring={SCHEDULE}")
    aws.job("Completed", schedule=None, message=VIOLATED)
    aws.expect(1.0, 0.0)
    assert watch.handler(ended(), None)["published"] is True
