"""Findings of AwsSolutionsChecks (cdk-nag) that a cluster accepts, each with its reason. They stay in every validation report."""

from __future__ import annotations

from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from lean_silicon.least_privilege import acknowledge_wildcards

PACK = "AwsSolutions"

UPLOAD_WILDCARDS = (
    "The CDK's own function that uploads files; aws-cdk-lib narrows it to the asset bucket and this bucket."
)
BUCKET = {
    "S1": "The bucket holds lifecycle scripts that are public with this library, no data. CloudTrail records who changes them.",
}
DATABASE = {
    "RDS6": "slurmdbd logs in with a user name and password only.",
    "RDS14": "Aurora Serverless v2 has no backtrack; there are backups for 14 days.",
}
SECRET = {
    "SMG4": "slurmdbd reads the password when the service configures the controller; a rotation behind its back would stop all accounting.",
}
UPLOAD = {
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]": "The CDK's own "
    "function that uploads files; "
    "its role is made by aws-cdk-lib.",
    "L1": "The CDK's own function; its runtime comes with aws-cdk-lib.",
}


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


def accept(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Accept findings at a construct and below it, by the numbers of cdk-nag's rules."""
    for rule, reason in reasons.items():
        Validations.of(construct).acknowledge(Acknowledgment(id=f"{PACK}::{PACK}-{rule}", reason=reason))
