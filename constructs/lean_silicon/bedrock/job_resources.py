"""What jobs and knowledge bases of Amazon Bedrock have in common: the role that Bedrock takes, its objects in S3, and the jobs' names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from lean_silicon.acceptance import accept
from lean_silicon.bedrock.job_workflow import LONGEST_PREFIX

LIST_BUCKET = ("s3:ListBucket",)
PASSED_TO_BEDROCK = {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
"""The condition under which a job's role may be handed over."""


def every(scope: IConstruct, resource: str) -> str:
    """The ARN of all resources of a kind in the stack's account and region: Bedrock gives them their ids when it makes them."""
    return Stack.of(scope).format_arn(service="bedrock", resource=resource, resource_name="*")


def service_role(scope: Construct, resource: str, description: str) -> iam.Role:
    """A role that Bedrock takes for resources of that kind in this account and region only."""
    return iam.Role(
        scope,
        "Role",
        description=description,
        assumed_by=iam.ServicePrincipal(
            "bedrock.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": Stack.of(scope).account},
                "ArnLike": {"aws:SourceArn": every(scope, resource)},
            },
        ),
    )


def grant_objects(
    role: iam.Role, bucket: s3.IBucket, actions: Sequence[str], objects: Sequence[str], *, key_actions: Sequence[str]
) -> None:
    """Let `role` do `actions` on objects of a bucket, find them, and use the bucket's key, where it has one, for `key_actions`."""
    for allowed, arns in ((actions, objects), (LIST_BUCKET, [bucket.bucket_arn])):
        # Unlike a statement of the role alone, this reaches a bucket of another account through its policy.
        iam.Grant.add_to_principal_or_resource(
            grantee=role, actions=list(allowed), resource_arns=list(arns), resource=bucket
        )
    if bucket.encryption_key is not None:
        bucket.encryption_key.grant(role, *key_actions)


def results_bucket(scope: Construct) -> s3.Bucket:
    """A bucket for what a job writes, retained."""
    bucket = s3.Bucket(
        scope,
        "Output",
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        lifecycle_rules=[s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7))],
    )
    accept(bucket, {"S1": "CloudTrail's data events tell who read results; access logs would need one more bucket"})
    return bucket


def job_name_prefix(construct: IConstruct) -> str:
    """The construct's id and the end of its address: telling, and different for each construct of an account's apps."""
    address = construct.node.addr[-8:]
    words = re.sub(r"[^a-z0-9]+", "-", construct.node.id.lower())[: LONGEST_PREFIX - len(address) - 1].strip("-")
    return f"{words}-{address}".strip("-")
