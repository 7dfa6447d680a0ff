"""An asynchronous endpoint: requests wait in a queue, and machines are there only while some do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference import permissions
from lean_silicon.inference.async_storage import async_storage, grant_asking, queue_configuration
from lean_silicon.inference.compile_cache import NeuronCompileCache
from lean_silicon.inference.copy_scaling import CopyScaling
from lean_silicon.inference.data_capture import DataCapture
from lean_silicon.inference.declaration import declare_endpoint, with_cuda
from lean_silicon.inference.endpoint_alarms import errors_alarm
from lean_silicon.inference.endpoint_base import VARIANT, EndpointBase, ImportedEndpoint
from lean_silicon.inference.endpoint_footprint import EndpointFootprint, endpoint_footprint
from lean_silicon.inference.endpoint_plan import EndpointPlan
from lean_silicon.inference.endpoint_resources import EndpointResources
from lean_silicon.inference.hosted_endpoint import HostedEndpoint
from lean_silicon.inference.hosting import hosting
from lean_silicon.inference.network import endpoint_network
from lean_silicon.inference.placement import Placement, placed
from lean_silicon.inference.scaling import (
    VARIANT_INSTANCES,
    Capacity,
    follow_backlog,
    scalable_target,
    start_from_zero,
)
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.inference.startup import StartupTimeouts
from lean_silicon.inference.traffic import served_workload
from lean_silicon.sizing import Traffic, Workload

_MOST_CONCURRENT = 1000
"""Service model: MaxConcurrentInvocationsPerInstance."""
_FIRST_ASYNC_DJL = (0, 31, 0)
_BACKLOG = 5
"""Requests that wait for each instance, as in the example of the developer guide, "Autoscale an asynchronous endpoint"."""


class AsyncEndpoint(HostedEndpoint):
    """An endpoint whose requests wait: the caller puts one into S3, is told by SNS, and finds the answer in S3.

    By default: the leanest type without GPUs that holds the declared workload; no machine while no request waits, the first one as soon as
    one does, and as many as the backlog needs; a bucket and two topics of its own, encrypted with a key of its own; no network inside the
    container. No request is lost while machines start, which takes minutes.

    Parameters
    ----------
    model
        What is served.
    workload
        As for `EfficientEndpoint`; its traffic is async.
    hardware
        The type. Default: the leanest that is offered in the region.
    scaling
        Bounds of the instances, and with `concurrent_requests` how many may wait for each of them. Default: 0 to twice what the workload
        needs, 5 waiting.
    bucket
        Requests are read under ``requests/``, answers written under ``answers/`` and ``failures/``. Default: one of its own, retained.
    success_topic, error_topic
        Whom to tell. Default: topics of its own.
    data_capture
        As for `EfficientEndpoint`. SageMaker's guide describes it for real-time endpoints; its API takes it here too.
    compile_cache, environment, startup, vpc, vpc_subnets, security_groups, network_isolation, encryption_key, endpoint_name
        As for `EfficientEndpoint`.

    Raises
    ------
    InvalidValueError
        If the parts do not fit each other, or SageMaker would refuse them.

    Examples
    --------
    .. code-block:: python

        summaries = AsyncEndpoint(
            self,
            "Summaries",
            model=ServedModel.from_bucket(models, "llama-3.1-8b/inf2/", compiled=True),
            workload=Workload(
                task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=8192, concurrency=4,
                traffic=Traffic.ASYNC,
            ),
        )
        summaries.error_topic.add_subscription(subscriptions.EmailSubscription("team@example.com"))
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ServedModel,
        workload: Workload,
        hardware: ServingHardware | None = None,
        scaling: CopyScaling | None = None,
        bucket: s3.IBucket | None = None,
        success_topic: sns.ITopic | None = None,
        error_topic: sns.ITopic | None = None,
        data_capture: DataCapture | None = None,
        compile_cache: NeuronCompileCache | None = None,
        environment: Mapping[str, str] | None = None,
        startup: StartupTimeouts | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        network_isolation: bool | None = None,
        encryption_key: kms.IKey | None = None,
        endpoint_name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._invoke = permissions.INVOKE_ASYNC
        served = served_workload(workload, "AsyncEndpoint", allowed=(Traffic.ASYNC,))
        _require_answers_of_known_length(model)
        found = placed(served, hardware, self.stack.region)
        self._workload = with_cuda(served, found.hardware.cuda_reason)
        self._plan = _plan(found.on_whole_machines(self._workload), scaling or CopyScaling())
        self._data_capture = data_capture
        self._hosting = hosting(self, endpoint_name, encryption_key, *self._plan.log_groups)
        self._endpoint_name = self._hosting.name
        role, key = self._hosting.role, self._hosting.key
        self._storage = async_storage(self, role, key, bucket, success_topic, error_topic)
        closed = not (model.needs_internet or compile_cache is not None)
        network = endpoint_network(self, role, vpc, vpc_subnets, security_groups, needs_internet=model.needs_internet)
        made = EndpointResources(
            scope=self,
            workload=self._workload,
            plan=self._plan,
            hosting=self._hosting,
            network=network,
            network_isolation=closed if network_isolation is None else network_isolation,
            environment=environment or {},
            compile_cache=compile_cache,
            startup=startup,
            deployment=None,
            errors=errors_alarm(self, self.metric_server_errors()),
            queue=queue_configuration(self._storage, key, _concurrency(self._plan.placement)),
        ).make(model, data_capture)
        self._endpoint_name = made.endpoint.attr_endpoint_name
        self._connections = ec2.Connections(security_groups=list(network.security_groups if network else ()))
        self._scale()
        self._alarms = made.errors, self._watch_idleness(self.metric_invocations())
        self._declaration = declare_endpoint(made.configuration, self._workload, self.hardware)

    @classmethod
    def from_endpoint_name(
        cls, scope: Construct, construct_id: str, endpoint_name: str, *, variant_name: str = VARIANT
    ) -> EndpointBase:
        """An asynchronous endpoint of another stack, to ask it or watch it."""
        return ImportedEndpoint(
            scope,
            construct_id,
            endpoint_name=endpoint_name,
            variant_name=variant_name,
            invoke=permissions.INVOKE_ASYNC,
        )

    @property
    def bucket(self) -> s3.IBucket:
        """Where requests, answers and failures are."""
        return self._storage.bucket

    @property
    def success_topic(self) -> sns.ITopic:
        """Told of every answer."""
        return self._storage.success

    @property
    def error_topic(self) -> sns.ITopic:
        """Told of every failure."""
        return self._storage.error

    @property
    def alarms(self) -> tuple[cloudwatch.Alarm, ...]:
        """Rings when requests fail, and when nothing was processed for hours."""
        return self._alarms

    def footprint(self) -> EndpointFootprint:
        """What an hour costs at rest and at the declared load, and a million tokens, with bands."""
        return endpoint_footprint(self.placement, self.stack.region, self.capacity.minimum)

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` put requests under ``requests/``, ask for their answers, and read these under ``answers/`` and ``failures/``."""
        grant_asking(self._storage, grantee, self._hosting.key)
        return super().grant_invoke(grantee)

    def metric_invocations(self, **options: Any) -> cloudwatch.Metric:
        """Requests that were processed, their sum."""
        return self.metric("InvocationsProcessed", **{"statistic": "Sum", **options})

    def metric_backlog(self, **options: Any) -> cloudwatch.Metric:
        """Requests that wait or are being processed."""
        return self._queue_metric("ApproximateBacklogSize", **{"statistic": "Average", **options})

    def metric_oldest_request(self, **options: Any) -> cloudwatch.Metric:
        """How long the oldest request has waited, seconds."""
        return self._queue_metric("ApproximateAgeOfOldestRequest", **{"statistic": "Maximum", **options})

    def _queue_metric(self, name: str, **options: Any) -> cloudwatch.Metric:
        """The queue belongs to the endpoint, and not to a variant."""
        return cloudwatch.Metric(
            namespace="AWS/SageMaker",
            metric_name=name,
            dimensions_map={"EndpointName": self._endpoint_name},
            **options,
        )

    def _scale(self) -> None:
        """Instances follow the backlog; from zero, the first request that waits."""
        target = scalable_target(
            self,
            resource_id=f"endpoint/{self._endpoint_name}/variant/{self._variant_name}",
            dimension=VARIANT_INSTANCES,
            capacity=self.capacity,
        )
        follow_backlog(self, target, self.capacity, self._endpoint_name)
        if self.capacity.minimum == 0:
            start_from_zero(self, target, self._queue_metric("HasBacklogWithoutCapacity", statistic="Maximum"))


def _require_answers_of_known_length(model: ServedModel) -> None:
    """Asynchronous endpoints refuse answers without a length, which old Large Model Inference containers give (djl-serving #2567)."""
    published = model.container.published if model.container is not None else None
    if published is None or published.repository != "djl-inference":
        return
    version = tuple(int(part) for part in published.tag.partition("-")[0].split("."))
    if version < _FIRST_ASYNC_DJL:
        raise InvalidValueError(
            f"the container {published.name} does not say how long its answers are, which asynchronous endpoints ask for; it does from "
            f"{'.'.join(map(str, _FIRST_ASYNC_DJL))} on. Serve the model with EfficientEndpoint, or in another container"
        )


def _plan(placement: Placement, scaling: CopyScaling) -> EndpointPlan:
    minimum = scaling.minimum or 0
    maximum = scaling.maximum or max(2 * placement.needed_copies, minimum + 1)
    return EndpointPlan(placement, False, Capacity.of(scaling, minimum, maximum, _BACKLOG), None)


def _concurrency(placement: Placement) -> int | None:
    """How many requests SageMaker hands to an instance at once: what the model is sized for."""
    if placement.requests_per_copy is None:
        return None
    return min(_MOST_CONCURRENT, placement.requests_per_copy)
