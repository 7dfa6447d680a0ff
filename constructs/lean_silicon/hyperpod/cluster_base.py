"""What every cluster offers to others, created here or imported: access and metrics."""

from __future__ import annotations

from aws_cdk import Resource, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.hyperpod.permissions import METRIC_NAMESPACE, own_sessions, session_statements
from lean_silicon.least_privilege import acknowledge_wildcards


class SlurmClusterBase(Resource):
    """A HyperPod cluster with Slurm."""

    _name: str
    _arn: str

    @property
    def cluster_name(self) -> str:
        """The cluster's name."""
        return self._name

    @property
    def cluster_arn(self) -> str:
        """The cluster's ARN, which ends in its id."""
        return self._arn

    def grant_access(self, grantee: iam.IGrantable) -> None:
        """Let somebody see the nodes and open sessions on them through Systems Manager. There is no other way in."""
        for statement in session_statements(Stack.of(self), self.cluster_arn):
            grantee.grant_principal.add_to_principal_policy(statement)
        if isinstance(grantee, Construct):
            why = "A session's id is not known before it is opened; it begins with who opened it."
            acknowledge_wildcards(grantee, [own_sessions(Stack.of(self))], why)

    def metric(self, metric_name: str, *, instance_group: str) -> cloudwatch.Metric:
        """A metric that the nodes of a group publish, averaged over its nodes."""
        return cloudwatch.Metric(
            namespace=METRIC_NAMESPACE,
            metric_name=metric_name,
            dimensions_map={"ClusterName": self.cluster_name, "InstanceGroup": instance_group},
        )

    def metric_accelerator_utilization(self, instance_group: str) -> cloudwatch.Metric:
        """Utilisation of a group's accelerators, percent, idle devices counted."""
        return self.metric("AcceleratorUtilization", instance_group=instance_group)

    def metric_accelerator_memory_used(self, instance_group: str) -> cloudwatch.Metric:
        """Device memory in use on a node, bytes."""
        return self.metric("AcceleratorMemoryUsed", instance_group=instance_group)

    def metric_accelerator_power(self, instance_group: str) -> cloudwatch.Metric:
        """Measured power of a node's accelerators, W: GPUs only. On Trainium ``EstimatedAcceleratorPower`` stands in."""
        return self.metric("AcceleratorPower", instance_group=instance_group)


class ImportedSlurmCluster(SlurmClusterBase):
    """A cluster of another stack."""

    def __init__(self, scope: Construct, construct_id: str, *, cluster_arn: str, cluster_name: str) -> None:
        super().__init__(scope, construct_id)
        self._arn, self._name = cluster_arn, cluster_name
