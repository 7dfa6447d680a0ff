"""`Karpenter`: starts the machines that pods wait for, and ends them when nothing runs there."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.eks.addons.registry import ImageRegistry
from lean_silicon.eks.addons.versions import KARPENTER, KARPENTER_CRDS
from lean_silicon.eks.cluster_base import AcceleratedClusterBase, check_accelerated
from lean_silicon.eks.karpenter.interruptions import InterruptionQueue
from lean_silicon.eks.karpenter.permissions import allow_controller, allow_interruptions
from lean_silicon.eks.permissions import allow_node

NAMESPACE = "kube-system"
"""Where Karpenter recommends to run it, so that the API server's priority for the system's own calls covers it."""
SERVICE_ACCOUNT = "karpenter"
_CONTROLLER_RESOURCES = {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}
"""Karpenter's guide asks for one vCPU and 1 GiB; half a vCPU lets two controllers and the rest fit two small system nodes, and as there
is no limit on it, bursts are served."""


class Karpenter(Construct):
    """Karpenter on a cluster, with its queue of interruptions, its roles, and its definitions of resources, everything pinned.

    It runs on the cluster's system nodes and keeps the nodes of each `EfficientNodePool`. There is one in a cluster.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs.
    registry
        From where charts and images come. Default: from where their makers publish them (ECR Public).
    isolated
        Whether the VPC reaches only services with an endpoint, so that Karpenter must not ask IAM and the price list. Default: no.

    Examples
    --------
    >>> from aws_cdk import App, Environment, Stack
    >>> from lean_silicon.eks import AcceleratedCluster
    >>> stack = Stack(App(), "Serving", env=Environment(account="111122223333", region="us-east-2"))
    >>> karpenter = Karpenter(stack, "Karpenter", cluster=AcceleratedCluster(stack, "Cluster"))
    >>> karpenter.version
    '1.14.1'
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        registry: ImageRegistry | None = None,
        isolated: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        check_accelerated(cluster)
        self.cluster = cluster
        self.version = KARPENTER.version
        self.node_role: iam.IRole = self._new_node_role()
        self.instance_profile = iam.InstanceProfile(self, "NodeProfile", role=self.node_role)
        self.interruptions = InterruptionQueue(self, "Interruptions")
        self.controller_role: iam.IRole = self._new_controller_role()
        self.chart = self._install(registry or ImageRegistry.makers(), isolated)

    def _new_node_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "NodeRole",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            description=f"Nodes that Karpenter starts for {self.cluster.node.path}"[:1000],
        )
        allow_node(role, self.cluster.cluster.cluster_arn)
        entry = eks.CfnAccessEntry(
            self,
            "NodeAccess",
            cluster_name=self.cluster.cluster_name,
            principal_arn=role.role_arn,
            type="EC2_LINUX",
        )
        self._node_access = entry
        return role

    def _new_controller_role(self) -> iam.Role:
        cluster = self.cluster
        role = cluster.pod_role("KarpenterRole", description=f"Karpenter of {cluster.node.path}"[:1000])
        allow_controller(role, cluster.cluster_name, cluster.cluster.cluster_arn, self.node_role)
        allow_interruptions(role, self.interruptions.queue)
        self._identity = cluster.pod_identity("KarpenterIdentity", NAMESPACE, SERVICE_ACCOUNT, role)
        self._identity.node.add_dependency(role)
        return role

    def _install(self, registry: ImageRegistry, isolated: bool) -> eks.HelmChart:
        definitions = self.cluster.add_chart(
            "KarpenterDefinitions",
            chart=KARPENTER_CRDS.chart,
            repository=registry.chart_repository(KARPENTER_CRDS),
            version=KARPENTER_CRDS.version,
            namespace=NAMESPACE,
            values={},
        )
        chart = self.cluster.add_chart(
            "KarpenterChart",
            chart=KARPENTER.chart,
            repository=registry.chart_repository(KARPENTER),
            version=KARPENTER.version,
            namespace=NAMESPACE,
            values=controller_values(
                cluster_name=self.cluster.cluster_name,
                queue_name=self.interruptions.queue.queue_name,
                image=registry.image(KARPENTER.image("controller")),
                isolated=isolated,
            ),
        )
        # A pod that starts before its role is there gets no credentials until it starts again
        chart.node.add_dependency(definitions, self._identity, self._node_access, self.interruptions)
        return chart


def controller_values(*, cluster_name: str, queue_name: str, image: str, isolated: bool) -> dict[str, Any]:
    """Values of Karpenter's chart."""
    return {
        "serviceAccount": {"create": True, "name": SERVICE_ACCOUNT},
        "replicas": 2,
        "controller": {"image": {"repository": image}, "resources": _CONTROLLER_RESOURCES},
        "settings": {
            "clusterName": cluster_name,
            "interruptionQueue": queue_name,
            "isolatedVPC": isolated,
            "eksControlPlane": True,
        },
    }
