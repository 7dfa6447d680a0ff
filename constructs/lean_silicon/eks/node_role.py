"""The role of nodes: join, pull images, hand roles to pods, and nothing else."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.eks.permissions import allow_node


def make_node_role(scope: Construct, cluster_arn: str, description: str) -> iam.Role:
    """A role for the nodes of one group; EKS makes its access entry."""
    role = iam.Role(
        scope, "NodeRole", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), description=description[:1000]
    )
    allow_node(role, cluster_arn)
    return role
