"""What Karpenter's controller may do: start and end its own machines, read its queue, and look around.

Source: the CloudFormation reference of Karpenter 1.14 ("Getting started", cloudformation.yaml), with two differences. Whose machines they
are is told by the tag ``eks:eks-cluster-name``, which Karpenter puts on everything, because its other tag has the cluster's name in the
key, which a template cannot refer to. And node classes name an instance profile of the template, so that the controller makes, changes
and deletes none.
"""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from lean_silicon.least_privilege import allow

LAUNCH_ACTIONS = ["ec2:CreateFleet", "ec2:RunInstances"]
LAUNCH_AND_TEMPLATE_ACTIONS = [*LAUNCH_ACTIONS, "ec2:CreateLaunchTemplate"]
END_ACTIONS = ["ec2:DeleteLaunchTemplate", "ec2:TerminateInstances"]
DESCRIBE_ACTIONS = [
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
]
QUEUE_ACTIONS = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]

_OWNED, _POOL = "eks:eks-cluster-name", "karpenter.sh/nodepool"
_STARTED = ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume")
"""What starting a machine makes."""


def allow_controller(role: iam.Role, cluster_name: str, cluster_arn: str, node_role: iam.IRole) -> None:
    """What the controller needs to keep nodes."""
    stack = Stack.of(role)
    ec2_arn = f"arn:{stack.partition}:ec2:{stack.region}"
    own = f"{ec2_arn}:{stack.account}"
    made = {
        "StringEquals": {f"aws:RequestTag/{_OWNED}": cluster_name},
        "StringLike": {f"aws:RequestTag/{_POOL}": "*"},
    }
    kept = {
        "StringEquals": {f"aws:ResourceTag/{_OWNED}": cluster_name},
        "StringLike": {f"aws:ResourceTag/{_POOL}": "*"},
    }
    allow(
        role,
        LAUNCH_ACTIONS,
        [
            f"{ec2_arn}::image/*",
            f"{ec2_arn}::snapshot/*",
            *(
                f"{ec2_arn}:*:{each}/*"
                for each in ("capacity-reservation", "placement-group", "security-group", "subnet")
            ),
        ],
        why="Images come out every week, and reservations and subnets may be shared by another account; machines themselves need the tags.",
    )
    allow(
        role,
        LAUNCH_ACTIONS,
        [f"{own}:launch-template/*"],
        why="The controller makes a launch template for each kind of machine; the condition confines it to those.",
        conditions=kept,
    )
    allow(
        role,
        LAUNCH_AND_TEMPLATE_ACTIONS,
        [f"{own}:{each}/*" for each in _STARTED],
        why="What is started has no id yet; it must carry the tags of this cluster and of a pool.",
        conditions=made,
    )
    creating = {"ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"]}
    allow(
        role,
        ["ec2:CreateTags"],
        [f"{own}:{each}/*" for each in _STARTED],
        why="Tags are given while a machine is made, which has no id yet.",
        conditions={**made, "StringEquals": {**made["StringEquals"], **creating}},
    )
    allow(
        role,
        ["ec2:CreateTags"],
        [f"{own}:instance/*"],
        why="A node's name and claim are written onto its machine, whose id is not known; the condition confines it to its own.",
        conditions={**kept, "ForAllValues:StringEquals": {"aws:TagKeys": [_OWNED, "karpenter.sh/nodeclaim", "Name"]}},
    )
    allow(
        role,
        END_ACTIONS,
        [f"{own}:instance/*", f"{own}:launch-template/*"],
        why="Machines come and go, so their ids are not known; the condition confines it to its own.",
        conditions=kept,
    )
    allow(
        role,
        ["iam:PassRole"],
        [node_role.role_arn],
        conditions={"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]}},
    )
    allow(role, ["eks:DescribeCluster"], [cluster_arn])
    _allow_looking(role)


def allow_interruptions(role: iam.Role, queue: sqs.IQueue) -> None:
    """Reading the queue of interruptions."""
    allow(role, QUEUE_ACTIONS, [queue.queue_arn])


def _allow_looking(role: iam.Role) -> None:
    stack = Stack.of(role)
    allow(
        role,
        DESCRIBE_ACTIONS,
        ["*"],
        why="Descriptions of EC2 know no resource; the region is this one.",
        conditions={"StringEquals": {"aws:RequestedRegion": stack.region}},
    )
    allow(
        role,
        ["ssm:GetParameter"],
        [f"arn:{stack.partition}:ssm:{stack.region}::parameter/aws/service/*"],
        why="AWS publishes the newest images' ids there, for everybody.",
    )
    allow(role, ["pricing:GetProducts"], ["*"], why="The price list knows no resource.")
    allow(
        role,
        ["iam:GetInstanceProfile"],
        [f"arn:{stack.partition}:iam::{stack.account}:instance-profile/*"],
        why="Before a node class goes, the controller looks for a profile of an old Karpenter under a name that it makes up.",
    )
    allow(
        role,
        ["iam:ListInstanceProfiles"],
        ["*"],
        why="The controller looks for profiles of its own; lists know no resource.",
    )
