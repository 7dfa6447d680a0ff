"""Application Auto Scaling of an endpoint: copies follow the requests, go to zero, and come back from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lean_silicon.inference.copy_scaling import CopyScaling

_NAMESPACE = "sagemaker"
COMPONENT_COPIES = "sagemaker:inference-component:DesiredCopyCount"
VARIANT_INSTANCES = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY = {
    COMPONENT_COPIES: "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
    VARIANT_INSTANCES: "SageMakerVariantConcurrentRequestsPerModelHighResolution",
}
"""Requests in flight, measured every ten seconds: seen long before invocations per minute rise."""

_COOLDOWN = Duration.minutes(5)
_FROM_ZERO_COOLDOWN = 60


@dataclass(frozen=True)
class Capacity:
    """How many copies there may be, and what scaling aims at.

    `minimum` and `maximum` in copies; `concurrent_requests` in flight for each of them.
    """

    minimum: int
    maximum: int
    concurrent_requests: int
    scale_in_cooldown: Duration = _COOLDOWN
    scale_out_cooldown: Duration = _COOLDOWN

    @classmethod
    def of(cls, wanted: CopyScaling, minimum: int, maximum: int, concurrent_requests: int) -> Capacity:
        """What the user wants, completed."""
        return cls(
            minimum,
            maximum,
            wanted.concurrent_requests or concurrent_requests,
            wanted.scale_in_cooldown or _COOLDOWN,
            wanted.scale_out_cooldown or _COOLDOWN,
        )


def scalable_target(
    scope: Construct,
    *,
    resource_id: str,
    dimension: str,
    capacity: Capacity,
    actions: Sequence[autoscaling.CfnScalableTarget.ScheduledActionProperty] = (),
) -> autoscaling.CfnScalableTarget:
    """The target; Application Auto Scaling uses its own service-linked role."""
    return autoscaling.CfnScalableTarget(
        scope,
        "ScalableTarget",
        service_namespace=_NAMESPACE,
        scalable_dimension=dimension,
        resource_id=resource_id,
        min_capacity=capacity.minimum,
        max_capacity=capacity.maximum,
        scheduled_actions=list(actions) or None,
    )


def follow_concurrency(scope: Construct, target: autoscaling.CfnScalableTarget, capacity: Capacity) -> None:
    """Keep the requests in flight for each copy at the target."""
    policy = autoscaling.CfnScalingPolicy
    _target_tracking(
        scope,
        target,
        policy.TargetTrackingScalingPolicyConfigurationProperty(
            target_value=capacity.concurrent_requests,
            predefined_metric_specification=policy.PredefinedMetricSpecificationProperty(
                predefined_metric_type=CONCURRENCY[target.scalable_dimension]
            ),
            scale_in_cooldown=int(capacity.scale_in_cooldown.to_seconds()),
            scale_out_cooldown=int(capacity.scale_out_cooldown.to_seconds()),
        ),
    )


def follow_backlog(
    scope: Construct, target: autoscaling.CfnScalableTarget, capacity: Capacity, endpoint_name: str
) -> None:
    """Keep the requests that wait for each instance at the target."""
    policy = autoscaling.CfnScalingPolicy
    _target_tracking(
        scope,
        target,
        policy.TargetTrackingScalingPolicyConfigurationProperty(
            target_value=capacity.concurrent_requests,
            customized_metric_specification=policy.CustomizedMetricSpecificationProperty(
                namespace="AWS/SageMaker",
                metric_name="ApproximateBacklogSizePerInstance",
                dimensions=[policy.MetricDimensionProperty(name="EndpointName", value=endpoint_name)],
                statistic="Average",
            ),
            scale_in_cooldown=int(capacity.scale_in_cooldown.to_seconds()),
            scale_out_cooldown=int(capacity.scale_out_cooldown.to_seconds()),
        ),
    )


def start_from_zero(scope: Construct, target: autoscaling.CfnScalableTarget, metric: cloudwatch.Metric) -> None:
    """Add the first copy when `metric` says that requests find none.

    Target tracking cannot do it: it divides by the number of copies.
    """
    policy = autoscaling.CfnScalingPolicy
    step = policy(
        scope,
        "FromZero",
        policy_name="from-zero",
        policy_type="StepScaling",
        scaling_target_id=target.ref,
        step_scaling_policy_configuration=policy.StepScalingPolicyConfigurationProperty(
            adjustment_type="ChangeInCapacity",
            metric_aggregation_type="Maximum",
            cooldown=_FROM_ZERO_COOLDOWN,
            step_adjustments=[policy.StepAdjustmentProperty(metric_interval_lower_bound=0, scaling_adjustment=1)],
        ),
    )
    cloudwatch.CfnAlarm(
        scope,
        "FromZeroAlarm",
        alarm_description="Somebody asks and no copy of the model is there: the first one starts",
        namespace=metric.namespace,
        metric_name=metric.metric_name,
        dimensions=[
            cloudwatch.CfnAlarm.DimensionProperty(name=str(name), value=str(value))
            for name, value in (metric.dimensions or {}).items()
        ],
        statistic=metric.statistic,
        period=60,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        threshold=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        treat_missing_data="missing",
        alarm_actions=[step.ref],
    )


def _target_tracking(
    scope: Construct,
    target: autoscaling.CfnScalableTarget,
    configuration: autoscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty,
) -> None:
    autoscaling.CfnScalingPolicy(
        scope,
        "FollowRequests",
        policy_name="follow-requests",
        policy_type="TargetTrackingScaling",
        scaling_target_id=target.ref,
        target_tracking_scaling_policy_configuration=configuration,
    )
