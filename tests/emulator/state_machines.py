"""State machines that execute, with the jobs of SageMaker and Bedrock simulated state by state and waiting times shortened.

moto interprets the states language; this adds the integrations that it lacks (``sagemaker:create...Job.sync``), the evaluation jobs of
Bedrock, and a clock that runs ahead, so that a retry after five minutes is seen in a test.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import types
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError
from moto.bedrock.responses import BedrockResponse
from moto.core.config import default_user_config
from moto.sagemaker.models import SageMakerModelBackend
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from emulator.aws import client
from emulator.jobs import Outcome, Outcomes, Progress
from emulator.stacks import ACCOUNT

ASL = "moto.stepfunctions.parser.asl.component."
SERVICE = ASL + "state.exec.state_task.service."
callback = importlib.import_module(SERVICE + "state_task_service_callback")
factory = importlib.import_module(SERVICE + "state_task_service_factory")
glue = importlib.import_module(SERVICE + "state_task_service_glue")
retrier = importlib.import_module(ASL + "common.retry.retrier_decl")
wait_function = importlib.import_module(ASL + "state.wait.wait_function.wait_function")

LONGEST_WAIT = 0.05
"""Seconds that any wait or retry takes here."""

JOBS = {
    "create_training_job": ("TrainingJobName", "describe_training_job", "TrainingJobStatus"),
    "create_processing_job": ("ProcessingJobName", "describe_processing_job", "ProcessingJobStatus"),
    "create_transform_job": ("TransformJobName", "describe_transform_job", "TransformJobStatus"),
}


class SageMakerJobs(callback.StateTaskServiceCallback):  # type: ignore[misc, name-defined]
    """The ``.sync`` integrations of SageMaker: the job is made through its API, which validates it, and then awaited."""

    outcomes: Outcomes
    progress: dict[str, Progress]

    def __init__(self) -> None:
        # moto stops the waiting for a token after every job, so there has to be one; no job of SageMaker asks for it.
        patterns = {glue.ResourceCondition.Sync, glue.ResourceCondition.WaitForTaskToken}
        super().__init__(supported_integration_patterns=patterns)

    def _validate_service_integration_is_supported(self) -> None:
        if self._get_boto_service_action() not in JOBS or self.resource.condition != glue.ResourceCondition.Sync:
            raise ValueError(f"The emulator does not know {self.resource.resource_arn}.")

    def _from_error(self, env: Any, ex: Exception) -> Any:
        if not isinstance(ex, ClientError):
            return super()._from_error(env=env, ex=ex)
        error = f"SageMaker.{ex.response['Error']['Code']}"
        details = glue.TaskFailedEventDetails(
            error=error,
            cause=ex.response["Error"]["Message"],
            resource=self._get_sfn_resource(),
            resourceType=self._get_sfn_resource_type(),
        )
        return glue.FailureEvent(
            env=env,
            error_name=glue.CustomErrorName(error),
            event_type=glue.HistoryEventType.TaskFailed,
            event_details=glue.EventDetails(taskFailedEventDetails=details),
        )

    def _eval_service_task(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        sagemaker = client("sagemaker", resource_runtime_part.region)
        action = self._get_boto_service_action()
        if isinstance(tags := normalised_parameters.get("Tags"), dict):
            normalised_parameters["Tags"] = [{"Key": name, "Value": value} for name, value in tags.items()]
        made = getattr(sagemaker, action)(**normalised_parameters)
        made.pop("ResponseMetadata", None)
        self.progress[normalised_parameters[JOBS[action][0]]] = Progress(self.outcomes.take())
        env.stack.append(made)

    def _build_sync_resolver(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> Callable[[], Any]:
        env.stack.pop()
        key, describe, status = JOBS[self._get_boto_service_action()]
        name = normalised_parameters[key]

        def resolve() -> Any:
            outcome = self.progress[name].look()
            described = getattr(client("sagemaker", resource_runtime_part.region), describe)(**{key: name})
            described.pop("ResponseMetadata", None)
            described[status] = outcome.status
            if outcome.reason:
                described["FailureReason"] = outcome.reason
            said = json.loads(json.dumps(described, default=str))
            if outcome.status == "Completed":
                return said
            if outcome.status in ("Failed", "Stopped"):
                raise self._job_failed(env, json.dumps(said))
            return None

        return resolve

    def _job_failed(self, env: Any, cause: str) -> Exception:
        details = glue.TaskFailedEventDetails(
            resource=self._get_sfn_resource(),
            resourceType=self._get_sfn_resource_type(),
            error="States.TaskFailed",
            cause=cause,
        )
        failure = glue.FailureEvent(
            env=env,
            error_name=glue.StatesErrorName(typ=glue.StatesErrorNameType.StatesTaskFailed),
            event_type=glue.HistoryEventType.TaskFailed,
            event_details=glue.EventDetails(taskFailedEventDetails=details),
        )
        return glue.FailureEventException(failure)  # type: ignore[no-any-return]


def install_job_integrations(outcomes: Outcomes) -> None:
    """Let moto's state machines execute, with `outcomes` deciding how their jobs end."""
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    SageMakerJobs.outcomes, SageMakerJobs.progress = outcomes, {}
    _replace(
        "state_task_service_for",
        factory.state_task_service_for,
        lambda inner: lambda service_name: SageMakerJobs() if service_name == "sagemaker" else inner(service_name),
    )
    _name_executions()
    _shorten_waits()
    _evaluation_jobs(outcomes)
    _stopped_jobs()


def _replace(name: str, original: Any, make: Callable[[Any], Any]) -> None:
    """Bind `name` anew in every module of moto that imported `original` by name."""
    changed = make(original)
    for module in list(sys.modules.values()):
        if getattr(module, name, None) is original:
            setattr(module, name, changed)


def _name_executions() -> None:
    """An execution that is started without a name gets one of its own."""
    original = StepFunctionsParserBackend.start_execution

    def start(self: Any, state_machine_arn: str, name: str | None = None, *others: Any, **named: Any) -> Any:
        return original(self, state_machine_arn, name or str(uuid.uuid4()), *others, **named)

    StepFunctionsParserBackend.start_execution = start


def _shorten_waits() -> None:
    hurried = types.SimpleNamespace(sleep=lambda seconds: time.sleep(min(seconds, LONGEST_WAIT)), time=time.time)
    retrier.time = hurried  # type: ignore[attr-defined]
    callback.time = hurried  # type: ignore[attr-defined]
    patiently = wait_function.WaitFunction._wait_interval

    def hurriedly(self: Any, env: Any, wait_seconds: float) -> None:
        patiently(self, env, min(wait_seconds, LONGEST_WAIT))

    wait_function.WaitFunction._wait_interval = hurriedly


def _stopped_jobs() -> None:
    """A stopped job is seen stopped by whoever waits for it."""
    original = SageMakerModelBackend.stop_processing_job

    def stop(self: Any, processing_job_name: str) -> Any:
        if processing_job_name in SageMakerJobs.progress:
            SageMakerJobs.progress[processing_job_name].stopped = True
        return original(self, processing_job_name)

    SageMakerModelBackend.stop_processing_job = stop


def _evaluation_jobs(outcomes: Outcomes) -> None:
    """Bedrock's evaluation jobs, which moto lacks."""
    jobs: dict[str, tuple[dict[str, Any], Progress]] = {}

    def create(self: Any) -> str:
        given = json.loads(self.body)
        arn = f"arn:aws:bedrock:{self.region}:{ACCOUNT}:evaluation-job/{uuid.uuid4().hex[:12]}"
        jobs[arn] = (given, Progress(outcomes.take()))
        return json.dumps({"jobArn": arn})

    def get(self: Any) -> str:
        arn = _identifier(self.raw_path)
        given, progress = jobs[arn]
        outcome: Outcome = progress.look()
        answer = {"jobName": given["jobName"], "jobArn": arn, "status": outcome.status, "jobType": "Automated"}
        return json.dumps({**answer, "failureMessages": [outcome.reason] if outcome.reason else []})

    def stop(self: Any) -> str:
        jobs[_identifier(self.raw_path)][1].stopped = True
        return "{}"

    BedrockResponse.create_evaluation_job, BedrockResponse.get_evaluation_job = create, get
    BedrockResponse.stop_evaluation_job = stop


def _identifier(path: str) -> str:
    return unquote(path.split("?")[0]).split("/", 2)[2].removesuffix("/stop")
