"""Metrics of accelerators, and logs, in CloudWatch."""

from __future__ import annotations

from typing import Any

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_logs as logs
from constructs import Construct

from lean_silicon.eks.addons.permissions import allow_agent
from lean_silicon.eks.addons.versions import OBSERVABILITY
from lean_silicon.eks.cluster_base import AcceleratedClusterBase

_SERVICE_ACCOUNT = "cloudwatch-agent"
_LOGS = ("application", "dataplane", "host", "performance")
"""What the add-on writes below ``/aws/containerinsights/<cluster>`` (CloudWatch User Guide, "Send logs to CloudWatch Logs")."""


class CloudWatchObservability(Construct):
    """EKS's CloudWatch add-on, pinned: how busy Neuron devices and GPUs are, node by node and pod by pod, and what pods log.

    Its log groups are made here, so that they end: the add-on's own would be kept for ever.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        What is watched.
    neuron, gpus
        Whether there are nodes with Neuron devices, with NVIDIA GPUs. Default: Neuron devices.
    container_logs
        Whether the pods' logs are sent. Default: yes.
    retention
        How long logs are kept. Default: a month.
    removal_policy
        Of the logs. Default: retain.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        neuron: bool = True,
        gpus: bool = False,
        container_logs: bool = True,
        retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_groups = tuple(
            logs.LogGroup(
                self,
                f"{name.capitalize()}Logs",
                log_group_name=f"/aws/containerinsights/{cluster.cluster_name}/{name}",
                retention=retention,
                removal_policy=removal_policy,
            )
            for name in _LOGS
        )
        role = cluster.pod_role("ObservabilityRole", description=f"Metrics and logs of {cluster.node.path}")
        allow_agent(role, Stack.of(self), cluster.cluster_name)
        self.addon = cluster.add_managed_addon(
            "Observability",
            OBSERVABILITY.name,
            OBSERVABILITY.version,
            observability_configuration(neuron=neuron, gpus=gpus, container_logs=container_logs),
            role=role,
            service_account=_SERVICE_ACCOUNT,
        )
        self.addon.node.add_dependency(*self.log_groups)


def observability_configuration(*, neuron: bool, gpus: bool, container_logs: bool) -> dict[str, Any]:
    """The add-on's configuration: an exporter for each kind of accelerator that is there."""
    return {
        "containerLogs": {"enabled": container_logs},
        "neuronMonitor": {"enabled": neuron},
        "dcgmExporter": {"enabled": gpus},
    }
