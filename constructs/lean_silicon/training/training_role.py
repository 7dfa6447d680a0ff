"""The role that a training job runs with: the least that works the first time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aws_cdk import Aws, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.least_privilege import acknowledge_wildcards, allow
from lean_silicon.training import permissions
from lean_silicon.training.channels import Channel

_LOG_GROUP = "/aws/sagemaker/TrainingJobs"
_NO_RESOURCE = "PutMetricData, GetAuthorizationToken and EC2's Describe actions know no resource; metrics are in SageMaker's namespaces"


def training_role(scope: Construct) -> iam.Role:
    """A role for SageMaker jobs of this account, with its logs and metrics."""
    role = iam.Role(
        scope,
        "TrainingRole",
        description="What SageMaker may do for the training job",
        # Only on behalf of this account: no other customer can make SageMaker use the role.
        assumed_by=iam.ServicePrincipal(
            "sagemaker.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        ),
    )
    group = f"arn:{Aws.PARTITION}:logs:{Stack.of(scope).region}:{Stack.of(scope).account}:log-group:{_LOG_GROUP}"
    allow(
        role,
        permissions.WRITE_LOGS,
        [group, f"{group}:log-stream:*"],
        why="SageMaker names the log streams after the job and its instances, which exist only then",
    )
    allow(
        role,
        permissions.PUBLISH_METRICS,
        ["*"],
        why=_NO_RESOURCE,
        conditions={"StringLike": {"cloudwatch:namespace": ["/aws/sagemaker/*", "aws/sagemaker/*"]}},
    )
    return role


def grant_pull(role: iam.Role, repository_arn: str) -> None:
    """Let the job pull an image of a registry that is not in this app."""
    allow(role, permissions.PULL_IMAGE, [repository_arn])
    allow(role, permissions.PULL_TOKEN, ["*"], why=_NO_RESOURCE)


def grant_read(role: iam.Role, channels: Iterable[Channel]) -> None:
    """Let the job read its inputs, and no other objects of the same buckets."""
    for channel in channels:
        why = "An input channel is a prefix: all keys that begin so"
        _grant_bucket(role, channel.bucket, channel.readable_keys, permissions.READ_OBJECTS, why)
        if channel.bucket.encryption_key is not None:
            channel.bucket.encryption_key.grant(role, *permissions.DECRYPT)


def grant_write(role: iam.Role, bucket: s3.IBucket, prefixes: Iterable[str], key: kms.IKey) -> None:
    """Let the job write under `prefixes` and read back what it wrote: a restarted job loads its checkpoints."""
    for prefix in prefixes:
        why = "The names of the job and of the execution follow the prefix, and exist only then"
        _grant_bucket(role, bucket, f"{prefix}*", permissions.READ_OBJECTS + permissions.WRITE_OBJECTS, why)
    key.grant(role, *permissions.ENCRYPT)


def _grant_bucket(role: iam.Role, bucket: s3.IBucket, keys: str, actions: tuple[str, ...], why: str) -> None:
    objects = bucket.arn_for_objects(keys)
    # SageMaker looks at the bucket before it lists a prefix, so ListBucket carries no condition on the prefix.
    for allowed, arn in ((actions, objects), (permissions.LIST_BUCKET, bucket.bucket_arn)):
        # Unlike a statement of the role alone, this reaches a bucket of another account through its policy.
        iam.Grant.add_to_principal_or_resource(
            grantee=role, actions=list(allowed), resource_arns=[arn], resource=bucket
        )
    acknowledge_wildcards(role, [objects], why)


def grant_volume(role: iam.Role, key: kms.IKey) -> None:
    """Let SageMaker encrypt the job's EBS volumes with `key`."""
    key.grant(role, *permissions.ENCRYPT_VOLUME)


def grant_network(
    role: iam.Role, vpc: ec2.IVpc, subnet_ids: Sequence[str], security_groups: Iterable[ec2.ISecurityGroup]
) -> None:
    """Let SageMaker put network interfaces into these subnets with these security groups, and take them away."""
    stack = Stack.of(role)

    def arn(resource: str, name: str) -> str:
        return stack.format_arn(service="ec2", resource=resource, resource_name=name)

    interfaces = arn("network-interface", "*")
    why = (
        "Network interfaces get their ids when SageMaker makes them; the subnets, security groups and the VPC are named"
    )
    places = [
        *(arn("subnet", subnet_id) for subnet_id in subnet_ids),
        *(arn("security-group", group.security_group_id) for group in security_groups),
    ]
    allow(role, permissions.CREATE_NETWORK_INTERFACE, [interfaces, *places], why=why)
    allow(
        role,
        permissions.MANAGE_NETWORK_INTERFACE,
        [interfaces],
        why=why,
        conditions={"ArnEquals": {"ec2:Vpc": vpc.vpc_arn}},
    )
    allow(role, permissions.DESCRIBE_NETWORK, ["*"], why=_NO_RESOURCE)
