"""The controller may do what Karpenter's reference lists, less what it does not need here, each action on resources that it knows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk.assertions import Template
from eks_pools import Pools
from service_authorization import knows

# Karpenter 1.14, "Getting started", cloudformation.yaml, all policies of the controller.
REFERENCE = {
    "arc-zonal-shift:GetManagedResource",
    "ec2:CreateFleet",
    "ec2:CreateLaunchTemplate",
    "ec2:CreateTags",
    "ec2:DeleteLaunchTemplate",
    "ec2:DescribeCapacityReservations",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribePlacementGroups",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSpotPriceHistory",
    "ec2:DescribeSubnets",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
    "eks:DescribeCluster",
    "iam:AddRoleToInstanceProfile",
    "iam:CreateInstanceProfile",
    "iam:DeleteInstanceProfile",
    "iam:GetInstanceProfile",
    "iam:ListInstanceProfiles",
    "iam:PassRole",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:TagInstanceProfile",
    "pricing:GetProducts",
    "sqs:DeleteMessage",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
}
NOT_NEEDED = {
    # The instance profile is in the template
    "iam:AddRoleToInstanceProfile",
    "iam:CreateInstanceProfile",
    "iam:DeleteInstanceProfile",
    "iam:RemoveRoleFromInstanceProfile",
    "iam:TagInstanceProfile",
    # Zonal shift is not switched on
    "arc-zonal-shift:GetManagedResource",
}
_STANDS_FOR = {
    "AWS::IAM::Role": "arn:aws:iam::111122223333:role/nodes",
    "AWS::SQS::Queue": "arn:aws:sqs:us-east-2:111122223333:interruptions",
    "AWS::EKS::Cluster": "arn:aws:eks:us-east-2:111122223333:cluster/serving",
}


@pytest.fixture(scope="module")
def statements(pools: Pools) -> list[dict[str, Any]]:
    """What the controller's policy says, with ARNs as texts."""
    template = Template.from_stack(Stack.of(pools.chat))
    [policy] = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for name, each in template.find_resources("AWS::IAM::Policy").items()
        if "KarpenterRole" in name
    ]
    return [
        {
            **each,
            "Action": listed(each["Action"]),
            "Resource": [arn(Stack.of(pools.chat), template, one) for one in listed(each["Resource"])],
        }
        for each in policy
    ]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def arn(stack: Stack, template: Template, value: Any) -> str:
    """A resource of a statement with every reference filled in."""
    match value:
        case str():
            return value
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(arn(stack, template, part) for part in parts)
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": "AWS::AccountId"}:
            return "111122223333"
        case {"Fn::GetAtt": [name, "Arn"]}:
            return _STANDS_FOR[template.to_json()["Resources"][name]["Type"]]
    raise AssertionError(value)


def test_it_differs_from_the_reference_only_in_what_is_not_needed(statements: list[dict[str, Any]]) -> None:
    assert {action for each in statements for action in each["Action"]} == REFERENCE - NOT_NEEDED


def test_every_action_knows_one_of_its_resources(statements: list[dict[str, Any]]) -> None:
    for each in statements:
        for action in each["Action"]:
            assert any(knows(action, resource) for resource in each["Resource"]), action


def test_every_resource_is_one_that_some_action_knows(statements: list[dict[str, Any]]) -> None:
    for resource in {resource for each in statements for resource in each["Resource"]}:
        asking = {action for each in statements if resource in each["Resource"] for action in each["Action"]}
        assert any(knows(action, resource) for action in asking), resource


def test_whatever_changes_something_is_confined_to_the_cluster(statements: list[dict[str, Any]]) -> None:
    changing = re.compile(r"ec2:(Create|Delete|Run|Terminate)")
    free = [
        resource
        for each in statements
        if any(changing.match(action) for action in each["Action"]) and "Condition" not in each
        for resource in each["Resource"]
    ]
    # What a machine is started from, not what is started
    kinds = {resource.rsplit(":", 1)[-1] for resource in free}
    assert kinds == {
        "capacity-reservation/*",
        "image/*",
        "placement-group/*",
        "security-group/*",
        "snapshot/*",
        "subnet/*",
    }
