"""Who may use the Kubernetes API: EKS access entries, which take the place of the ``aws-auth`` config map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from aws_cdk import Stack, Token
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam

from lean_silicon.exceptions import InvalidValueError

_NAMESPACE = re.compile(r"[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?", re.ASCII)


class AccessLevel(str, Enum):
    """What one may do: an access policy of EKS (EKS User Guide, "Review access policy permissions")."""

    CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"
    """Everything, everywhere."""
    ADMIN = "AmazonEKSAdminPolicy"
    """Everything within namespaces, roles too."""
    EDIT = "AmazonEKSEditPolicy"
    """Run and change workloads."""
    VIEW = "AmazonEKSViewPolicy"
    """Read, but no secrets."""
    ADMIN_VIEW = "AmazonEKSAdminViewPolicy"
    """Read everything, secrets too."""


@dataclass(frozen=True)
class ClusterAccess:
    """Access of a role.

    Parameters
    ----------
    role
        Whose sessions.
    level
        What they may do.
    namespaces
        Where; empty for everywhere. A name may end in ``*``.

    Raises
    ------
    InvalidValueError
        If a namespace cannot be one, or cluster administrators are confined to namespaces.
    """

    role: iam.IRole
    level: AccessLevel
    namespaces: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.namespaces:
            if not Token.is_unresolved(name) and not _NAMESPACE.fullmatch(name):
                raise InvalidValueError(
                    f"the namespace is {name!r}; it must be 1 to 63 lower-case letters, digits and '-'. Change it"
                )
        if self.namespaces and self.level is AccessLevel.CLUSTER_ADMIN:
            raise InvalidValueError(
                f"{self.level.name} is confined to {', '.join(self.namespaces)}, but it is for the whole cluster; use AccessLevel.ADMIN"
            )


def access_policy(stack: Stack, access: ClusterAccess) -> eks.CfnAccessEntry.AccessPolicyProperty:
    """The policy of an access entry."""
    return eks.CfnAccessEntry.AccessPolicyProperty(
        policy_arn=f"arn:{stack.partition}:eks::aws:cluster-access-policy/{access.level.value}",
        access_scope=eks.CfnAccessEntry.AccessScopeProperty(
            type="namespace" if access.namespaces else "cluster",
            namespaces=list(access.namespaces) or None,
        ),
    )
