"""The role that an endpoint runs with: the least that works the first time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aws_cdk import Aws, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.inference import permissions
from lean_silicon.least_privilege import acknowledge_wildcards, allow

_NO_RESOURCE = "PutMetricData, GetAuthorizationToken and EC2's Describe actions know no resource; metrics are in SageMaker's namespaces"
_LOG_GROUPS = ("Endpoints", "InferenceComponents")


def endpoint_role(scope: Construct, endpoint_name: str) -> iam.Role:
    """A role for the endpoint, with its logs and metrics."""
    role = iam.Role(
        scope,
        "Role",
        description="What SageMaker may do for the endpoint",
        # Only on behalf of this account: no other customer can make SageMaker use the role.
        assumed_by=iam.ServicePrincipal(
            "sagemaker.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        ),
    )
    stack = Stack.of(scope)
    logs = f"arn:{Aws.PARTITION}:logs:{stack.region}:{stack.account}:log-group:/aws/sagemaker"
    groups = [f"{logs}/{kind}/{endpoint_name}" for kind in _LOG_GROUPS]
    allow(
        role,
        permissions.WRITE_LOGS,
        [*groups, *(f"{group}:log-stream:*" for group in groups)],
        why="SageMaker names the log streams after the variant and its instances, which exist only then",
    )
    allow(
        role,
        permissions.PUBLISH_METRICS,
        ["*"],
        why=_NO_RESOURCE,
        conditions={"StringLike": {"cloudwatch:namespace": ["/aws/sagemaker/*", "AWS/SageMaker"]}},
    )
    return role


def grant_pull(role: iam.IRole, repository_arn: str) -> None:
    """Let the endpoint pull an image of a registry that is not in this app."""
    allow(role, permissions.PULL_IMAGE, [repository_arn])
    allow(role, permissions.PULL_TOKEN, ["*"], why=_NO_RESOURCE)


def grant_read(role: iam.IRole, bucket: s3.IBucket, key: str) -> None:
    """Let the endpoint read one object, or all under a prefix that ends with ``/``, and no others of the bucket."""
    keys = f"{key}*" if key.endswith("/") else key
    _grant_objects(role, bucket, keys, permissions.READ_OBJECTS, "The model is a prefix: all keys that begin so")
    # SageMaker lists the prefix before it downloads; the condition keeps it to that.
    allow(
        role,
        permissions.LIST_BUCKET,
        [bucket.bucket_arn],
        conditions={"StringLike": {"s3:prefix": [keys]}},
    )
    if bucket.encryption_key is not None:
        bucket.encryption_key.grant(role, *permissions.DECRYPT)


def grant_write(role: iam.IRole, bucket: s3.IBucket, prefix: str, key: kms.IKey | None) -> None:
    """Let the endpoint write under a prefix, encrypted with `key`."""
    why = "SageMaker names what it writes after the variant and the time, which are known only then"
    _grant_objects(role, bucket, f"{prefix}*", permissions.WRITE_OBJECTS, why)
    for each in {id(found): found for found in (key, bucket.encryption_key) if found is not None}.values():
        each.grant(role, *permissions.ENCRYPT)


def grant_volume(role: iam.IRole, key: kms.IKey) -> None:
    """Let SageMaker encrypt the endpoint's EBS volumes with `key`."""
    key.grant(role, *permissions.ENCRYPT_VOLUME)


def grant_network(
    role: iam.IRole, vpc: ec2.IVpc, subnet_ids: Sequence[str], security_groups: Iterable[ec2.ISecurityGroup]
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


def _grant_objects(role: iam.IRole, bucket: s3.IBucket, keys: str, actions: Sequence[str], why: str) -> None:
    arn = bucket.arn_for_objects(keys)
    # Unlike a statement of the role alone, this reaches a bucket of another account through its policy.
    iam.Grant.add_to_principal_or_resource(grantee=role, actions=list(actions), resource_arns=[arn], resource=bucket)
    acknowledge_wildcards(role, [arn], why)
