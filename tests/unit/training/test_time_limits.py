"""Time limits: what is left out is filled in, what cannot be is left to deployment."""

from __future__ import annotations

from aws_cdk import Duration, Token

from lean_silicon.training.time_limits import TimeLimits


def test_without_a_wait_spot_jobs_get_twice_their_run() -> None:
    limits = TimeLimits.of(Duration.hours(8), None, spot=True)
    assert limits.to_request() == {"MaxRuntimeInSeconds": 28_800, "MaxWaitTimeInSeconds": 57_600}


def test_but_no_more_than_28_days() -> None:
    limits = TimeLimits.of(Duration.days(20), None, spot=True)
    assert limits.to_request()["MaxWaitTimeInSeconds"] == 28 * 86_400


def test_on_demand_jobs_do_not_wait() -> None:
    assert TimeLimits.of(Duration.hours(8), None, spot=False).to_request() == {"MaxRuntimeInSeconds": 28_800}


def test_step_functions_gives_up_two_days_after_sagemaker_should_have() -> None:
    assert TimeLimits.of(Duration.days(1), Duration.days(2), spot=True).give_up_seconds == 4 * 86_400


def test_a_limit_that_deployment_decides_is_passed_on() -> None:
    limits = TimeLimits.of(Duration.seconds(Token.as_number({"Ref": "Seconds"})), None, spot=True)
    assert limits.give_up_seconds is None
    assert limits.to_request()["MaxRuntimeInSeconds"] == limits.to_request()["MaxWaitTimeInSeconds"]
