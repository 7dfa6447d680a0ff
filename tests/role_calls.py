"""What each role of the reference stacks must be able to do and what it must not, tried on the policies as deployed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from emulator.sample_attributes import sample_attribute

CALLS = Path(__file__).parent / "data" / "role_calls.yaml"
ACCOUNT, REGION = "123456789012", "us-east-2"
_ARN_OF = {
    "AWS::EKS::Cluster": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SageMaker::Cluster": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:cluster/{{}}",
    "AWS::SSM::Parameter": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{{}}",
}


@dataclass(frozen=True)
class Call:
    """One call that `role` of `stack` may make, or must not."""

    stack: str
    role: str
    allowed: bool
    action: str
    resource: str
    when: Mapping[str, str]


def role_calls() -> list[Call]:
    """Every call of the table, its places of resources still open."""
    table: dict[str, dict[str, dict[str, list[str]]]] = yaml.safe_load(CALLS.read_text(encoding="utf-8"))
    return [
        _call(stack, role, allowed, line)
        for stack, roles in table.items()
        for role, lines in roles.items()
        for allowed, key in ((True, "may"), (False, "must_not"))
        for line in lines[key]
    ]


def roles_of_the_table() -> set[tuple[str, str]]:
    """The stack and the name of each role that the table speaks of."""
    table = yaml.safe_load(CALLS.read_text(encoding="utf-8"))
    return {(stack, role) for stack, roles in table.items() for role in roles}


def name_of(logical_id: str) -> str:
    """A logical id without the hash that the CDK puts behind it."""
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


def arn_of(resources: Mapping[str, Mapping[str, Any]], text: str) -> str:
    """`text` with the ARN of a deployed resource in the place of each ``{Name}``, its physical id in that of ``{Name:id}``."""
    return re.sub(r"\{(\w+)(:id)?\}", _named_in(resources), text)


def _named_in(resources: Mapping[str, Mapping[str, Any]]) -> Callable[[re.Match[str]], str]:
    def replacement(found: re.Match[str]) -> str:
        named = [each for logical_id, each in resources.items() if name_of(logical_id) == found[1]]
        if len(named) != 1:
            raise LookupError(f"{len(named)} resources of the stack are named {found[1]}")
        physical, kind = str(named[0]["PhysicalResourceId"]), str(named[0]["ResourceType"])
        if kind == "AWS::SQS::Queue":  # identified by an address
            return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{physical.rsplit('/', 1)[-1]}"
        if found[2] or physical.startswith("arn:"):
            return physical
        return _ARN_OF[kind].format(physical) if kind in _ARN_OF else sample_attribute(kind, "Arn", physical, REGION)

    return replacement


def _call(stack: str, role: str, allowed: bool, line: str) -> Call:
    call, _, conditions = line.partition(" when ")
    action, resource = call.split()
    when = dict(each.split("=", 1) for each in conditions.split())
    return Call(stack, role, allowed, action, resource, when)
