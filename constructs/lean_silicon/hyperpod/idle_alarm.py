"""An alarm on accelerators that are paid for and do nothing."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError

_PERIOD = Duration.minutes(30)
_PERIODS_PER_HOUR = 2


@dataclass(frozen=True)
class IdleAlarm:
    """When accelerators count as idle.

    Parameters
    ----------
    below_percent
        Mean utilisation over all devices of the group. Default: 5, which only a group without jobs stays under.
    hours
        For how long. Default: 4, so that a pause between two runs does not ring.

    Raises
    ------
    InvalidValueError
        If either is out of range.
    """

    below_percent: float = 5
    hours: int = 4

    def __post_init__(self) -> None:
        if not 0 < self.below_percent <= 100:
            raise InvalidValueError(
                f"below_percent is {self.below_percent}; it must be above 0 and at most 100. 5 is usual"
            )
        if not 1 <= self.hours <= 24:
            raise InvalidValueError(
                f"hours is {self.hours}; a CloudWatch alarm looks back at most a day, so it must be 1 to 24"
            )

    def make(self, scope: Construct, metric: cloudwatch.Metric, group: str, cluster_arn: str) -> cloudwatch.Alarm:
        """The alarm on one group's utilisation. Missing data does not ring: a group scaled to zero publishes nothing."""
        return metric.with_(period=_PERIOD, statistic="Average").create_alarm(
            scope,
            f"Idle-{group}",
            alarm_description=(
                f"Accelerators of {group} in {cluster_arn} were under {self.below_percent:g}% for {self.hours} h. "
                "Scale the group down, or run jobs on it."
            ),
            threshold=self.below_percent,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=self.hours * _PERIODS_PER_HOUR,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
