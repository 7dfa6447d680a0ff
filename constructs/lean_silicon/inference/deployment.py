"""How an endpoint moves to a new model: in steps, and back by itself where an alarm rings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sagemaker as sagemaker

from lean_silicon.exceptions import InvalidValueError

_LONGEST_WAIT = 3600
_LARGEST_SHARE = 50
"""SageMaker: a canary or a step is at most half of the fleet."""
_MOST_ALARMS = 10
_KEPT_AFTER = 300
"""Seconds that the old machines stay after the change, so that going back needs none to start."""


class _Kind(str, Enum):
    ALL_AT_ONCE = "ALL_AT_ONCE"
    CANARY = "CANARY"
    LINEAR = "LINEAR"
    ROLLING = "ROLLING"


@dataclass(frozen=True)
class Deployment:
    """How a new model takes over. Use one of the methods.

    Blue/green (`all_at_once`, `canary`, `linear`) starts a second fleet beside the first; `rolling` replaces a part at a time and needs no
    second fleet. Inference components know rolling only.

    Raises
    ------
    InvalidValueError
        If the share or the wait is out of what SageMaker takes, or there are too many alarms.
    """

    kind: str
    share_percent: int | None
    wait: Duration
    alarms: tuple[cloudwatch.IAlarm, ...] = ()

    def __post_init__(self) -> None:
        share = self.share_percent
        least = 5 if self.kind == _Kind.ROLLING else 10 if self.kind == _Kind.LINEAR else 1
        if share is not None and not least <= share <= _LARGEST_SHARE:
            raise InvalidValueError(
                f"the share of a {self.kind.lower()} deployment is {share}%; SageMaker takes {least} to {_LARGEST_SHARE}"
            )
        if self.wait.to_seconds() > _LONGEST_WAIT:
            raise InvalidValueError(
                f"the wait of a deployment is {self.wait.to_seconds():g} s; SageMaker takes at most {_LONGEST_WAIT}"
            )
        if len(self.alarms) >= _MOST_ALARMS:
            raise InvalidValueError(
                f"the deployment has {len(self.alarms)} alarms; SageMaker takes {_MOST_ALARMS - 1} beside the endpoint's own"
            )

    @classmethod
    def all_at_once(cls, *, wait: Duration | None = None, alarms: Sequence[cloudwatch.IAlarm] = ()) -> Deployment:
        """All requests move to a second fleet together; `wait` is how long alarms are watched then. Default: 10 minutes."""
        return cls(_Kind.ALL_AT_ONCE, None, wait or Duration.minutes(10), tuple(alarms))

    @classmethod
    def canary(
        cls, *, share_percent: int = 50, wait: Duration | None = None, alarms: Sequence[cloudwatch.IAlarm] = ()
    ) -> Deployment:
        """A part of the fleet first, the rest after `wait`. Needs two instances at least."""
        return cls(_Kind.CANARY, share_percent, wait or Duration.minutes(10), tuple(alarms))

    @classmethod
    def linear(
        cls, *, share_percent: int = 50, wait: Duration | None = None, alarms: Sequence[cloudwatch.IAlarm] = ()
    ) -> Deployment:
        """Part after part, with `wait` between. Needs two instances at least."""
        return cls(_Kind.LINEAR, share_percent, wait or Duration.minutes(10), tuple(alarms))

    @classmethod
    def rolling(
        cls, *, share_percent: int = 50, wait: Duration | None = None, alarms: Sequence[cloudwatch.IAlarm] = ()
    ) -> Deployment:
        """Part after part on as many new machines, without a second fleet. On the variant itself it needs two instances at least."""
        return cls(_Kind.ROLLING, share_percent, wait or Duration.minutes(5), tuple(alarms))

    @classmethod
    def default_for(cls, *, components: bool, minimum: int) -> Deployment:
        """Rolling for inference components; a canary of half the fleet where there are two instances, else all at once."""
        if components:
            return cls.rolling()
        return cls.canary() if minimum > 1 else cls.all_at_once()

    def of_endpoint(self, minimum: int, own: cloudwatch.IAlarm) -> sagemaker.CfnEndpoint.DeploymentConfigProperty:
        """For a model on the variant itself, of at least `minimum` instances."""
        if self.share_percent is not None and minimum < 2:
            raise InvalidValueError(
                f"a {self.kind.lower()} deployment needs two instances at least, and this endpoint may have {minimum}; use "
                "Deployment.all_at_once(), which goes back on the same alarms, or CopyScaling(minimum=2)"
            )
        rollback = sagemaker.CfnEndpoint.AutoRollbackConfigProperty(
            alarms=[sagemaker.CfnEndpoint.AlarmProperty(alarm_name=each.alarm_name) for each in (own, *self.alarms)]
        )
        seconds = int(self.wait.to_seconds())
        if self.kind == _Kind.ROLLING:
            policy = sagemaker.CfnEndpoint.RollingUpdatePolicyProperty(
                maximum_batch_size=self._endpoint_share(), wait_interval_in_seconds=seconds
            )
            return sagemaker.CfnEndpoint.DeploymentConfigProperty(
                rolling_update_policy=policy, auto_rollback_configuration=rollback
            )
        routing = sagemaker.CfnEndpoint.TrafficRoutingConfigProperty(
            type=_Kind(self.kind).value,
            wait_interval_in_seconds=seconds,
            canary_size=self._endpoint_share() if self.kind == _Kind.CANARY else None,
            linear_step_size=self._endpoint_share() if self.kind == _Kind.LINEAR else None,
        )
        return sagemaker.CfnEndpoint.DeploymentConfigProperty(
            blue_green_update_policy=sagemaker.CfnEndpoint.BlueGreenUpdatePolicyProperty(
                traffic_routing_configuration=routing, termination_wait_in_seconds=_KEPT_AFTER
            ),
            auto_rollback_configuration=rollback,
        )

    def of_component(
        self, minimum: int, own: cloudwatch.IAlarm
    ) -> sagemaker.CfnInferenceComponent.InferenceComponentDeploymentConfigProperty:
        """For an inference component of at least `minimum` copies."""
        if self.kind != _Kind.ROLLING:
            raise InvalidValueError(
                f"a {self.kind.lower()} deployment is for a model on the variant itself; inference components know "
                "Deployment.rolling() only. Or give inference_components=False"
            )
        component = sagemaker.CfnInferenceComponent
        return component.InferenceComponentDeploymentConfigProperty(
            rolling_update_policy=component.InferenceComponentRollingUpdatePolicyProperty(
                # A share of a single copy is none.
                maximum_batch_size=component.InferenceComponentCapacitySizeProperty(
                    type="CAPACITY_PERCENT" if minimum > 1 else "COPY_COUNT",
                    value=self.share_percent if minimum > 1 and self.share_percent else 1,
                ),
                wait_interval_in_seconds=int(self.wait.to_seconds()),
            ),
            auto_rollback_configuration=component.AutoRollbackConfigurationProperty(
                alarms=[component.AlarmProperty(alarm_name=each.alarm_name) for each in (own, *self.alarms)]
            ),
        )

    def _endpoint_share(self) -> sagemaker.CfnEndpoint.CapacitySizeProperty:
        return sagemaker.CfnEndpoint.CapacitySizeProperty(type="CAPACITY_PERCENT", value=self.share_percent or 1)
