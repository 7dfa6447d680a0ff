"""One monitor of an endpoint: its baseline, its looks, its alarms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.deep_learning_containers import published_image
from lean_silicon.inference.monitoring.analysis_config import deploy_analysis_config
from lean_silicon.inference.monitoring.baseline import baseline_state_machine
from lean_silicon.inference.monitoring.clarify_monitors import Bias, Explainability
from lean_silicon.inference.monitoring.definitions import job_definition, monitoring_schedule
from lean_silicon.inference.monitoring.kinds import MonitorKind
from lean_silicon.inference.monitoring.looks import Looks
from lean_silicon.inference.monitoring.monitor_role import grant_monitor
from lean_silicon.inference.monitoring.monitors import Monitored
from lean_silicon.inference.monitoring.setting import MonitoringService, MonitoringSetting, schedule_name
from lean_silicon.runtime.model_monitoring.watch import FAILURES, NAMESPACE, VIOLATIONS


class Monitor(Construct):
    """Made by `ModelMonitoring`, one for each thing that it monitors."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kind: MonitorKind,
        monitored: Monitored,
        setting: MonitoringSetting,
        time_limit: Duration,
        notify: Iterable[sns.ITopic],
    ) -> None:
        super().__init__(scope, construct_id)
        seconds = kind.seconds(time_limit, setting.frequency)
        self._kind = kind
        self._setting = setting
        image = published_image(self, kind.image, "a region that has it")
        shadow_prefix = f"shadow-{self.node.addr[-8:]}"
        grant_monitor(setting, monitored, image.repository_arn, shadow_prefix)
        self._baseline = baseline_state_machine(self, kind, monitored, setting, image.uri)
        self._looks = None
        if setting.service is MonitoringService.PROCESSING_JOBS:
            self._looks = Looks(self, "Looks", kind, setting, image.uri, seconds)
        else:
            definition = job_definition(self, kind, monitored, setting, image_uri=image.uri, limit_seconds=seconds)
            if isinstance(monitored, (Bias, Explainability)):
                definition.node.add_dependency(deploy_analysis_config(self, kind, monitored, setting, shadow_prefix))
            monitoring_schedule(self, kind, definition, setting)
        self._alarms = (
            self._alarm("ViolationsAlarm", self.metric_violations(), "found a violation of the baseline"),
            self._alarm("FailuresAlarm", self.metric_failures(), "failed; before its first baseline it always does"),
        )
        for alarm in self._alarms:
            alarm.add_alarm_action(*(actions.SnsAction(topic) for topic in notify))

    @property
    def schedule_name(self) -> str:
        """The name of its monitoring schedule, by which its metrics are found."""
        return schedule_name(self)

    @property
    def job_name_prefix(self) -> str | None:
        """The start of the names of its looks' jobs; `None` where Model Monitor names them."""
        return None if self._looks is None else self._looks.job_name_prefix

    @property
    def baseline(self) -> sfn.IStateMachine:
        """Each execution makes the baseline anew. Start one before the first look."""
        return self._baseline

    @property
    def baseline_uri(self) -> str:
        """The S3 URI under which the baseline is."""
        return self._setting.baseline_uri(self._kind.folder)

    @property
    def reports_uri(self) -> str:
        """The S3 URI under which reports are."""
        return self._setting.reports_uri(self._kind.folder)

    @property
    def alarms(self) -> tuple[cloudwatch.Alarm, ...]:
        """Rings when a look finds a violation, and when one fails."""
        return self._alarms

    def grant_start_baseline(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` make the baseline anew."""
        return self._baseline.grant_start_execution(grantee)

    def grant_read_reports(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` read this monitor's reports."""
        return self._setting.bucket.grant_read(grantee, f"reports/{self._kind.folder}/*")

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """A metric of its looks; `options` are those of ``cloudwatch.MetricOptions``."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=metric_name,
            dimensions_map={"MonitoringSchedule": self.schedule_name},
            **{"statistic": "Maximum", "period": Duration.hours(1), **options},
        )

    def metric_violations(self, **options: Any) -> cloudwatch.Metric:
        """1 where a look found a violation, 0 where it found none."""
        return self.metric(VIOLATIONS, **options)

    def metric_failures(self, **options: Any) -> cloudwatch.Metric:
        """1 where a look failed or was stopped at its limit, 0 where it ended."""
        return self.metric(FAILURES, **options)

    def _alarm(self, construct_id: str, metric: cloudwatch.Metric, what: str) -> cloudwatch.Alarm:
        return metric.create_alarm(
            self,
            construct_id,
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            # Between looks there is nothing to judge.
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
            alarm_description=f"A look of the {self._kind.name} monitor {what}",
        )
