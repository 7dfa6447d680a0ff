"""What nodes and the pods' network may do: lists of actions, each ``*`` with its reason."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from lean_silicon.least_privilege import allow

NODE_DESCRIBE_ACTIONS = ["ec2:DescribeInstances", "ec2:DescribeInstanceTypes"]
"""nodeadm asks for the machine's own DNS name and for how many addresses its type has (awslabs/amazon-eks-ami, nodeadm/internal)."""
POD_IDENTITY_ACTIONS = ["eks-auth:AssumeRoleForPodIdentity"]
"""The Pod Identity agent asks for pods' credentials in the node's name (AmazonEKSWorkerNodeMinimalPolicy)."""
IMAGE_TOKEN_ACTIONS = ["ecr:GetAuthorizationToken"]
IMAGE_ACTIONS = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:BatchImportUpstreamImage",
    "ecr:GetDownloadUrlForLayer",
]
"""AmazonEC2ContainerRegistryPullOnly; importing is for pull-through caches."""

CNI_DESCRIBE_ACTIONS = [
    "ec2:DescribeInstances",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
]
CNI_INTERFACE_ACTIONS = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DetachNetworkInterface",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:UnassignPrivateIpAddresses",
]
"""AmazonEKS_CNI_Policy, here for the plugin's own pods instead of for every pod of a node."""

VOLUME_KEY_ACTIONS = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
]
"""What starting a machine with a volume of this key needs of whoever starts it (EC2 Auto Scaling User Guide, "Required AWS KMS key policy
for use with encrypted volumes")."""


def allow_node(role: iam.Role, cluster_arn: str) -> None:
    """What every node needs to join, pull images and hand roles to pods."""
    stack = Stack.of(role)
    allow(role, NODE_DESCRIBE_ACTIONS, ["*"], why="Descriptions of EC2 know no resource.")
    allow(role, POD_IDENTITY_ACTIONS, [cluster_arn])
    allow(role, IMAGE_TOKEN_ACTIONS, ["*"], why="A registry's token knows no resource.")
    allow(
        role,
        IMAGE_ACTIONS,
        [f"arn:{stack.partition}:ecr:*:*:repository/*"],
        why="Add-ons, Deep Learning Containers and teams' images are in registries of other accounts and regions; their policies decide.",
    )


def allow_pod_network(role: iam.Role) -> None:
    """What the VPC CNI plugin needs to give pods addresses."""
    stack = Stack.of(role)
    # A subnet that another account shares is that account's
    ec2_arn = f"arn:{stack.partition}:ec2:{stack.region}:*"
    allow(role, CNI_DESCRIBE_ACTIONS, ["*"], why="Descriptions of EC2 know no resource.")
    allow(
        role,
        CNI_INTERFACE_ACTIONS,
        [f"{ec2_arn}:{kind}/*" for kind in ("network-interface", "subnet", "security-group", "instance")],
        why="Nodes and their interfaces come and go, so their ids are not known.",
    )
    allow(
        role,
        ["ec2:CreateTags"],
        [f"{ec2_arn}:network-interface/*"],
        why="The plugin tags the interfaces that it makes, whose ids are not known.",
    )


def volume_key_statement(stack: Stack) -> iam.PolicyStatement:
    """Let EC2 use the key for whoever may start machines here, as the key ``aws/ebs`` does.

    The Auto Scaling service's role starts the nodes. It cannot be named, because in a new account it is not there before the first group,
    and a key's policy must not name a principal that is not there.
    """
    return iam.PolicyStatement(
        sid="VolumesOfThisAccount",
        principals=[iam.AnyPrincipal()],
        actions=VOLUME_KEY_ACTIONS,
        # In a key's policy this means the key itself
        resources=["*"],
        conditions={
            "StringEquals": {
                "kms:CallerAccount": stack.account,
                "kms:ViaService": f"ec2.{stack.region}.{stack.url_suffix}",
            }
        },
    )
