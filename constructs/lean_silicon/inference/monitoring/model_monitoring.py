"""Whether an endpoint still does what it was chosen for: data quality, model quality, bias, explainability."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aws_cdk import Duration, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from lean_silicon.catalog import Component
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import UTILISATION, Footprint, hourly_footprint
from lean_silicon.graviton_function import graviton_function
from lean_silicon.inference.batch_transform_storage import job_bucket
from lean_silicon.inference.data_capture import DataCapture
from lean_silicon.inference.endpoint_base import EndpointBase
from lean_silicon.inference.monitoring import kinds, permissions
from lean_silicon.inference.monitoring.clarify_monitors import Bias, Explainability
from lean_silicon.inference.monitoring.frequency import MonitoringFrequency
from lean_silicon.inference.monitoring.monitor import Monitor
from lean_silicon.inference.monitoring.monitor_role import grant_model_monitor, grant_storage, monitoring_role
from lean_silicon.inference.monitoring.monitors import DataQuality, ModelQuality, Monitored
from lean_silicon.inference.monitoring.setting import (
    DEFAULT_TYPE,
    MonitoringService,
    MonitoringSetting,
    require_processing_type,
)
from lean_silicon.least_privilege import allow
from lean_silicon.runtime.model_monitoring.watch import JOBS_SETTING, NAMESPACE, SCHEDULES_SETTING


class ModelMonitoring(Construct):
    """Monitors for an endpoint that records what it is asked and answers: SageMaker Model Monitor, or processing jobs of your own.

    **Model Monitor is no longer open to new customers** (SageMaker developer guide, "Amazon SageMaker Model Monitor availability
    change"). In accounts without it, ``service=MonitoringService.PROCESSING_JOBS`` looks at data quality with the same container. Both
    read tables; what a language model writes wants an evaluation of its own.

    Each monitor has a baseline, made by a state machine from the data that the model was trained on, and looks on a schedule. A look
    that finds a violation, or fails, rings an alarm. Make the baselines once after the deployment: looks before that fail.

    Its machines are x86, because SageMaker processing offers no Graviton type; they exist for the minutes of a look.

    Parameters
    ----------
    endpoint
        With data capture, and the model on its variant: inference components cannot capture.
    data_quality, model_quality, bias, explainability
        What to look at; at least one.
    capture
        Where the endpoint records; needed for an imported endpoint only.
    service
        What looks. Default: Model Monitor.
    frequency
        How often. Default: once a day.
    time_limit
        The longest that a look may take. Default: 30 minutes.
    instance_type
        The machine of looks and baselines. Default: ml.m7i.large.
    notify
        Topics that alarms go to.
    reports_bucket
        Keeps baselines, configurations and reports. Default: a bucket of its own, retained.
    encryption_key
        Encrypts them, and the machines' volumes. Default: the key of `reports_bucket`, else one of its own, retained.

    Raises
    ------
    InvalidValueError
        If the endpoint does not capture, nothing is to be monitored, or the service would refuse a part.

    Examples
    --------
    .. code-block:: python

        monitoring = ModelMonitoring(
            self,
            "Monitoring",
            endpoint=classifier,
            data_quality=DataQuality(BaselineData.s3(training, "claims.csv")),
            frequency=MonitoringFrequency.daily(hour=3),
            notify=[team],
        )
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: EndpointBase,
        data_quality: DataQuality | None = None,
        model_quality: ModelQuality | None = None,
        bias: Bias | None = None,
        explainability: Explainability | None = None,
        capture: DataCapture | None = None,
        service: MonitoringService = MonitoringService.MODEL_MONITOR,
        frequency: MonitoringFrequency | None = None,
        time_limit: Duration | None = None,
        instance_type: str = DEFAULT_TYPE,
        notify: Sequence[sns.ITopic] = (),
        reports_bucket: s3.IBucket | None = None,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        wanted = (data_quality, model_quality, bias, explainability)
        if not any(wanted):
            raise InvalidValueError(
                "nothing is to be monitored; give data_quality, model_quality, bias or explainability, for instance "
                "data_quality=DataQuality(BaselineData.s3(bucket, 'training/claims.csv'))"
            )
        stack = Stack.of(self)
        region = None if Token.is_unresolved(stack.region) else stack.region
        if not Token.is_unresolved(instance_type):
            require_processing_type(instance_type, region)
        found = _capture(endpoint, capture)
        bucket_key = reports_bucket.encryption_key if reports_bucket is not None else None
        key = (
            encryption_key
            or bucket_key
            or kms.Key(
                self, "Key", enable_key_rotation=True, description="Baselines and reports of an endpoint's monitors"
            )
        )
        self._setting = MonitoringSetting(
            service=service,
            variant_name=endpoint.variant_name,
            endpoint_name=endpoint.endpoint_name,
            capture=found,
            frequency=frequency or MonitoringFrequency.daily(),
            instance_type=instance_type,
            role=monitoring_role(self, endpoint.endpoint_name, found),
            bucket=reports_bucket or job_bucket(self, "Reports", key),
            key=key,
        )
        grant_storage(self._setting)
        if service is MonitoringService.MODEL_MONITOR:
            grant_model_monitor(self._setting.role, endpoint.endpoint_name)
        self._monitors = {
            kind.name: Monitor(
                self,
                kind.name,
                kind=kind,
                monitored=monitored,
                setting=self._setting,
                time_limit=time_limit or Duration.minutes(30),
                notify=notify,
            )
            for kind, monitored in _pairs(wanted)
        }
        self._watch()

    @property
    def monitors(self) -> tuple[Monitor, ...]:
        """All of them."""
        return tuple(self._monitors.values())

    @property
    def data_quality(self) -> Monitor | None:
        """The monitor of what is asked, if there is one."""
        return self._monitors.get(kinds.DATA_QUALITY.name)

    @property
    def model_quality(self) -> Monitor | None:
        """The monitor of what is answered, if there is one."""
        return self._monitors.get(kinds.MODEL_QUALITY.name)

    @property
    def bias(self) -> Monitor | None:
        """The monitor of how groups are treated, if there is one."""
        return self._monitors.get(kinds.MODEL_BIAS.name)

    @property
    def explainability(self) -> Monitor | None:
        """The monitor of what answers rest on, if there is one."""
        return self._monitors.get(kinds.MODEL_EXPLAINABILITY.name)

    @property
    def reports_bucket(self) -> s3.IBucket:
        """Baselines are under ``baselines/``, reports under ``reports/``."""
        return self._setting.bucket

    @property
    def encryption_key(self) -> kms.IKey:
        """The key that encrypts them."""
        return self._setting.key

    @property
    def role(self) -> iam.IRole:
        """The role that all monitors run with."""
        return self._setting.role

    @property
    def alarms(self) -> tuple[cloudwatch.Alarm, ...]:
        """Two of each monitor: violations, failures."""
        return tuple(alarm for monitor in self.monitors for alarm in monitor.alarms)

    def grant_read_reports(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` read all reports."""
        return self._setting.bucket.grant_read(grantee, "reports/*")

    def footprint(self, utilisation: float = UTILISATION) -> Footprint:
        """What an hour of looking costs, on one machine: a look takes minutes of it. Between looks there is nothing to cost."""
        stack = Stack.of(self)
        region = None if Token.is_unresolved(stack.region) else stack.region
        return hourly_footprint(
            self._setting.instance_type, Component.SAGEMAKER_PROCESSING, region, utilisation=utilisation
        )

    def _watch(self) -> None:
        """Publish what came of each look, which the alarms read."""
        function = graviton_function(
            self,
            "Watch",
            folder="model_monitoring",
            handler="watch.handler",
            description="Tells CloudWatch whether the looks of an endpoint's monitors found violations or failed",
            environment={
                SCHEDULES_SETTING: ",".join(monitor.schedule_name for monitor in self.monitors),
                JOBS_SETTING: ",".join(
                    f"{monitor.job_name_prefix}={monitor.schedule_name}"
                    for monitor in self.monitors
                    if monitor.job_name_prefix is not None
                ),
            },
        )
        jobs = Stack.of(self).format_arn(service="sagemaker", resource="processing-job", resource_name="*")
        role = function.role
        if role is None:
            raise AssertionError("graviton_function gives every function a role")
        allow(
            role,
            permissions.WATCH,
            [jobs],
            why="Model Monitor names its jobs; which of them are ours, their description tells",
        )
        allow(
            role,
            permissions.PUBLISH,
            ["*"],
            why="PutMetricData knows no resource; the namespace is ours",
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        )
        events.Rule(
            self,
            "Looks",
            description="A processing job has ended: it may be a look of a monitor",
            event_pattern=events.EventPattern(
                source=["aws.sagemaker"],
                detail_type=["SageMaker Processing Job State Change"],
                detail={"ProcessingJobStatus": ["Completed", "Failed", "Stopped"]},
            ),
            targets=[targets.LambdaFunction(function)],
        )


def _capture(endpoint: EndpointBase, given: DataCapture | None) -> DataCapture:
    """Where the endpoint records, with the key that encrypts the records."""
    if endpoint.inference_component_name is not None:
        raise InvalidValueError(
            "the endpoint serves an inference component, whose requests SageMaker does not capture; put the model on the variant: "
            "EfficientEndpoint(..., data_capture=DataCapture(bucket))"
        )
    found = given or getattr(endpoint, "data_capture", None)
    if not isinstance(found, DataCapture):
        raise InvalidValueError(
            "the endpoint does not record what it is asked and answers, so there is nothing to monitor; give it "
            "data_capture=DataCapture(bucket), or say here where an imported endpoint records: capture=DataCapture(bucket)"
        )
    if found.encryption_key is not None or found.bucket.encryption_key is not None:
        return found
    # Records of a bucket without a key of its own are encrypted with the endpoint's.
    return replace(found, encryption_key=getattr(endpoint, "encryption_key", None))


def _pairs(wanted: Sequence[Monitored | None]) -> Iterator[tuple[kinds.MonitorKind, Monitored]]:
    all_kinds = (kinds.DATA_QUALITY, kinds.MODEL_QUALITY, kinds.MODEL_BIAS, kinds.MODEL_EXPLAINABILITY)
    for kind, monitored in zip(all_kinds, wanted, strict=True):
        if monitored is not None:
            yield kind, monitored
