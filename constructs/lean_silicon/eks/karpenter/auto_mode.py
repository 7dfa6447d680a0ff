"""`AutoModeNodePool`: the same pool for clusters in EKS Auto Mode, where EKS runs Karpenter, drivers and device plug-ins itself."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from lean_silicon.eks.cluster import AcceleratedCluster
from lean_silicon.eks.cluster_base import AcceleratedClusterBase, check_accelerated
from lean_silicon.eks.karpenter.capacity import CapacityType
from lean_silicon.eks.karpenter.disruption import Disruption
from lean_silicon.eks.karpenter.limits import PoolLimits
from lean_silicon.eks.karpenter.manifests import NodeVolumes, auto_mode_node_class
from lean_silicon.eks.karpenter.node_pool_base import NodePoolBase, PoolRequest
from lean_silicon.eks.permissions import allow_node
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload

_VOLUME_GIB = 200


class AutoModeNodePool(NodePoolBase):
    """Nodes that EKS Auto Mode starts for a workload, on the silicon that does it with the least.

    It admits what `EfficientNodePool` admits. The cluster must be in Auto Mode (`AcceleratedCluster.from_cluster` wraps one); EKS brings
    images, drivers and device plug-ins, so no add-on of `lean_silicon.eks.addons` is needed for its nodes but for EFA.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        A cluster in Auto Mode.
    workload, limits, instance_types, capacity_types, reservations, disruption, name
        As of `EfficientNodePool`.
    encryption_key
        Of the nodes' volumes. Default: EKS's own.

    Raises
    ------
    InvalidValueError
        As `EfficientNodePool`, and if the cluster was made here, without Auto Mode.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        workload: Workload,
        limits: PoolLimits,
        instance_types: Sequence[str] | None = None,
        capacity_types: Sequence[CapacityType] | None = None,
        reservations: Sequence[str] = (),
        disruption: Disruption | None = None,
        encryption_key: kms.IKey | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        check_accelerated(cluster)
        if isinstance(cluster, AcceleratedCluster):
            raise InvalidValueError(
                f"the cluster {cluster.node.path!r} is not in EKS Auto Mode, so nothing there knows its class of nodes; use Karpenter and "
                "EfficientNodePool, or wrap a cluster in Auto Mode with AcceleratedCluster.from_cluster"
            )
        self.cluster = cluster
        self._design = self._plan(
            PoolRequest(workload, limits, instance_types, capacity_types, reservations, disruption, name),
            ("eks.amazonaws.com", "NodeClass"),
        )
        self.node_role: iam.IRole = self._new_node_role()
        self.manifest = self._apply(
            auto_mode_node_class(
                self.pool_name,
                role=self.node_role.role_name,
                subnets=[each.subnet_id for each in cluster.node_subnets],
                security_groups=[cluster.node_security_group_id],
                volumes=NodeVolumes(_VOLUME_GIB, None if encryption_key is None else encryption_key.key_arn),
                reservations=reservations,
            )
        )
        self.manifest.node.add_dependency(self._access)

    def _new_node_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "NodeRole",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            description=f"Nodes that EKS Auto Mode starts for {self.pool_name}",
        )
        allow_node(role, self.cluster.cluster.cluster_arn)
        # EKS makes the entry for its built-in classes only (EKS User Guide, "Create a Node Class")
        self._access = eks.CfnAccessEntry(
            self,
            "NodeAccess",
            cluster_name=self.cluster.cluster_name,
            principal_arn=role.role_arn,
            type="EC2",
            access_policies=[
                eks.CfnAccessEntry.AccessPolicyProperty(
                    policy_arn=f"arn:{Stack.of(self).partition}:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy",
                    access_scope=eks.CfnAccessEntry.AccessScopeProperty(type="cluster"),
                )
            ],
        )
        return role
