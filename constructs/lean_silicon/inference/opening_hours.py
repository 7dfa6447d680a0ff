"""When an endpoint is open: outside these hours it has no machines, and answers nobody."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import TimeZone
from aws_cdk import aws_applicationautoscaling as autoscaling

from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class OpeningHours:
    """Opens and closes an endpoint by the clock.

    While it is closed its copies are at zero and stay there, whoever asks; requests fail at once. The machines go a few minutes after the
    copies, and come back a few minutes after the opening. A deployment that changes the scaling sets it as it is while open, whatever the
    time: an endpoint that was closed is then open until the next closing.

    Parameters
    ----------
    opens, closes
        For instance ``autoscaling.Schedule.cron(hour="7", minute="0", week_day="MON-FRI")``.
    time_zone
        Default: UTC.

    Raises
    ------
    InvalidValueError
        If both are the same.
    """

    opens: autoscaling.Schedule
    closes: autoscaling.Schedule
    time_zone: TimeZone | None = None

    def __post_init__(self) -> None:
        if self.opens.expression_string == self.closes.expression_string:
            raise InvalidValueError(
                f"the endpoint opens and closes at the same time ({self.opens.expression_string}); give two schedules"
            )

    def actions(self, minimum: int, maximum: int) -> list[autoscaling.CfnScalableTarget.ScheduledActionProperty]:
        """The two scheduled actions of a scalable target whose copies are within these bounds while it is open."""
        return [
            self._action("open", self.opens, minimum, maximum),
            self._action("close", self.closes, 0, 0),
        ]

    def _action(
        self, name: str, schedule: autoscaling.Schedule, minimum: int, maximum: int
    ) -> autoscaling.CfnScalableTarget.ScheduledActionProperty:
        return autoscaling.CfnScalableTarget.ScheduledActionProperty(
            scheduled_action_name=name,
            schedule=schedule.expression_string,
            timezone=None if self.time_zone is None else self.time_zone.timezone_name,
            scalable_target_action=autoscaling.CfnScalableTarget.ScalableTargetActionProperty(
                min_capacity=minimum, max_capacity=maximum
            ),
        )
