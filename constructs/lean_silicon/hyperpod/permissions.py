"""What the nodes and the people of a cluster may do: lists of actions, each ``*`` with its reason."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from lean_silicon.least_privilege import allow

METRIC_NAMESPACE = "/aws/sagemaker/Clusters"
"""The only namespace that AmazonSageMakerClusterInstanceRolePolicy lets nodes publish to."""
LOG_GROUPS = "/aws/sagemaker/Clusters"
"""The service writes its logs to ``/aws/sagemaker/Clusters/<name>/<id>``."""

LOG_ACTIONS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
SESSION_CHANNEL_ACTIONS = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]
NETWORK_DESCRIBE_ACTIONS = [
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
]
NETWORK_INTERFACE_ACTIONS = [
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DetachNetworkInterface",
]
KEY_ACTIONS = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"]
CLUSTER_READ_ACTIONS = ["sagemaker:DescribeCluster", "sagemaker:DescribeClusterNode", "sagemaker:ListClusterNodes"]


def allow_node(role: iam.Role, cluster_name: str) -> None:
    """What every node needs: AmazonSageMakerClusterInstanceRolePolicy and the additions for a VPC, narrowed to this cluster.

    Source: the managed policy's page in the SageMaker Developer Guide, and 1.AmazonSageMakerClustersExecutionRolePolicy.json of
    awsome-distributed-ai.
    """
    stack = Stack.of(role)
    logs = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:{LOG_GROUPS}/{cluster_name}/*"
    ec2_arn = f"arn:{stack.partition}:ec2:{stack.region}:{stack.account}"
    allow(role, LOG_ACTIONS, [logs], why="The service adds the cluster's id to the log group and chooses the streams.")
    allow(
        role,
        ["cloudwatch:PutMetricData"],
        ["*"],
        why="PutMetricData has no resources; the namespace narrows it.",
        conditions={"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
    )
    allow(
        role,
        [*SESSION_CHANNEL_ACTIONS, *NETWORK_DESCRIBE_ACTIONS, "fsx:DescribeFileSystems"],
        ["*"],
        why="Session channels and descriptions have no resources, or none that has a name before the node starts.",
    )
    allow(
        role,
        NETWORK_INTERFACE_ACTIONS,
        [f"{ec2_arn}:{kind}/*" for kind in ("network-interface", "subnet", "security-group", "instance")],
        why="The service makes interfaces while nodes come and go, so their ids are not known.",
    )
    allow(
        role,
        ["ec2:CreateTags"],
        [f"{ec2_arn}:network-interface/*"],
        why="The service tags the interfaces that it makes, whose ids are not known.",
    )


def allow_scripts(role: iam.Role, bucket_arn: str) -> None:
    """Reading the lifecycle scripts, of every version: nodes of an older one may still be replaced."""
    allow(
        role,
        ["s3:GetObject"],
        [f"{bucket_arn}/lifecycle/*"],
        why="Scripts of every version: nodes of an older one may be replaced.",
    )
    allow(role, ["s3:ListBucket"], [bucket_arn], conditions={"StringLike": {"s3:prefix": ["lifecycle/*"]}})


def session_statements(stack: Stack, cluster_arn: str) -> list[iam.PolicyStatement]:
    """What a person needs to open a shell on the nodes: Session Manager, on this cluster only."""
    return [
        iam.PolicyStatement(sid="SeeNodes", actions=CLUSTER_READ_ACTIONS, resources=[cluster_arn]),
        iam.PolicyStatement(
            sid="OpenSessions",
            actions=["ssm:StartSession"],
            # Targets are named sagemaker-cluster:<cluster id>_<group>-<instance>; shells, SSH and tunnels, nothing else
            resources=[cluster_arn, *_session_documents(stack)],
        ),
        iam.PolicyStatement(
            sid="EndOwnSessions",
            actions=["ssm:ResumeSession", "ssm:TerminateSession"],
            resources=[own_sessions(stack)],
        ),
    ]


def own_sessions(stack: Stack) -> str:
    """The sessions that somebody opened, whose ids begin with who did (Systems Manager User Guide, "Quickstart default IAM policies")."""
    return f"arn:{stack.partition}:ssm:{stack.region}:{stack.account}:session/${{aws:userid}}-*"


def _session_documents(stack: Stack) -> list[str]:
    documents = f"arn:{stack.partition}:ssm:{stack.region}"
    return [
        f"{documents}:{stack.account}:document/SSM-SessionManagerRunShell",
        f"{documents}::document/AWS-StartSSHSession",
        f"{documents}::document/AWS-StartPortForwardingSession",
    ]
