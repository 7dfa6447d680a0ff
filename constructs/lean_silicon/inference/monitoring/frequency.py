"""How often a monitor looks.

Source: SageMaker developer guide, "The cron expression for monitoring schedule"; API reference, ``MonitoringStoppingCondition``.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration

from lean_silicon.exceptions import InvalidValueError

_HOUR = 3600


@dataclass(frozen=True)
class MonitoringFrequency:
    """Every so many hours. Use `hourly`, `daily` or `every`.

    Examples
    --------
    >>> MonitoringFrequency.daily(hour=3).expression
    'cron(0 3 ? * * *)'
    """

    hours: int
    first_hour: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.first_hour <= 23:
            raise InvalidValueError(f"the hour is {self.first_hour}; it must be 0 to 23, UTC")

    @classmethod
    def hourly(cls) -> MonitoringFrequency:
        """Every hour: the most often that the service looks."""
        return cls(1)

    @classmethod
    def daily(cls, *, hour: int = 0) -> MonitoringFrequency:
        """Once a day, within 20 minutes after the hour, UTC."""
        return cls(24, hour)

    @classmethod
    def every(cls, interval: Duration, *, first_hour: int = 0) -> MonitoringFrequency:
        """Every so many whole hours, up to a day.

        Raises
        ------
        InvalidValueError
            If it is more often than hourly, less often than daily, or no whole number of hours.
        """
        seconds = interval.to_seconds()
        if seconds < _HOUR:
            raise InvalidValueError(
                f"the interval is {interval.to_human_string()}; a monitor looks once an hour at most. Use MonitoringFrequency.hourly(), "
                "and alarms on the endpoint's own metrics for what must be seen at once"
            )
        if seconds % _HOUR or seconds > 24 * _HOUR:
            raise InvalidValueError(
                f"the interval is {interval.to_human_string()}; a monitor looks every 1 to 24 whole hours"
            )
        return cls(int(seconds) // _HOUR, first_hour)

    @property
    def expression(self) -> str:
        """As ``ScheduleExpression`` takes it."""
        if self.hours == 1:
            return "cron(0 * ? * * *)"
        if self.hours == 24:
            return f"cron(0 {self.first_hour} ? * * *)"
        return f"cron(0 {self.first_hour}/{self.hours} ? * * *)"

    @property
    def seconds(self) -> int:
        """From one look to the next."""
        return self.hours * _HOUR
