"""Serving deployments that are off while nobody asks: KEDA scales them by a queue or by a metric, from none to a most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs

from lean_silicon.eks.addons.operators import Keda
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow

_IDENTITY = "aws"


@dataclass(frozen=True)
class ScaleToZero:
    """By what a deployment scales. Use `on_queue` or `on_metric`.

    Parameters
    ----------
    keda
        KEDA on the cluster.
    most
        Replicas at most.
    each
        How much of what is measured one replica serves.
    queue, metric
        What is measured.
    cooldown
        How long nothing must come before the last replica goes. Default: half an hour, as long as the next one takes to start.

    Raises
    ------
    InvalidValueError
        If a number is not positive.
    """

    keda: Keda
    most: int
    each: float
    queue: sqs.IQueue | None = None
    metric: cloudwatch.Metric | None = None
    cooldown: Duration = Duration.minutes(30)

    def __post_init__(self) -> None:
        for name, value in (("most", self.most), ("each", self.each)):
            if value <= 0:
                raise InvalidValueError(f"{name} is {value}; it must be a positive number")

    @classmethod
    def on_queue(
        cls, keda: Keda, queue: sqs.IQueue, *, most: int, messages_each: int, cooldown: Duration | None = None
    ) -> ScaleToZero:
        """By how many messages wait: for requests that nobody waits for."""
        return cls(keda, most, messages_each, queue=queue, cooldown=cooldown or cls.cooldown)

    @classmethod
    def on_metric(
        cls, keda: Keda, metric: cloudwatch.Metric, *, most: int, each: float, cooldown: Duration | None = None
    ) -> ScaleToZero:
        """By a CloudWatch metric that is there while no replica runs, such as the requests of a load balancer."""
        return cls(keda, most, each, metric=metric, cooldown=cooldown or cls.cooldown)

    def manifests(self, stack: Stack, name: str, namespace: str, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        """``TriggerAuthentication`` and ``ScaledObject`` of a deployment. It lets KEDA read what is measured."""
        self._grant()
        metadata = {"name": name, "namespace": namespace, "labels": dict(labels)}
        identity = {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "TriggerAuthentication",
            "metadata": metadata,
            "spec": {"podIdentity": {"provider": _IDENTITY}},
        }
        scaled = {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "ScaledObject",
            "metadata": metadata,
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
                "minReplicaCount": 0,
                "maxReplicaCount": self.most,
                "pollingInterval": 30,
                "cooldownPeriod": int(self.cooldown.to_seconds()),
                "triggers": [{**self._trigger(stack), "authenticationRef": {"name": name}}],
            },
        }
        return [identity, scaled]

    def _grant(self) -> None:
        if self.queue is not None:
            allow(self.keda.role, ["sqs:GetQueueAttributes"], [self.queue.queue_arn])
        if self.metric is not None:
            allow(self.keda.role, ["cloudwatch:GetMetricData"], ["*"], why="GetMetricData has no resources.")

    def _trigger(self, stack: Stack) -> dict[str, Any]:
        if self.queue is not None:
            settings = {
                "queueURL": self.queue.queue_url,
                "queueLength": f"{self.each:g}",
                # Replicas stay while messages are in flight
                "scaleOnInFlight": "true",
                "awsRegion": stack.region,
            }
            return {"type": "aws-sqs-queue", "metadata": settings}
        if self.metric is None:
            raise InvalidValueError("nothing is measured; use ScaleToZero.on_queue or ScaleToZero.on_metric")
        dimensions: Mapping[str, Any] = self.metric.dimensions or {}
        settings = {
            "namespace": self.metric.namespace,
            "metricName": self.metric.metric_name,
            "metricStat": self.metric.statistic,
            "metricStatPeriod": f"{self.metric.period.to_seconds():g}",
            "targetMetricValue": f"{self.each:g}",
            "minMetricValue": "0",
            "awsRegion": stack.region,
        }
        if dimensions:
            settings["dimensionName"] = ";".join(dimensions)
            settings["dimensionValue"] = ";".join(str(each) for each in dimensions.values())
        return {"type": "aws-cloudwatch", "metadata": settings}
