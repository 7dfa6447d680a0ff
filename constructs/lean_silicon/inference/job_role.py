"""The role that a SageMaker job runs with, and what it may read and write: the least that works the first time.

Sources: SageMaker developer guide, "CreateProcessingJob API: execution role permissions", "CreateModel API: execution role
permissions"; API reference, CreateOptimizationJob, ``RoleArn``; the service authorization reference.
"""

from __future__ import annotations

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.least_privilege import acknowledge_wildcards, allow

READ_OBJECTS = ("s3:GetObject",)
WRITE_OBJECTS = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
LIST_BUCKET = ("s3:ListBucket",)
DECRYPT = ("kms:Decrypt",)
ENCRYPT = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
ENCRYPT_VOLUME = ("kms:CreateGrant", "kms:DescribeKey")
WRITE_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
PUBLISH_METRICS = ("cloudwatch:PutMetricData",)
PULL_IMAGE = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PULL_TOKEN = ("ecr:GetAuthorizationToken",)

_NO_RESOURCE = "PutMetricData and GetAuthorizationToken know no resource; metrics are in SageMaker's namespaces"


def job_role(scope: Construct, construct_id: str, *, log_group: str, description: str) -> iam.Role:
    """A role for SageMaker jobs of this account, with their logs and metrics."""
    stack = Stack.of(scope)
    role = iam.Role(
        scope,
        construct_id,
        description=description,
        # Only on behalf of this account: no other customer can make SageMaker use the role.
        assumed_by=iam.ServicePrincipal(
            "sagemaker.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        ),
    )
    group = f"arn:{Aws.PARTITION}:logs:{stack.region}:{stack.account}:log-group:{log_group}"
    allow(
        role,
        WRITE_LOGS,
        [group, f"{group}:log-stream:*"],
        why="SageMaker names the log streams after the job and its instances, which exist only then",
    )
    allow(
        role,
        PUBLISH_METRICS,
        ["*"],
        why=_NO_RESOURCE,
        conditions={"StringLike": {"cloudwatch:namespace": ["/aws/sagemaker/*", "aws/sagemaker/*"]}},
    )
    return role


def grant_pull(role: iam.IRole, repository_arn: str) -> None:
    """Let the job pull an image of a registry that is not in this app."""
    allow(role, PULL_IMAGE, [repository_arn])
    allow(role, PULL_TOKEN, ["*"], why=_NO_RESOURCE)


def grant_read(role: iam.IRole, bucket: s3.IBucket, prefix: str) -> None:
    """Let the job read the objects under a prefix, and no others of the bucket."""
    _grant(role, bucket, prefix, READ_OBJECTS, "The input is a prefix: all keys that begin so")
    if bucket.encryption_key is not None:
        bucket.encryption_key.grant(role, *DECRYPT)


def grant_write(role: iam.IRole, bucket: s3.IBucket, prefix: str, key: kms.IKey | None) -> None:
    """Let the job write under a prefix, and read back what is there."""
    _grant(
        role, bucket, prefix, WRITE_OBJECTS, "The names of jobs and their files follow the prefix, and exist only then"
    )
    if key is not None:
        key.grant(role, *ENCRYPT)


def _grant(role: iam.IRole, bucket: s3.IBucket, prefix: str, actions: tuple[str, ...], why: str) -> None:
    objects = bucket.arn_for_objects(f"{prefix}*")
    # SageMaker looks at the bucket before it lists a prefix, so ListBucket carries no condition on the prefix.
    for allowed, arn in ((actions, objects), (LIST_BUCKET, bucket.bucket_arn)):
        # Unlike a statement of the role alone, this reaches a bucket of another account through its policy.
        iam.Grant.add_to_principal_or_resource(
            grantee=role, actions=list(allowed), resource_arns=[arn], resource=bucket
        )
    acknowledge_wildcards(role, [objects], why)
