"""Findings of AwsSolutionsChecks (cdk-nag) that a cluster accepts, each with its reason. They stay in every validation report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_iam as iam
from constructs import IConstruct

PACK = "AwsSolutions"

ROLE_WILDCARDS = (
    "Each wildcard stands beside its reason in lean_silicon/hyperpod/permissions.py: actions without resources, or "
    "names that the service chooses at run time. "
    "They are those of AmazonSageMakerClusterInstanceRolePolicy, narrowed to this cluster."
)
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
    """Accept every wildcard that stands in a role's own policy now; one that is added later is found again."""
    policy = role.node.try_find_child("DefaultPolicy")
    if isinstance(policy, iam.Policy):
        statements = Stack.of(role).resolve(policy.document.to_json())["Statement"]
        accept(role, dict.fromkeys(_wildcards(statements), reason))


def _wildcards(statements: list[dict[str, Any]]) -> Iterator[str]:
    """The ids that cdk-nag gives to the wildcards of statements."""
    for statement in statements:
        for key in ("Action", "Resource"):
            value = statement.get(key, [])
            for item in value if isinstance(value, list) else [value]:
                text = _flattened(item)
                if "*" in text:
                    yield f"IAM5[{key}::{text}]"


def _flattened(value: Any) -> str:
    """A value as cdk-nag writes it: ``arn:<AWS::Partition>:s3:::name``, ``<Bucket.Arn>/*``."""
    if isinstance(value, dict):
        [(function, argument)] = value.items()
        if function == "Fn::Join":
            return "".join(_flattened(part) for part in argument[1])
        if function == "Fn::Sub":
            return str(argument).replace("${", "<").replace("}", ">")
        return f"<{'.'.join(argument) if isinstance(argument, list) else argument}>"
    return str(value)


def accept(construct: IConstruct, reasons: dict[str, str]) -> None:
    """Accept findings at a construct and below it, by the numbers of cdk-nag's rules."""
    for rule, reason in reasons.items():
        Validations.of(construct).acknowledge(Acknowledgment(id=f"{PACK}::{PACK}-{rule}", reason=reason))
