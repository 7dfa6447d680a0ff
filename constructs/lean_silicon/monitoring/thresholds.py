"""When alarms ring, by severity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from aws_cdk import Duration

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.monitoring.severity import Severity

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_WEEK = 7 * _DAY


@dataclass(frozen=True)
class Threshold:
    """A value, and for how long it must be passed.

    Parameters
    ----------
    value
        In the unit that the alarm names.
    lasting
        Whole minutes up to ten minutes, then whole multiples of five minutes up to six hours, then whole hours up to a week.

    Raises
    ------
    InvalidValueError
        If CloudWatch would refuse the time: an alarm looks back at most a day, with periods of an hour at most a week.
    """

    value: float
    lasting: Duration

    def __post_init__(self) -> None:
        seconds = self.lasting.to_seconds()
        if not _MINUTE <= seconds <= _WEEK or seconds % self.period_seconds:
            raise InvalidValueError(
                f"lasting is {seconds:g} s; an alarm takes whole minutes up to 10 minutes, multiples of 5 minutes up to 6 hours, and "
                "whole hours up to 7 days. For instance Duration.hours(1)"
            )

    @property
    def period_seconds(self) -> int:
        """How long each period is that the alarm looks at."""
        seconds = self.lasting.to_seconds()
        if seconds <= 10 * _MINUTE:
            return _MINUTE
        return 5 * _MINUTE if seconds <= 6 * _HOUR else _HOUR

    @property
    def periods(self) -> int:
        """How many of them in a row."""
        return int(self.lasting.to_seconds() // self.period_seconds)


Thresholds = Mapping[Severity, Threshold]


def _one(severity: Severity, value: float, lasting: Duration) -> Thresholds:
    return {severity: Threshold(value, lasting)}


@dataclass(frozen=True)
class AlarmThresholds:
    """When each sort of alarm rings, by severity; an empty map makes none of the sort.

    Parameters
    ----------
    idle
        Utilisation of accelerators that are on, below percent. Default: a warning under 5% for an hour.
    underused
        The same over long. Default: a notice under 30% for a day.
    latency
        The slowest hundredth of an endpoint's answers, ms. Default: a warning above 30 s for 15 minutes, half of the minute after
        which SageMaker gives a real-time request up.
    errors
        Share of requests that fail on the side of the service, percent. Default: critical above 5% for 5 minutes. Endpoints of this
        library have an alarm above 1% of their own, which is a warning here.
    backlog
        Age of the oldest request that an asynchronous endpoint has not processed, minutes. Default: a warning above 60 for 15 minutes.
    harm
        Share of requests in which a guardrail stepped in, percent. Default: a warning above 10% for an hour.
    failures
        Runs of a training or optimization job that failed. Default: a warning from the first one on.
    standstill
        How much the loss must fall by the period, so that training counts as getting on. Default: critical where it did not
        fall at all (0) for 3 hours.
    silence
        Utilisation, percent, above which training is expected to publish its loss: a loss that is not a number is never published.
        Default: critical where accelerators were busier than 5% for an hour without a loss.

    Raises
    ------
    InvalidValueError
        If one is not a map from `Severity` to `Threshold`.

    Examples
    --------
    >>> AlarmThresholds(underused={}).idle[Severity.WARNING].value
    5
    """

    idle: Thresholds = field(default_factory=lambda: _one(Severity.WARNING, 5, Duration.hours(1)))
    underused: Thresholds = field(default_factory=lambda: _one(Severity.NOTICE, 30, Duration.days(1)))
    latency: Thresholds = field(default_factory=lambda: _one(Severity.WARNING, 30_000, Duration.minutes(15)))
    errors: Thresholds = field(default_factory=lambda: _one(Severity.CRITICAL, 5, Duration.minutes(5)))
    backlog: Thresholds = field(default_factory=lambda: _one(Severity.WARNING, 60, Duration.minutes(15)))
    harm: Thresholds = field(default_factory=lambda: _one(Severity.WARNING, 10, Duration.hours(1)))
    failures: Thresholds = field(default_factory=lambda: _one(Severity.WARNING, 1, Duration.minutes(5)))
    standstill: Thresholds = field(default_factory=lambda: _one(Severity.CRITICAL, 0, Duration.hours(3)))
    silence: Thresholds = field(default_factory=lambda: _one(Severity.CRITICAL, 5, Duration.hours(1)))

    def __post_init__(self) -> None:
        for each in fields(self):
            given = getattr(self, each.name)
            if not isinstance(given, Mapping) or not all(
                severity in tuple(Severity) and isinstance(threshold, Threshold)
                for severity, threshold in given.items()
            ):
                raise InvalidValueError(
                    f"{each.name} is {given!r}; it takes a map from Severity to Threshold, for instance "
                    "{Severity.WARNING: Threshold(5, Duration.hours(1))}"
                )
