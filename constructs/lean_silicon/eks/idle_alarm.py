"""An alarm on accelerators that are paid for and do nothing."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lean_silicon.eks.scheduling import Silicon
from lean_silicon.exceptions import InvalidValueError

_NAMESPACE = "ContainerInsights"
_UTILISATION = {"neuron": "node_neuroncore_utilization", "gpu": "node_gpu_utilization"}
"""Percent, as the add-on amazon-cloudwatch-observability publishes it, also by ``ClusterName`` alone (CloudWatch User Guide, "Amazon EKS
and Kubernetes Container Insights with enhanced observability metrics"; aws/amazon-cloudwatch-agent, awsemf/kubernetes.go)."""
_PERIOD = Duration.hours(1)
_MOST_HOURS = 24


@dataclass(frozen=True)
class IdleAlarm:
    """When accelerators count as idle.

    Parameters
    ----------
    below_percent
        Mean utilisation of all accelerators of the kind in the cluster. Default: 5, which only nodes without work stay under.
    hours
        For how long. Default: 4, so that a pause between two runs does not ring.

    Raises
    ------
    InvalidValueError
        If either is out of range.
    """

    below_percent: float = 5
    hours: int = 4

    def __post_init__(self) -> None:
        if not 0 < self.below_percent <= 100:
            raise InvalidValueError(
                f"below_percent is {self.below_percent}; it must be above 0 and at most 100. 5 is usual"
            )
        if not 1 <= self.hours <= _MOST_HOURS:
            raise InvalidValueError(
                f"hours is {self.hours}; a CloudWatch alarm with periods of an hour looks back at most a day, so it must be 1 to 24"
            )


def utilisation_metric(cluster_name: str, silicon: Silicon) -> cloudwatch.Metric:
    """Utilisation of a kind of accelerator over all nodes of a cluster, percent."""
    return cloudwatch.Metric(
        namespace=_NAMESPACE,
        metric_name=_UTILISATION[silicon.kind],
        dimensions_map={"ClusterName": cluster_name},
        period=_PERIOD,
        statistic="Average",
    )


def alarm_when_idle(cluster: Construct, cluster_name: str, silicon: Silicon, spec: IdleAlarm) -> cloudwatch.Alarm:
    """The alarm of a cluster for a kind of accelerator, made once: the first group with such accelerators says when it rings.

    Missing data does not ring: a cluster without such nodes publishes nothing.
    """
    construct_id = f"Idle-{silicon.kind}"
    existing = cluster.node.try_find_child(construct_id)
    if isinstance(existing, cloudwatch.Alarm):
        return existing
    return utilisation_metric(cluster_name, silicon).create_alarm(
        cluster,
        construct_id,
        alarm_description=(
            f"{silicon.resource} of the cluster {cluster_name} were busy less than {spec.below_percent:g}% of {spec.hours} h. "
            "Scale their node groups down, or give them work."
        ),
        threshold=spec.below_percent,
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=spec.hours,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
