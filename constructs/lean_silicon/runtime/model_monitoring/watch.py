"""Tell CloudWatch what came of each look of a monitor.

SageMaker publishes metrics of single features under names that follow from the data. Whether a look found anything at all is in the exit
message of its processing job, so this function reads it when such a job ends. EventBridge may say so more than once: alarms take the
greatest value of a period, for which twice is once.
"""

from __future__ import annotations

import json
import os
from typing import Any

NAMESPACE = "LeanSilicon/ModelMonitoring"
VIOLATIONS = "Violations"
FAILURES = "Failures"
SCHEDULES_SETTING = "SCHEDULES"
"""Names of Model Monitor's schedules, with commas."""
JOBS_SETTING = "JOBS"
"""``<start of the jobs' names>=<name>`` of looks that are jobs of our own, with commas."""

_VIOLATED = "CompletedWithViolations"
_FAILED = ("Failed", "Stopped")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Publish the outcome of the job that an event is about, if it belongs to one of our schedules."""
    # Here, so that the constructs may read the names above without boto3.
    import boto3

    name = event["detail"]["ProcessingJobName"]
    job = boto3.client("sagemaker").describe_processing_job(ProcessingJobName=name)
    schedule = _ours(job.get("MonitoringScheduleArn", "")) or _own(name)
    if schedule is None or job["ProcessingJobStatus"] not in ("Completed", *_FAILED):
        return {"published": False}
    outcome = {
        VIOLATIONS: float(job.get("ExitMessage", "").startswith(_VIOLATED)),
        FAILURES: float(job["ProcessingJobStatus"] in _FAILED),
    }
    dimensions = [{"Name": "MonitoringSchedule", "Value": schedule}]
    boto3.client("cloudwatch").put_metric_data(
        Namespace=NAMESPACE,
        MetricData=[
            {"MetricName": metric, "Dimensions": dimensions, "Value": value, "Unit": "Count"}
            for metric, value in outcome.items()
        ],
    )
    print(json.dumps({"schedule": schedule, "job": name, **outcome}))
    return {"published": True, **outcome}


def _ours(schedule_arn: str) -> str | None:
    """The name of the schedule, if it is one that we watch. Names in ARNs are in lower case."""
    name = schedule_arn.lower().rpartition("/")[2]
    return name if name and name in os.environ[SCHEDULES_SETTING].lower().split(",") else None


def _own(job_name: str) -> str | None:
    """The name that a look has whose job is our own."""
    pairs = (pair.partition("=") for pair in os.environ.get(JOBS_SETTING, "").split(",") if pair)
    return next((name for prefix, _, name in pairs if job_name.startswith(f"{prefix}-")), None)
