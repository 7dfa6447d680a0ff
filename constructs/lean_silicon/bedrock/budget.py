"""A limit on what a model may cost in a day, watched by an alarm on its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from lean_silicon.bedrock.model_choice_base import ModelChoiceBase
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import TokenPrice


@dataclass(frozen=True)
class DailyBudget:
    """What a model may cost a day, in USD, by its tokens and the packaged list price.

    It alarms on the same day, and deploys by CloudFormation alone. It knows neither discounts, cached tokens, batch prices nor tax, and it
    tells rather than stops. A budget of AWS Budgets by the profile's tags knows the bill, some hours late, once somebody has activated
    the tag for cost allocation in the billing console, which CloudFormation cannot do.

    Parameters
    ----------
    usd
        USD of a day, as CloudWatch takes its periods.
    notify
        Topics that are told when the day's tokens have cost more, and when the next day is fine again.

    Raises
    ------
    InvalidValueError
        If `usd` is not above zero.
    """

    usd: float
    notify: Sequence[sns.ITopic] = ()

    def __post_init__(self) -> None:
        if not self.usd > 0:
            raise InvalidValueError(f"the daily budget is {self.usd} USD; it must be above 0")

    def watch(self, scope: Construct, model: ModelChoiceBase, price: TokenPrice | None) -> cloudwatch.Alarm:
        """The alarm. Raises InvalidValueError where the price is not known."""
        if price is None:
            raise InvalidValueError(
                "a budget needs the price of the model's tokens, which this release does not know for this region; run "
                "`lean-silicon catalog refresh` with credentials of the account, or leave the budget out"
            )
        spent = spent_usd(model, price)
        alarm = spent.create_alarm(
            scope,
            "Budget",
            alarm_description=f"The day's tokens cost more than {self.usd:g} USD at list price",
            threshold=self.usd,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        for topic in self.notify:
            alarm.add_alarm_action(actions.SnsAction(topic))
            alarm.add_ok_action(actions.SnsAction(topic))
        return alarm


def spent_usd(model: ModelChoiceBase, price: TokenPrice, period: Duration | None = None) -> cloudwatch.MathExpression:
    """What the tokens of a period cost at list price, USD. Default: a day."""
    span = period or Duration.days(1)
    written = price.written.likely if price.written is not None else 0
    return cloudwatch.MathExpression(
        expression=f"(FILL(read, 0) * {price.read.likely:g} + FILL(written, 0) * {written:g}) / 1000000",
        using_metrics={
            "read": model.metric_input_tokens(period=span),
            "written": model.metric_output_tokens(period=span),
        },
        label="USD at list price",
        period=span,
    )
