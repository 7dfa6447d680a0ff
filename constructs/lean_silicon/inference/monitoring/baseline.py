"""The baseline run of a monitor: a processing job that a state machine starts, over the data that the model was trained on."""

from __future__ import annotations

from typing import Any, cast

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.declaring import Declaration
from lean_silicon.inference.job_kinds import PROCESSING
from lean_silicon.inference.job_state_machine import job_state_machine, name_prefix_of
from lean_silicon.inference.monitoring.kinds import MonitorKind
from lean_silicon.inference.monitoring.monitors import DataQuality, ModelQuality, Monitored
from lean_silicon.inference.monitoring.processing_jobs import OUTPUT, job_input, job_request
from lean_silicon.inference.monitoring.processing_jobs import PROCESSING as PROCESSING_PATH
from lean_silicon.inference.monitoring.setting import MONITORING, MonitoringSetting
from lean_silicon.training.capacity_retry import CapacityRetry

_LIMIT_SECONDS = 4 * 3600
"""A baseline is a pass over a training set's sample; four hours on one machine are far more than it takes."""
_WRAP_UP_SECONDS = 1800
"""SageMaker ends the job at its limit; what the wait for its machine may add before the state machine stops it."""

_ANALYZER_INPUT = f"{PROCESSING_PATH}/input/baseline_dataset_input"


def baseline_state_machine(
    scope: Construct, kind: MonitorKind, monitored: Monitored, setting: MonitoringSetting, image_uri: str
) -> sfn.StateMachine:
    """A state machine each execution of which makes the monitor's baseline anew, where its looks read it."""
    machine = job_state_machine(
        scope,
        PROCESSING,
        _request(kind, monitored, setting, image_uri),
        name_prefix=name_prefix_of(scope, None),
        retry=CapacityRetry(),
        timeout_seconds=_LIMIT_SECONDS + _WRAP_UP_SECONDS,
        role=setting.role,
    )
    Declaration(cast("sfn.CfnStateMachine", machine.node.default_child), workload=MONITORING)
    return machine


def _request(kind: MonitorKind, monitored: Monitored, setting: MonitoringSetting, image_uri: str) -> dict[str, Any]:
    """CreateProcessingJob without the job's name."""
    analyzes = isinstance(monitored, (DataQuality, ModelQuality))
    data_path = _ANALYZER_INPUT if analyzes else f"{PROCESSING_PATH}/input/data"
    inputs = [job_input("dataset", {"S3Uri": monitored.baseline.uri, "LocalPath": data_path})]
    if not analyzes:
        config = {"S3Uri": setting.config_uri(kind.folder, "baseline"), "LocalPath": f"{PROCESSING_PATH}/input/config"}
        inputs.append(job_input("analysis_config", config))
    return job_request(
        setting,
        image_uri,
        inputs=inputs,
        output={"S3Uri": setting.baseline_uri(kind.folder).rstrip("/")},
        limit_seconds=_LIMIT_SECONDS,
        environment=_environment(monitored),
    )


def _environment(monitored: Monitored) -> dict[str, str]:
    """What tells the analyzer what to do; Clarify reads a file instead."""
    if not isinstance(monitored, (DataQuality, ModelQuality)):
        return {}
    own = monitored.environment() if isinstance(monitored, ModelQuality) else {}
    return {
        "dataset_format": monitored.baseline.format.analyzer,
        "dataset_source": _ANALYZER_INPUT,
        "output_path": OUTPUT,
        # Metrics are for looks at an endpoint; the service refuses them elsewhere.
        "publish_cloudwatch_metrics": "Disabled",
        **own,
    }
