"""The alarms that resources of a sort want, from the thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.observation import AlarmSpec
from lean_silicon.monitoring.thresholds import AlarmThresholds, Threshold, Thresholds

_BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
_ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
_FROM = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
_HOUR, _DAY = 3600, 86_400


def idleness(name: str, utilisation: Formula, thresholds: AlarmThresholds) -> tuple[AlarmSpec, ...]:
    """Accelerators that are on and do nothing, or too little; none of what an alarm cannot watch."""
    if not utilisation.can_alarm:
        return ()
    idle = specs(
        "Idle",
        utilisation,
        thresholds.idle,
        _BELOW,
        f"Accelerators of {name} are on and were busier than {{value}}% at no time in {{lasting}}. Scale in, or give them work.",
    )
    underused = specs(
        "Underused",
        utilisation,
        thresholds.underused,
        _BELOW,
        f"Accelerators of {name} were used less than {{value}}% in every hour of {{lasting}}. A smaller type, or fewer of them, may do.",
    )
    return (*idle, *underused)


def latency(name: str, milliseconds: Formula, thresholds: AlarmThresholds) -> tuple[AlarmSpec, ...]:
    """Slow answers."""
    said = f"The slowest hundredth of the answers of {name} took longer than {{value}} ms for {{lasting}}."
    return tuple(specs("Latency", milliseconds, thresholds.latency, _ABOVE, said))


def errors(name: str, percent: Formula, thresholds: AlarmThresholds) -> tuple[AlarmSpec, ...]:
    """Requests that fail on the side of the service."""
    said = f"More than {{value}}% of the requests to {name} failed for {{lasting}}."
    return tuple(specs("Errors", percent, thresholds.errors, _ABOVE, said))


def backlog(name: str, minutes: Formula, thresholds: AlarmThresholds) -> tuple[AlarmSpec, ...]:
    """Requests that wait too long."""
    said = f"The oldest request to {name} waited longer than {{value}} minutes for {{lasting}}."
    return tuple(specs("Backlog", minutes, thresholds.backlog, _ABOVE, said))


def harm(name: str, percent: Formula, thresholds: AlarmThresholds) -> tuple[AlarmSpec, ...]:
    """A guardrail that steps in often."""
    said = f"The guardrail {name} stepped in in more than {{value}}% of the requests for {{lasting}}."
    return tuple(specs("Harm", percent, thresholds.harm, _ABOVE, said))


def failures(name: str, count: Formula, thresholds: AlarmThresholds) -> tuple[AlarmSpec, ...]:
    """Runs that failed within a time, counted together: one failure is told once."""
    for limit in thresholds.failures.values():
        _require_a_day("failures", limit)
    return tuple(
        replace(each, period_seconds=each.period_seconds * each.periods, periods=1)
        for each in specs(
            "Failed", count, thresholds.failures, _FROM, f"At least {{value}} run of {name} failed within {{lasting}}."
        )
    )


def standstill(
    name: str, loss: Formula, utilisation: Formula | None, thresholds: AlarmThresholds
) -> tuple[AlarmSpec, ...]:
    """Training whose loss does not fall by the hour, or that is busy and publishes none: a loss that is not a number is never published."""
    found = []
    for severity, limit in thresholds.standstill.items():
        _require_hours("standstill", limit)
        found.append(
            AlarmSpec(
                f"Standstill-{severity}",
                severity,
                loss.call("DIFF"),
                -limit.value,
                _FROM if limit.value == 0 else _ABOVE,
                _HOUR,
                int(limit.lasting.to_hours()),
                f"The loss of {name} did not fall for {_lasting(limit)}. Stop the run, or lower its learning rate.",
            )
        )
    if utilisation is not None and utilisation.can_alarm:
        silent = Formula(
            f"IF(FILL({loss.expression}, -1) == -1, {utilisation.expression}, 0)",
            {**loss.metrics, **utilisation.metrics},
        )
        said = f"Accelerators of {name} are busier than {{value}}% and published no loss for {{lasting}}. It may not be a number any more."
        found.extend(specs("Silent", silent, thresholds.silence, _ABOVE, said))
    return tuple(found)


def over_budget(name: str, what: str, total: Formula, limits: Thresholds, unit: str) -> tuple[AlarmSpec, ...]:
    """A rate above its line."""
    return tuple(specs(name, total, limits, _ABOVE, f"{what} takes more than {{value}} {unit} for {{lasting}}."))


def specs(
    name: str,
    watched: Formula,
    thresholds: Thresholds,
    comparison: cloudwatch.ComparisonOperator,
    description: str,
) -> Iterator[AlarmSpec]:
    """One alarm for each severity; `description` may name ``{value}`` and ``{lasting}``."""
    for severity, limit in thresholds.items():
        yield AlarmSpec(
            f"{name}-{severity}",
            severity,
            watched,
            limit.value,
            comparison,
            limit.period_seconds,
            limit.periods,
            description.format(value=f"{limit.value:g}", lasting=_lasting(limit)),
        )


def _lasting(limit: Threshold) -> str:
    minutes = limit.lasting.to_minutes()
    return f"{minutes / 60:g} h" if minutes >= 60 else f"{minutes:g} minutes"


def _require_a_day(name: str, limit: Threshold) -> None:
    if limit.lasting.to_seconds() > _DAY:
        raise InvalidValueError(
            f"lasting of {name} is {_lasting(limit)}; they are counted in one period, which CloudWatch allows up to 24 h, for instance "
            "Duration.days(1)"
        )


def _require_hours(name: str, limit: Threshold) -> None:
    if limit.lasting.to_seconds() % _HOUR:
        raise InvalidValueError(
            f"lasting of {name} is {limit.lasting.to_minutes():g} minutes; the loss is compared by the hour, so give whole hours, "
            "for instance Duration.hours(3)"
        )
