"""What CloudFormation knows by itself: the region, its partition, the stack's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lean_silicon.templates.intrinsics.possibility import CannotTellError

if TYPE_CHECKING:
    from lean_silicon.templates.model import Template


def pseudo_parameter(template: Template, name: str) -> str:
    """What is known of the place and the stack before a deployment."""
    region = template.region
    known = {"AWS::Region": region, "AWS::StackName": template.stack, "AWS::AccountId": template.account}
    if region is not None:
        known["AWS::Partition"], known["AWS::URLSuffix"] = partition(region)
    value = known.get(name)
    if value is not None:
        return value
    if name in ("AWS::Region", "AWS::Partition", "AWS::URLSuffix"):
        raise CannotTellError(f"{name} is unknown because the region of this template is")
    raise CannotTellError(f"{name} is known only when the stack is deployed")


_PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
)
"""Prefix of a region's name, its partition, and the domain of its URLs: the partitions of botocore's ``partitions.json``."""


def partition(region: str) -> tuple[str, str]:
    """The partition of a region, and the domain of its URLs."""
    for prefix, name, suffix in _PARTITIONS:
        if region.startswith(prefix):
            return name, suffix
    return "aws", "amazonaws.com"
