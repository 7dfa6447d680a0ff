"""Reasons for the wildcards of grants, told where cdk-nag looks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from aws_cdk import aws_iam as iam
from constructs import IConstruct

from lean_silicon.least_privilege import acknowledge_wildcards


def acknowledge_granted(grantee: iam.IGrantable, resources: Sequence[str], why: str) -> None:
    """Acknowledge wildcards of what `grantee` was granted, at its role: that of a function may stand anywhere in the app."""
    principal = grantee.grant_principal
    if hasattr(principal, "node"):
        acknowledge_wildcards(cast("IConstruct", principal), resources, why)
