"""Add-ons that EKS manages, with roles through Pod Identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from aws_cdk import Stack
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError

_PODS = "pods.eks.amazonaws.com"


class PodRole(NamedTuple):
    """A role and the service account whose pods get it."""

    role: iam.IRole
    service_account: str


def make_addon(
    scope: Construct,
    construct_id: str,
    cluster_name: str,
    name: str,
    version: str | None,
    configuration: Mapping[str, Any] | None = None,
    identity: PodRole | None = None,
) -> eks.CfnAddon:
    """An add-on; with no version EKS takes its default for the cluster's."""
    identities = None
    if identity is not None:
        trust_pods(identity.role)
        identities = [
            eks.CfnAddon.PodIdentityAssociationProperty(
                role_arn=identity.role.role_arn, service_account=identity.service_account
            )
        ]
    addon = eks.CfnAddon(
        scope,
        construct_id,
        cluster_name=cluster_name,
        addon_name=name,
        addon_version=version,
        configuration_values=Stack.of(scope).to_json_string(dict(configuration)) if configuration else None,
        pod_identity_associations=identities,
        # The add-on's own settings are the template's business; who changes them by hand finds them put right
        resolve_conflicts="OVERWRITE",
    )
    if identity is not None:
        # The role's permissions, not only the role, are there before the pods that use them
        addon.node.add_dependency(identity.role)
    return addon


def pair(name: str, role: iam.IRole | None, service_account: str | None) -> PodRole | None:
    """The two together.

    Raises
    ------
    InvalidValueError
        If one is given without the other.
    """
    if role is None and service_account is None:
        return None
    if role is None or service_account is None:
        missing = "role" if role is None else "service_account"
        raise InvalidValueError(
            f"add-on {name!r} has no {missing}; Pod Identity joins a role and a service account. Give both or neither"
        )
    return PodRole(role, service_account)


def trust_pods(role: iam.IRole) -> None:
    """Let Pod Identity hand a role of the CDK's to pods: it assumes it, and tags the session with cluster, namespace and account."""
    if not isinstance(role, iam.Role) or role.assume_role_policy is None:
        return
    role.assume_role_policy.add_statements(
        iam.PolicyStatement(actions=["sts:AssumeRole", "sts:TagSession"], principals=[iam.ServicePrincipal(_PODS)])
    )


def pod_principal() -> iam.PrincipalBase:
    """Who hands roles to pods (EKS User Guide, "Learn how EKS Pod Identity grants Pods access to AWS services")."""
    return iam.SessionTagsPrincipal(iam.ServicePrincipal(_PODS))
