"""`AcceleratedCluster`: an EKS cluster that accelerated nodes can join, private, encrypted, logged, with Graviton under its own pods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aws_cdk import CfnResource, Names, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from lean_silicon.acceptance import accept
from lean_silicon.eks.acceptances import CONTROL_PLANE_ROLE, accept_kubectl
from lean_silicon.eks.access import ClusterAccess
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.eks.cluster_network import check_control_plane_subnets, new_vpc, node_subnets
from lean_silicon.eks.core_addons import install_dns, install_node_addons
from lean_silicon.eks.endpoint import EndpointAccess, check_endpoint
from lean_silicon.eks.kubectl import check_version, kubectl_layer_for
from lean_silicon.eks.names import check_cluster_name
from lean_silicon.eks.permissions import volume_key_statement
from lean_silicon.eks.system_nodes import SystemNodeGroup, SystemNodes
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import UTILISATION, Footprint


class AcceleratedCluster(AcceleratedClusterBase):
    """An EKS cluster with what accelerated nodes need, and nothing that they pay for twice.

    The API server is reached from the VPC only unless you say otherwise, secrets are encrypted with a key of the account, every kind of
    log is kept, pods get roles through EKS Pod Identity, people through access entries, and the system's own pods run on Graviton. Add
    nodes with `NeuronNodeGroup` and `GpuNodeGroup`.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    version
        Of Kubernetes. Default: 1.35.
    vpc
        Your own, with private subnets in two zones or more that reach ECR, S3, EKS, EC2 and STS. Default: a new one with private subnets in
        three zones (two where the region has no more), one NAT gateway and an S3 gateway endpoint.
    endpoint_access
        From where the Kubernetes API is reached. Default: from the VPC.
    encryption_key
        For what the Kubernetes API stores and the volumes of nodes. Default: a new key that rotates. One made elsewhere must let EC2
        use it for this account (`lean_silicon.eks.permissions.volume_key_statement`).
    system_nodes
        The nodes of the cluster's own pods: DNS, controllers. Default: two to four Graviton machines.
    access
        Who may use the Kubernetes API. Nobody is made an administrator silently, not even who creates the cluster.
    log_types
        Of the control plane. Default: all.
    cluster_name
        Default: made by CloudFormation. A cluster cannot be renamed.
    kubectl_layer
        The Lambda layer with kubectl and Helm for `add_manifest` and `add_chart`. Default: that of the package of the extra ``eks``, which
        serves Kubernetes 1.34 to 1.36.
    removal_policy
        Of the key. Default: retain.

    Raises
    ------
    InvalidValueError
        If the VPC has too few zones, no kubectl serves the version, or EKS does not take the name; if version or endpoint access are of
        another kind.

    Examples
    --------
    >>> from aws_cdk import App, Environment, Stack
    >>> stack = Stack(App(), "Serving", env=Environment(account="111122223333", region="us-east-2"))
    >>> cluster = AcceleratedCluster(stack, "Cluster")
    >>> cluster.endpoint_access.is_public
    False
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        version: eks.KubernetesVersion | None = None,
        vpc: ec2.IVpc | None = None,
        endpoint_access: EndpointAccess | None = None,
        encryption_key: kms.IKey | None = None,
        system_nodes: SystemNodes | None = None,
        access: Sequence[ClusterAccess] = (),
        log_types: Sequence[eks.ClusterLoggingTypes] | None = None,
        cluster_name: str | None = None,
        kubectl_layer: lambda_.ILayerVersion | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, construct_id)
        check_cluster_name(cluster_name)
        check_version(version)
        check_endpoint(endpoint_access)
        self.version = version or eks.KubernetesVersion.V1_35
        self.endpoint_access = endpoint_access or EndpointAccess.private()
        layer = kubectl_layer or kubectl_layer_for(self, self.version.version)
        network = vpc or new_vpc(self)
        self._subnets = node_subnets(network)
        check_control_plane_subnets(self._subnets)
        self.encryption_key = encryption_key or self._new_key(removal_policy)
        self.encryption_key.add_to_resource_policy(volume_key_statement(Stack.of(self)))
        made = self._new_cluster(network, layer, log_types, cluster_name)
        self._cluster = as_interface(made)
        for position, each in enumerate(access, start=1):
            self.grant_access(f"Access{position}", each.role, each.level, each.namespaces)
        self._node_addons = install_node_addons(self, self.version.version)
        self.system_nodes = SystemNodeGroup(self, system_nodes or SystemNodes())
        self._dns = install_dns(self, self.version.version, after=[self.system_nodes.resource])
        self._apply_after_log_groups(made)
        self._accept(made)

    @classmethod
    def from_cluster(
        cls, scope: Construct, construct_id: str, cluster: eks.ICluster | eks.Cluster
    ) -> AcceleratedClusterBase:
        """Add accelerated nodes, add-ons and charts to a cluster that exists.

        Parameters
        ----------
        scope, construct_id
            Where the additions belong.
        cluster
            The CDK's own construct, or an import with its VPC, security group and kubectl provider
            (`aws_eks_v2.Cluster.from_cluster_attributes`). It must have the VPC CNI, CoreDNS, the Pod Identity agent and the node
            monitoring agent already.
        """
        return WrappedCluster(scope, construct_id, cluster)

    @property
    def volume_key(self) -> kms.IKey:
        """The key of the cluster."""
        return self.encryption_key

    @property
    def readiness(self) -> Sequence[IConstruct]:
        """The pods' network and the system's nodes."""
        return (*self._node_addons, self.system_nodes.resource, self._dns)

    @property
    def node_readiness(self) -> Sequence[IConstruct]:
        """The pods' network and the agents that run on every node."""
        return self._node_addons

    def footprint(self, utilisation: float = UTILISATION) -> dict[str, Footprint]:
        """What an hour of the system's nodes costs at their minimum and at their maximum, with bands. The control plane is not in it.

        `utilisation` is how busy the nodes are, from 0 to 1.
        """
        return self.system_nodes.footprint(utilisation)

    def _new_cluster(
        self,
        vpc: ec2.IVpc,
        layer: lambda_.ILayerVersion,
        log_types: Sequence[eks.ClusterLoggingTypes] | None,
        cluster_name: str | None,
    ) -> eks.Cluster:
        cluster = eks.Cluster(
            self,
            "Cluster",
            version=self.version,
            cluster_name=cluster_name,
            vpc=vpc,
            vpc_subnets=[ec2.SubnetSelection(subnets=list(self._subnets))],
            endpoint_access=self.endpoint_access.render(),
            secrets_encryption_key=self.encryption_key,
            cluster_logging=list(eks.ClusterLoggingTypes if log_types is None else log_types),
            # Add-ons that EKS manages take the place of those that it would put there unmanaged
            bootstrap_self_managed_addons=False,
            bootstrap_cluster_creator_admin_permissions=False,
            default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
            default_capacity=0,
            core_dns_compute_type=eks.CoreDnsComputeType.EC2,
            output_config_command=False,
            kubectl_provider_options=eks.KubectlProviderOptions(
                kubectl_layer=layer, private_subnets=list(self._subnets)
            ),
        )
        # From 1.28 on everything in the API is encrypted, and what names "secrets" is deprecated (EKS API, EncryptionConfig)
        resource = cluster.node.find_child("Resource")
        if isinstance(resource, CfnResource):
            resource.add_property_deletion_override("EncryptionConfig.0.Resources")
        return cluster

    def _new_key(self, removal_policy: RemovalPolicy) -> kms.Key:
        return kms.Key(
            self,
            "Key",
            description=f"Kubernetes secrets and node volumes of {Names.unique_resource_name(self, max_length=100)}",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )

    def _apply_after_log_groups(self, made: eks.Cluster) -> None:
        """Wait with the first manifest for the functions' log groups: one that runs first makes its group, and the stack fails on it."""
        barrier = made.node.try_find_child("KubectlReadyBarrier")
        if barrier is None:
            return
        for each in made.node.find_child("KubectlProvider").node.find_all():
            if each.node.id == "LogGroup":
                barrier.node.add_dependency(each)

    def _accept(self, made: eks.Cluster) -> None:
        accept(made.role, CONTROL_PLANE_ROLE)
        accept_kubectl(made.node.find_child("KubectlProvider"))
        if self.endpoint_access.is_public:
            # cdk-nag 3.0.2 looks for it at clusters of aws_eks only
            accept(made, {"EKS1": self.endpoint_access.reason})


class WrappedCluster(AcceleratedClusterBase):
    """A cluster that was not made here."""

    def __init__(self, scope: Construct, construct_id: str, cluster: eks.ICluster | eks.Cluster) -> None:
        super().__init__(scope, construct_id)
        self._cluster = as_interface(cluster)
        try:
            self._subnets = node_subnets(cluster.vpc)
        except RuntimeError as unknown:
            raise InvalidValueError(
                f"the cluster {cluster.node.path!r} was imported without its VPC; nodes need it. Give vpc= to from_cluster_attributes"
            ) from unknown


def as_interface(cluster: eks.ICluster | eks.Cluster) -> eks.ICluster:
    """A cluster as the interface that it implements; its Python class lacks one member of the protocol that jsii wrote for it."""
    return cast("eks.ICluster", cluster)
