"""What add-ons may do: lists of actions, each ``*`` with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from lean_silicon.least_privilege import allow

AGENT_DESCRIBE_ACTIONS = ["ec2:DescribeTags", "ec2:DescribeVolumes"]
AGENT_LOG_ACTIONS = [
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
]
"""CloudWatchAgentServerPolicy without traces, which are off, and without making log groups, which are there."""

FSX_READ_ACTIONS = ["fsx:DescribeFileSystems"]
"""What the driver needs to mount file systems that are there (aws-fsx-csi-driver, docs/install.md)."""
BUCKET_READ_ACTIONS = ["s3:ListBucket"]
OBJECT_READ_ACTIONS = ["s3:GetObject"]
OBJECT_WRITE_ACTIONS = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"]
"""What Mountpoint for S3 needs (its documentation, "Configuring Mountpoint", IAM permissions)."""


def allow_agent(role: iam.Role, stack: Stack, cluster_name: str) -> None:
    """What the CloudWatch agent and Fluent Bit need."""
    groups = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group"
    allow(
        role,
        AGENT_LOG_ACTIONS,
        [f"{groups}:/aws/containerinsights/{cluster_name}/*"],
        why="The add-on chooses the names of the streams in the log groups of this cluster.",
    )
    # Metrics go as log entries in the embedded format; these two are of the agent's own metrics and of its dimensions
    allow(role, ["cloudwatch:PutMetricData"], ["*"], why="PutMetricData has no resources.")
    allow(role, AGENT_DESCRIBE_ACTIONS, ["*"], why="Descriptions of EC2 know no resource.")


def allow_lustre(role: iam.Role) -> None:
    """What the FSx driver needs for file systems that the template made."""
    allow(role, FSX_READ_ACTIONS, ["*"], why="DescribeFileSystems lists by filter, so it is asked of all.")


def allow_buckets(role: iam.Role, bucket_arns: Sequence[str], *, writes: bool) -> None:
    """What Mountpoint needs for some buckets."""
    allow(role, BUCKET_READ_ACTIONS, bucket_arns)
    allow(
        role,
        [*OBJECT_READ_ACTIONS, *(OBJECT_WRITE_ACTIONS if writes else ())],
        [f"{arn}/*" for arn in bucket_arns],
        why="A mounted bucket shows all its objects.",
    )
