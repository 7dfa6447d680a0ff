"""The add-ons without which no node works: the pods' network, service proxy, pods' identities, DNS, and the monitor for node repair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_eks_v2 as eks
from constructs import IConstruct

from lean_silicon.eks.managed_addon import PodRole, make_addon
from lean_silicon.eks.permissions import allow_pod_network

if TYPE_CHECKING:
    from lean_silicon.eks.cluster_base import AcceleratedClusterBase

POD_NETWORK, SERVICE_PROXY, DNS = "vpc-cni", "kube-proxy", "coredns"
POD_IDENTITY, NODE_MONITOR = "eks-pod-identity-agent", "eks-node-monitoring-agent"

PINNED = {
    "1.35": {
        POD_NETWORK: "v1.21.1-eksbuild.3",
        SERVICE_PROXY: "v1.35.0-eksbuild.2",
        DNS: "v1.13.2-eksbuild.1",
        POD_IDENTITY: "v1.3.10-eksbuild.3",
    }
}
"""Versions by that of Kubernetes, as clusters in use have them. Of others, EKS takes its default for the cluster's version."""


def install_node_addons(cluster: AcceleratedClusterBase, version: str) -> tuple[eks.CfnAddon, ...]:
    """What runs on every node and must be there before the first one."""
    role = cluster.pod_role("PodNetworkRole", description=f"Gives pods of {cluster.node.path} addresses of the VPC")
    allow_pod_network(role)
    return (
        # The agent hands the role to the network's pods, which are on the host's own network and so can start first
        _install(cluster, "PodIdentityAgent", POD_IDENTITY, version),
        _install(cluster, "PodNetwork", POD_NETWORK, version, PodRole(role, "aws-node")),
        _install(cluster, "ServiceProxy", SERVICE_PROXY, version),
        _install(cluster, "NodeMonitor", NODE_MONITOR, version),
    )


def install_dns(cluster: AcceleratedClusterBase, version: str, *, after: Sequence[IConstruct]) -> eks.CfnAddon:
    """DNS, whose pods need a node to be ready."""
    addon = _install(cluster, "Dns", DNS, version)
    addon.node.add_dependency(*after)
    return addon


def _install(
    cluster: AcceleratedClusterBase, construct_id: str, name: str, version: str, identity: PodRole | None = None
) -> eks.CfnAddon:
    return make_addon(
        cluster, construct_id, cluster.cluster_name, name, PINNED.get(version, {}).get(name), identity=identity
    )
