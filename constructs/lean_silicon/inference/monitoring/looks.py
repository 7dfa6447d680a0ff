"""Looks without Model Monitor: jobs of our own with its container, started by a schedule.

A schedule starts a state machine, which waits until an hour or a day is over, and then compares what was captured in it with the
baseline. The execution begins with the period that it is about, so that the scheduled time tells which folder of captured data to read:
they are named ``<endpoint>/<variant>/yyyy/mm/dd/hh``. Waiting costs nothing. To look at a period again, start an execution with its time.

Source of what the container is told: SageMaker developer guide, "Container Contract Inputs".
"""

from __future__ import annotations

import json
from typing import Any, cast

from aws_cdk import TimeZone
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.declaring import Declaration
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.job_kinds import PROCESSING
from lean_silicon.inference.job_state_machine import job_state_machine, name_prefix_of
from lean_silicon.inference.job_workflow import INPUT
from lean_silicon.inference.monitoring.frequency import MonitoringFrequency
from lean_silicon.inference.monitoring.kinds import DATA_QUALITY, MonitorKind
from lean_silicon.inference.monitoring.processing_jobs import OUTPUT, job_input, job_request
from lean_silicon.inference.monitoring.processing_jobs import PROCESSING as PROCESSING_PATH
from lean_silicon.inference.monitoring.setting import MONITORING, MonitoringSetting
from lean_silicon.training.capacity_retry import CapacityRetry

_CAPTURED = f"{PROCESSING_PATH}/input/endpoint"
_BASELINE = f"{PROCESSING_PATH}/baseline"
_FORMAT = {"sagemakerCaptureJson": {"captureIndexNames": ["endpointInput", "endpointOutput"]}}

_TIME = "$.Time"
"""Where the execution's input says which period: ``2026-11-23T00:00:00Z``."""

_LATE_SECONDS = 20 * 60
"""What is captured at the end of a period is written some minutes later; Model Monitor allows itself 20 for a look."""


class Looks(Construct):
    """A state machine and the schedule that starts it.

    Raises
    ------
    InvalidValueError
        If it is not about data quality, or neither hourly nor daily at midnight.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        kind: MonitorKind,
        setting: MonitoringSetting,
        image_uri: str,
        seconds: int,
    ) -> None:
        super().__init__(scope, construct_id)
        _require(kind, setting.frequency)
        self.job_name_prefix = name_prefix_of(self, None)
        machine = job_state_machine(
            self,
            PROCESSING,
            _request(kind, setting, image_uri, seconds),
            name_prefix=self.job_name_prefix,
            retry=CapacityRetry(attempts=3),
            # SageMaker ends the job at its limit; this is for the wait for its machine.
            timeout_seconds=seconds + _LATE_SECONDS,
            role=setting.role,
            prepare=_period(setting),
        )
        Declaration(cast("sfn.CfnStateMachine", machine.node.default_child), workload=MONITORING)
        hour = "*" if setting.frequency.hours == 1 else "0"
        self.schedule = scheduler.Schedule(
            self,
            "Schedule",
            schedule=scheduler.ScheduleExpression.cron(minute="0", hour=hour, time_zone=TimeZone.ETC_UTC),
            target=scheduler_targets.StepFunctionsStartExecution(
                machine,
                input=scheduler.ScheduleTargetInput.from_object({"Time": scheduler.ContextAttribute.scheduled_time}),
            ),
        )


def _period(setting: MonitoringSetting) -> dict[str, Any]:
    """States that find the folder of the period that begins now, and wait until it is over."""
    parts = 4 if setting.frequency.hours == 1 else 3
    digits = ", ".join(f"States.ArrayGetItem(States.StringSplit({_TIME}, '-T:'), {n})" for n in range(parts))
    folder = "/".join(["{}"] * parts)
    return {
        "Which period?": {
            "Type": "Pass",
            "Parameters": {"Period.$": f"States.Format('{folder}', {digits})"},
            "Next": "Until it is over",
        },
        "Until it is over": {"Type": "Wait", "Seconds": setting.frequency.seconds + _LATE_SECONDS, "End": True},
    }


def _request(kind: MonitorKind, setting: MonitoringSetting, image_uri: str, seconds: int) -> dict[str, Any]:
    """CreateProcessingJob without the job's name."""
    period = f"{INPUT}.Period"
    place = f"{setting.endpoint_name}/{setting.variant_name}"
    captured = {
        "S3Uri.$": f"States.Format('{setting.capture.destination}/{place}/{{}}', {period})",
        "LocalPath.$": f"States.Format('{_CAPTURED}/{place}/{{}}', {period})",
    }
    inputs = [job_input("captured", captured)]
    environment = {
        "dataset_format": json.dumps(_FORMAT),
        "dataset_source": _CAPTURED,
        "output_path": OUTPUT,
        "publish_cloudwatch_metrics": "Disabled",
    }
    for name, file in (("constraints", kind.constraints), ("statistics", kind.statistics)):
        if file is not None:
            path = f"{_BASELINE}/{name}"
            inputs.append(job_input(name, {"S3Uri": setting.baseline_uri(kind.folder, file), "LocalPath": path}))
            environment[f"baseline_{name}"] = f"{path}/{file}"
    return job_request(
        setting,
        image_uri,
        inputs=inputs,
        output={"S3Uri.$": f"States.Format('{setting.reports_uri(kind.folder)}/{{}}', {period})"},
        limit_seconds=seconds,
        environment=environment,
    )


def _require(kind: MonitorKind, frequency: MonitoringFrequency) -> None:
    if kind is not DATA_QUALITY:
        raise InvalidValueError(
            f"{kind.name} needs Model Monitor, which joins answers with what turned out right and explains them; processing jobs of your "
            "own look at data quality. Leave it out, or use service=MonitoringService.MODEL_MONITOR in an account that has it"
        )
    if frequency not in (MonitoringFrequency.hourly(), MonitoringFrequency.daily()):
        raise InvalidValueError(
            f"the frequency is every {frequency.hours} h from {frequency.first_hour}:00; processing jobs of your own look at whole hours "
            "or whole days, as captured data lie in such folders: use MonitoringFrequency.hourly() or MonitoringFrequency.daily()"
        )
