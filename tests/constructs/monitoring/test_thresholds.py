"""Thresholds and budgets that CloudWatch would refuse fail early and say what to write."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import Duration, Stack

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.monitoring import AlarmThresholds, Budget, Capability, EfficiencyDashboard, Severity, Threshold


@pytest.mark.parametrize(
    ("lasting", "period", "periods"),
    [
        (Duration.minutes(1), 60, 1),
        (Duration.minutes(10), 60, 10),
        (Duration.minutes(15), 300, 3),
        (Duration.hours(6), 300, 72),
        (Duration.days(1), 3600, 24),
        (Duration.days(7), 3600, 168),
    ],
)
def test_a_time_becomes_periods_that_an_alarm_takes(lasting: Duration, period: int, periods: int) -> None:
    threshold = Threshold(5, lasting)

    assert (threshold.period_seconds, threshold.periods) == (period, periods)


@pytest.mark.parametrize(
    "lasting", [Duration.seconds(30), Duration.minutes(12), Duration.minutes(390), Duration.days(8)]
)
def test_a_time_that_no_alarm_looks_back_fails(lasting: Duration) -> None:
    with pytest.raises(InvalidValueError, match=r"lasting is .* an alarm takes"):
        Threshold(5, lasting)


def test_the_defaults_are_those_of_the_documentation() -> None:
    found = AlarmThresholds()

    assert found.idle == {Severity.WARNING: Threshold(5, found.idle[Severity.WARNING].lasting)}
    assert found.idle[Severity.WARNING].lasting.to_hours() == 1
    assert found.underused[Severity.NOTICE].value == 30
    assert found.underused[Severity.NOTICE].lasting.to_days() == 1


def test_a_budget_of_nothing_fails() -> None:
    with pytest.raises(InvalidValueError, match="the budget says nothing"):
        Budget()


@pytest.mark.parametrize(
    "given", [{"usd_per_hour": 0}, {"usd_per_hour": -1}, {"watts": 0}, {"usd_per_hour": float("nan")}]
)
def test_a_budget_that_is_not_above_zero_fails(given: dict[str, float]) -> None:
    with pytest.raises(InvalidValueError, match="must be above zero"):
        Budget(given.get("usd_per_hour"), given.get("watts"))


@pytest.mark.parametrize("idle", [{"warning": 5}, {"bad": Threshold(5, Duration.hours(1))}, 5])
def test_thresholds_that_are_no_map_from_severities_fail(idle: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"idle is .* it takes a map from Severity to Threshold"):
        AlarmThresholds(idle=idle)


@pytest.mark.parametrize("budget", [40, {Capability.SERVING: 40}])
def test_a_number_is_no_budget(budget: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"budget is .* for instance Budget\(usd_per_hour=40\)"):
        EfficiencyDashboard(Stack(), "Efficiency", budget=budget)


def test_what_is_no_construct_of_the_library_cannot_be_observed() -> None:
    with pytest.raises(InvalidValueError, match=r"'chat' cannot be observed here; .*\(EndpointBase\).*monitor_custom"):
        EfficiencyDashboard(Stack(), "Efficiency").monitor_endpoint("chat")  # type: ignore[arg-type]
