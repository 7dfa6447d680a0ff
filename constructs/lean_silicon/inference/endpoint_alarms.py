"""Two alarms of every endpoint: requests fail, and machines are paid for that nobody asks."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

_FAILING_SHARE = 0.01
_IDLE_HOURS = 6

IDLE_GPU_PERCENT = 5
"""What a GPU that answers nobody stays under."""


def errors_alarm(scope: Construct, metric: cloudwatch.Metric, *, takes_back: bool = True) -> cloudwatch.Alarm:
    """Rings when more than one request in a hundred fails, two minutes in a row.

    `takes_back` says whether a deployment looks at it, and a new model is then taken back.
    """
    consequence = " A deployment under way goes back to the model before." if takes_back else ""
    return metric.with_(period=Duration.minutes(1)).create_alarm(
        scope,
        "ErrorsAlarm",
        alarm_description=f"More than 1% of the requests fail.{consequence}",
        threshold=_FAILING_SHARE,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=2,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


def idle_alarm(scope: Construct, metric: cloudwatch.Metric, *, below: float = 1) -> cloudwatch.Alarm:
    """Rings when the metric stayed below a number for six hours. Missing data does not ring: an endpoint at zero publishes nothing."""
    return metric.with_(period=Duration.hours(1)).create_alarm(
        scope,
        "IdleAlarm",
        alarm_description=(
            f"Nobody asked for {_IDLE_HOURS} h, and machines wait. Let it scale to zero, give it opening hours, or delete it."
        ),
        threshold=below,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=_IDLE_HOURS,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
