"""The role that a training job runs with: the least that works the first time."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Aws, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.training import permissions
from lean_silicon.training.channels import Channel

_LOG_GROUP = "/aws/sagemaker/TrainingJobs"


def training_role(scope: Construct) -> iam.Role:
    """A role for SageMaker jobs of this account, with its logs and metrics."""
    stack = Stack.of(scope)
    role = iam.Role(
        scope,
        "TrainingRole",
        description="What SageMaker may do for the training job",
        # Only on behalf of this account: no other customer can make SageMaker use the role.
        assumed_by=iam.ServicePrincipal(
            "sagemaker.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        ),
    )
    group = f"arn:{Aws.PARTITION}:logs:{stack.region}:{stack.account}:log-group:{_LOG_GROUP}"
    # SageMaker names the streams after the job and the instance.
    role.add_to_policy(
        iam.PolicyStatement(actions=list(permissions.WRITE_LOGS), resources=[group, f"{group}:log-stream:*"])
    )
    # PutMetricData knows no resource; the namespaces are SageMaker's.
    role.add_to_policy(
        iam.PolicyStatement(
            actions=list(permissions.PUBLISH_METRICS),
            resources=["*"],
            conditions={"StringLike": {"cloudwatch:namespace": ["/aws/sagemaker/*", "aws/sagemaker/*"]}},
        )
    )
    return role


def grant_read(role: iam.Role, channels: Iterable[Channel]) -> None:
    """Let the job read its inputs, and no other objects of the same buckets."""
    for channel in channels:
        _grant_bucket(role, channel.bucket, channel.readable_keys, permissions.READ_OBJECTS)
        if channel.bucket.encryption_key is not None:
            channel.bucket.encryption_key.grant(role, *permissions.DECRYPT)


def grant_write(role: iam.Role, bucket: s3.IBucket, prefixes: Iterable[str], key: kms.IKey) -> None:
    """Let the job write under `prefixes` and read back what it wrote: a restarted job loads its checkpoints."""
    for prefix in prefixes:
        # The names of the job and of the execution follow the prefix, and exist only then.
        _grant_bucket(role, bucket, f"{prefix}*", permissions.READ_OBJECTS + permissions.WRITE_OBJECTS)
    key.grant(role, *permissions.ENCRYPT)


def _grant_bucket(role: iam.Role, bucket: s3.IBucket, keys: str, actions: tuple[str, ...]) -> None:
    # SageMaker looks at the bucket before it lists a prefix, so ListBucket carries no condition on the prefix.
    for allowed, arn in ((actions, bucket.arn_for_objects(keys)), (permissions.LIST_BUCKET, bucket.bucket_arn)):
        iam.Grant.add_to_principal_or_resource(
            grantee=role, actions=list(allowed), resource_arns=[arn], resource=bucket
        )


def grant_volume(role: iam.Role, key: kms.IKey) -> None:
    """Let SageMaker encrypt the job's EBS volumes with `key`."""
    key.grant(role, *permissions.ENCRYPT_VOLUME)


def grant_network(
    role: iam.Role, vpc: ec2.IVpc, subnets: ec2.SelectedSubnets, security_groups: Iterable[ec2.ISecurityGroup]
) -> None:
    """Let SageMaker put network interfaces into these subnets with these security groups, and take them away."""
    stack = Stack.of(role)

    def arn(resource: str, name: str) -> str:
        return stack.format_arn(service="ec2", resource=resource, resource_name=name)

    # Interfaces get their ids when they are made.
    interfaces = arn("network-interface", "*")
    role.add_to_policy(
        iam.PolicyStatement(
            actions=list(permissions.CREATE_NETWORK_INTERFACE),
            resources=[
                interfaces,
                *(arn("subnet", subnet_id) for subnet_id in subnets.subnet_ids),
                *(arn("security-group", group.security_group_id) for group in security_groups),
            ],
        )
    )
    role.add_to_policy(
        iam.PolicyStatement(
            actions=list(permissions.MANAGE_NETWORK_INTERFACE),
            resources=[interfaces],
            conditions={"ArnEquals": {"ec2:Vpc": vpc.vpc_arn}},
        )
    )
    # EC2's Describe actions know no resource.
    role.add_to_policy(iam.PolicyStatement(actions=list(permissions.DESCRIBE_NETWORK), resources=["*"]))
