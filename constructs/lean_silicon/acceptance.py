"""Accepting, with a reason, what cdk-nag's ``AwsSolutionsChecks`` says of a construct. The reasons stay in every validation report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from lean_silicon.least_privilege import acknowledge_wildcards

PACK = "AwsSolutions"


def accept(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Accept findings at a construct and below it: number of cdk-nag's rule (``"S1"``) to the reason."""
    for rule, reason in reasons.items():
        Validations.of(construct).acknowledge(Acknowledgment(id=f"{PACK}::{PACK}-{rule}", reason=reason))


def accept_wildcards(role: iam.IRole, reason: str) -> None:
    """Accept every wildcard in the policy of a role that the CDK made; one that is added later is found again."""
    policy = role.node.try_find_child("DefaultPolicy")
    if not isinstance(policy, iam.Policy):
        return
    for statement in Stack.of(role).resolve(policy.document.to_json())["Statement"]:
        acknowledge_wildcards(role, _listed(statement["Resource"]), reason)
        accept(role, {f"IAM5[Action::{action}]": reason for action in _listed(statement["Action"]) if "*" in action})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
