"""A SageMaker batch transform, run by Step Functions: machines that exist only while there is something to answer."""

from __future__ import annotations

from typing import Any, cast

from aws_cdk import Duration, Token
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.catalog import Component
from lean_silicon.declaring import Declaration
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import UTILISATION, Footprint, hourly_footprint
from lean_silicon.inference.batch_transform_base import BatchTransformBase, ImportedBatchTransform
from lean_silicon.inference.batch_transform_data import Split, TransformInput, TransformTrigger
from lean_silicon.inference.batch_transform_hardware import TransformHardware, hardware_for
from lean_silicon.inference.batch_transform_model import ExistingModel, bound_model
from lean_silicon.inference.batch_transform_storage import OUTPUT_PREFIX, transform_storage
from lean_silicon.inference.job_kinds import TRANSFORM
from lean_silicon.inference.job_role import grant_read
from lean_silicon.inference.job_state_machine import job_state_machine, name_prefix_of
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.traffic import served_workload
from lean_silicon.sizing import Task, Traffic, Workload
from lean_silicon.training.capacity_retry import CapacityRetry

__all__ = [
    "BatchTransform",
    "BatchTransformBase",
    "ExistingModel",
    "Split",
    "TransformHardware",
    "TransformInput",
    "TransformTrigger",
]

_DEFAULT_HOURS = 24
_LONGEST_SECONDS = 365 * 86_400
"""An execution of a standard state machine lasts at most a year; SageMaker sets no limit for transform jobs."""

_GPU_INFERENCE = "SIL002"
"""The rule against answering on GPUs where Inferentia or a processor serves."""


class BatchTransform(BatchTransformBase):
    """Batch inference over objects in S3, on machines that are gone when it ends.

    By default: the leanest processors that do the declared work, no network in the container, everything encrypted with a key of its
    own, stopped after 24 hours, started by hand. Lack of capacity is waited out; a failure of the model is not tried again.

    Parameters
    ----------
    model
        A `ServedModel` (from S3, an image, or the model registry), or a SageMaker model that is there already.
    data
        The objects to answer.
    workload
        What the model is and how much there is to do: its size, and ``tokens_per_day``, by which the hardware is chosen. Needed unless
        `hardware` is given.
    hardware
        The machines. Default: chosen by the workload. There is no Graviton to choose: batch transform offers none.
    trigger
        What starts it by itself: a schedule, or objects that come. Default: nothing does.
    time_limit
        After which a job is stopped, the wait for its machines included. SageMaker has no limit of its own for these. Default: 24 hours.
    output_bucket
        Where answers go, under ``output/<execution>/``. Default: a bucket of its own, retained.
    encryption_key
        Encrypts answers and volumes. Default: the key of `output_bucket`, else one of its own, retained.
    requests_at_once
        Requests that each instance works on at the same time. Default: as the container says, else 1.
    capacity_retry
        What to do when there are no instances. Default: up to 10 further attempts within some seven hours.
    job_name_prefix
        The start of the jobs' names; a UUID follows. Default: from the construct's path.

    Raises
    ------
    InvalidValueError
        If SageMaker would refuse the job, the parts do not fit each other, or no hardware can be chosen.

    Examples
    --------
    .. code-block:: python

        BatchTransform(
            self,
            "Nightly",
            model=ServedModel.from_bucket(models, "classifier/model.tar.gz"),
            data=TransformInput.s3(claims, "open/", content_type="text/csv", split=Split.LINE, batches=True),
            workload=Workload(
                task=Task.CLASSIFICATION, parameters=66_000_000, precision=Precision.FP32, context_tokens=512, concurrency=8,
                tokens_per_day=20_000_000,
            ),
            trigger=TransformTrigger.schedule(scheduler.ScheduleExpression.rate(Duration.days(1))),
            time_limit=Duration.hours(4),
        )
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ServedModel | ExistingModel,
        data: TransformInput,
        workload: Workload | None = None,
        hardware: TransformHardware | None = None,
        trigger: TransformTrigger | None = None,
        time_limit: Duration | None = None,
        output_bucket: s3.IBucket | None = None,
        encryption_key: kms.IKey | None = None,
        requests_at_once: int | None = None,
        capacity_retry: CapacityRetry | None = None,
        job_name_prefix: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        declared = served_workload(
            workload or Workload(task=Task.BATCH_INFERENCE), "BatchTransform", allowed=(Traffic.BATCH,)
        )
        self._hardware = hardware or hardware_for(declared, self.stack.region)
        self._hardware.require_offered(self.stack.region)
        self._workload = self._hardware.completed(declared)
        limit = _seconds(time_limit or Duration.hours(_DEFAULT_HOURS))
        data.require_payload(requests_at_once)

        task = self._workload.task or Task.BATCH_INFERENCE
        self._model = bound_model(self, model, self._hardware, task)
        grant_read(self._model.role, data.bucket, data.prefix)
        # Types with disks of their own are encrypted by the hardware, and SageMaker refuses a key for them.
        with_volumes = self._hardware.has_local_storage is False
        self._storage = transform_storage(
            self, self._model.role, output_bucket, encryption_key, with_volumes=with_volumes
        )
        on_objects = trigger is not None and trigger.on_objects
        machine = job_state_machine(
            self,
            TRANSFORM,
            self._request(data, requests_at_once, with_volumes=with_volumes, from_event=on_objects),
            name_prefix=name_prefix_of(self, job_name_prefix),
            retry=capacity_retry or CapacityRetry(),
            timeout_seconds=limit,
            role=self._model.role,
            prepare=data.places() if on_objects else None,
        )
        self._state_machine = machine
        self._declare(machine)
        if trigger is not None:
            self._start_by(trigger, data, machine)

    @classmethod
    def from_state_machine_arn(cls, scope: Construct, construct_id: str, state_machine_arn: str) -> BatchTransformBase:
        """A batch transform of another stack, to start it or watch it."""
        return ImportedBatchTransform(scope, construct_id, state_machine_arn)

    @property
    def hardware(self) -> TransformHardware:
        """The machines."""
        return self._hardware

    @property
    def workload(self) -> Workload:
        """What it declares about itself in the template."""
        return self._workload

    @property
    def model_name(self) -> str:
        """The name of the SageMaker model."""
        return self._model.model_name

    @property
    def role(self) -> iam.IRole:
        """The role that the jobs run with: the model's."""
        return self._model.role

    @property
    def output_bucket(self) -> s3.IBucket:
        """Where answers go, under ``output/``."""
        return self._storage.bucket

    @property
    def encryption_key(self) -> kms.IKey:
        """The key that encrypts them."""
        return self._storage.key

    def footprint(self, utilisation: float = UTILISATION) -> Footprint:
        """What an hour of a run costs: money, power, energy, carbon, water, with bands. Between runs there is nothing to cost.

        `utilisation` is how busy the machines are, from 0 to 1. What cannot be known at synth is unknown, never zero.
        """
        name, count = self._hardware.instance_type, self._hardware.count
        if Token.is_unresolved(count):
            return Footprint(assumptions=("the number of instances is not known at synth",))
        region = None if Token.is_unresolved(self.stack.region) else self.stack.region
        return hourly_footprint(name, Component.SAGEMAKER_TRANSFORM, region, count=count, utilisation=utilisation)

    def _request(
        self, data: TransformInput, requests_at_once: int | None, *, with_volumes: bool, from_event: bool
    ) -> dict[str, Any]:
        """CreateTransformJob without the job's name."""
        resources: dict[str, Any] = {
            "InstanceType": self._hardware.instance_type,
            "InstanceCount": self._hardware.count,
        }
        key = self._storage.key.key_arn
        if with_volumes:
            resources["VolumeKmsKeyId"] = key
        # Each execution's answers stay apart from those of the last.
        path = f"States.Format('s3://{self._storage.bucket.bucket_name}/{OUTPUT_PREFIX}{{}}/', $$.Execution.Name)"
        request = {
            "ModelName": self._model.model_name,
            **data.to_request(from_event=from_event),
            "TransformOutput": {"S3OutputPath.$": path, "KmsKeyId": key, "AssembleWith": data.assembly},
            "TransformResources": resources,
        }
        return request if requests_at_once is None else {**request, "MaxConcurrentTransforms": requests_at_once}

    def _declare(self, machine: sfn.StateMachine) -> None:
        resource = cast("sfn.CfnStateMachine", machine.node.default_child)
        declaration = Declaration(resource, workload=self._workload)
        if self._hardware.cuda_reason is not None:
            declaration.acknowledge(_GPU_INFERENCE, self._hardware.cuda_reason)

    def _start_by(self, trigger: TransformTrigger, data: TransformInput, machine: sfn.StateMachine) -> None:
        if trigger.at is not None:
            target = scheduler_targets.StepFunctionsStartExecution(machine)
            scheduler.Schedule(self, "Schedule", schedule=trigger.at, target=target)
        pattern = trigger.event_pattern(data)
        if pattern is not None:
            events.Rule(self, "Rule", event_pattern=pattern, targets=[targets.SfnStateMachine(machine)])


def _seconds(limit: Duration) -> float:
    """The limit, if Step Functions can keep it."""
    if limit.is_unresolved():
        return limit.to_seconds()
    if not 60 <= limit.to_seconds() <= _LONGEST_SECONDS:
        raise InvalidValueError(
            f"time_limit is {limit.to_human_string()}; allowed are 1 minute to 365 days, which is how long an execution may last. A job "
            "starts its machines within minutes, so give it a quarter of an hour at least"
        )
    return limit.to_seconds()
