"""What every cluster offers to others, made here or wrapped: manifests, charts, add-ons, identities of pods, access of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jsii
from aws_cdk import Stack, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct, IConstruct

from lean_silicon.eks.access import AccessLevel, ClusterAccess, access_policy
from lean_silicon.eks.managed_addon import make_addon, pair, pod_principal, trust_pods
from lean_silicon.exceptions import InvalidValueError

_ECR_PUBLIC = "public.ecr.aws"
_WORDS_OF_AN_ALIAS = 2
"""``public.ecr.aws/<alias>`` names who publishes; a repository follows it."""


@jsii.implements(ec2.IConnectable)
class AcceleratedClusterBase(Construct):
    """An EKS cluster that accelerated nodes can join."""

    _cluster: eks.ICluster
    _subnets: tuple[ec2.ISubnet, ...]

    @property
    def cluster(self) -> eks.ICluster:
        """The CDK's own construct, for what this one does not offer."""
        return self._cluster

    @property
    def cluster_name(self) -> str:
        """The cluster's name."""
        return self._cluster.cluster_name

    @property
    def vpc(self) -> ec2.IVpc:
        """Where it runs."""
        return self._cluster.vpc

    @property
    def connections(self) -> ec2.Connections:
        """The network of the control plane and of the nodes, which share the cluster's security group."""
        return self._cluster.connections

    @property
    def node_subnets(self) -> tuple[ec2.ISubnet, ...]:
        """Private subnets, one for each availability zone, in which nodes start."""
        return self._subnets

    @property
    def node_security_group_id(self) -> str:
        """The security group that EKS made for the cluster, in which the control plane and all nodes are.

        Raises
        ------
        InvalidValueError
            If the cluster was imported without it.
        """
        try:
            return self._cluster.cluster_security_group_id
        except RuntimeError as unknown:
            raise InvalidValueError(
                f"the cluster {self._cluster.node.path!r} was imported without its security group, in which nodes with EFA must be. Give "
                "cluster_security_group_id= to from_cluster_attributes"
            ) from unknown

    @property
    def volume_key(self) -> kms.IKey | None:
        """The key of nodes' volumes; `None` for the account's own ``aws/ebs``."""
        return None

    @property
    def readiness(self) -> Sequence[IConstruct]:
        """What must be there before pods can start: the network of pods, the system's nodes. Empty where that is not ours."""
        return ()

    @property
    def node_readiness(self) -> Sequence[IConstruct]:
        """What must be there before a node starts. Empty where that is not ours."""
        return ()

    def pod_role(self, construct_id: str, *, description: str) -> iam.Role:
        """A role for pods, which may do nothing yet (see `lean_silicon.least_privilege.allow`); hand it over with `pod_identity`."""
        self._check_new(construct_id)
        return iam.Role(self, construct_id, assumed_by=pod_principal(), description=description)

    def pod_identity(
        self, construct_id: str, namespace: str, service_account: str, role: iam.IRole
    ) -> eks.CfnPodIdentityAssociation:
        """Give the pods of a service account a role, through EKS Pod Identity.

        Parameters
        ----------
        construct_id
            The association's.
        namespace, service_account
            Whose pods. The service account need not exist yet.
        role
            One of `pod_role`, or your own. One made in the app is made to trust Pod Identity, an imported one must do so already.
        """
        trust_pods(role)
        association = eks.CfnPodIdentityAssociation(
            self,
            construct_id,
            cluster_name=self.cluster_name,
            namespace=namespace,
            service_account=service_account,
            role_arn=role.role_arn,
        )
        # The role's permissions, not only the role, are there before the pods that use them
        association.node.add_dependency(*self.node_readiness, role)
        return association

    def add_manifest(self, construct_id: str, *manifests: Mapping[str, Any]) -> eks.KubernetesManifest:
        """Apply Kubernetes manifests when the cluster and its system nodes are there."""
        self._check(construct_id)
        made = eks.KubernetesManifest(self, construct_id, cluster=self._cluster, manifest=[dict(m) for m in manifests])
        made.node.add_dependency(*self.readiness)
        return made

    def add_chart(
        self,
        construct_id: str,
        *,
        chart: str,
        repository: str,
        version: str,
        namespace: str,
        values: Mapping[str, Any],
        release: str | None = None,
    ) -> eks.HelmChart:
        """Install a Helm chart, pinned, when the cluster and its system nodes are there.

        Parameters
        ----------
        construct_id
            The chart's construct.
        chart, repository, version
            What, from where, and which version exactly. As with the CDK's own `HelmChart`, a web site (``https://``) is named without the
            chart, and a registry with it: ``oci://public.ecr.aws/karpenter/karpenter`` for the chart ``karpenter``.
        namespace
            Made where it is missing.
        values
            The chart's values.
        release
            The release's name. Default: the chart's name.

        Raises
        ------
        InvalidValueError
            If nothing can be applied to the cluster, it has a construct of this id, or a registry is named without the chart.
        """
        self._check(construct_id)
        _check_repository(chart, repository)
        made = eks.HelmChart(
            self,
            construct_id,
            cluster=self._cluster,
            chart=chart,
            repository=repository,
            version=version,
            namespace=namespace,
            values=dict(values),
            release=release or chart,
        )
        made.node.add_dependency(*self.readiness)
        return made

    def add_managed_addon(
        self,
        construct_id: str,
        name: str,
        version: str | None,
        configuration: Mapping[str, Any] | None = None,
        role: iam.IRole | None = None,
        service_account: str | None = None,
    ) -> eks.CfnAddon:
        """Install an add-on that EKS manages.

        Parameters
        ----------
        construct_id
            The add-on's construct.
        name, version
            As ``aws eks describe-addon-versions`` names them; with `None` EKS takes its default for the cluster's version.
        configuration
            Values of the add-on's configuration schema.
        role
            For its pods, through Pod Identity. It needs the `service_account`.
        service_account
            The add-on's own service account that gets the role.
        """
        self._check_new(construct_id)
        addon = make_addon(
            self, construct_id, self.cluster_name, name, version, configuration, pair(name, role, service_account)
        )
        addon.node.add_dependency(*self.readiness)
        return addon

    def grant_access(
        self, construct_id: str, role: iam.IRole, level: AccessLevel, namespaces: Sequence[str] = ()
    ) -> eks.CfnAccessEntry:
        """Let people or machines with a role use the Kubernetes API, everywhere or in some namespaces."""
        access = ClusterAccess(role, level, tuple(namespaces))
        return eks.CfnAccessEntry(
            self,
            construct_id,
            cluster_name=self.cluster_name,
            principal_arn=access.role.role_arn,
            access_policies=[access_policy(Stack.of(self), access)],
        )

    def _check(self, construct_id: str) -> None:
        self._check_new(construct_id)
        if self._cluster.kubectl_provider is None:
            raise InvalidValueError(
                f"{construct_id!r} is to be applied to a cluster without a kubectl provider; give the cluster kubectl_provider_options, or "
                "import it with kubectl_provider"
            )

    def _check_new(self, construct_id: str) -> None:
        if self.node.try_find_child(construct_id) is not None:
            raise InvalidValueError(
                f"the cluster {self.node.path!r} has {construct_id!r} already; add-ons, Karpenter, and pools and workloads of one name are "
                "there once in a cluster. Leave the second out, or give it another name"
            )


def check_accelerated(cluster: object) -> None:
    """Refuse a cluster of the CDK's own where one of this package is wanted.

    Raises
    ------
    InvalidValueError
        If it is another one.
    """
    if not isinstance(cluster, AcceleratedClusterBase):
        raise InvalidValueError(
            f"cluster is {cluster!r}, which is no AcceleratedCluster; wrap a cluster of the CDK's own with "
            "AcceleratedCluster.from_cluster(scope, id, cluster)"
        )


def _check_repository(chart: str, repository: str) -> None:
    """The CDK's function pulls from a registry what the repository names, and installs the folder of its last word."""
    if Token.is_unresolved(repository) or not repository.startswith("oci://"):
        return
    words = repository.removeprefix("oci://").split("/")
    is_alias = words[0] == _ECR_PUBLIC and len(words) == _WORDS_OF_AN_ALIAS
    if words[-1] != chart or is_alias:
        raise InvalidValueError(
            f"chart {chart!r} is to come from {repository}, which does not name the chart; a registry is named with it, as helm pull takes "
            f"it. Write {repository.rstrip('/')}/{chart}"
        )
