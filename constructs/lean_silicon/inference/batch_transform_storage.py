"""Where a batch transform leaves its answers, and the key that encrypts them."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.inference.job_role import ENCRYPT_VOLUME, grant_write

OUTPUT_PREFIX = "output/"


@dataclass(frozen=True)
class TransformStorage:
    """The bucket for the answers and its key."""

    bucket: s3.IBucket
    key: kms.IKey


def transform_storage(
    scope: Construct,
    role: iam.IRole,
    output_bucket: s3.IBucket | None,
    encryption_key: kms.IKey | None,
    *,
    with_volumes: bool,
) -> TransformStorage:
    """The user's storage, completed by what they left out, and `role` allowed to write there.

    `with_volumes` says whether the key encrypts the instances' volumes too.
    """
    bucket_key = output_bucket.encryption_key if output_bucket is not None else None
    key = (
        encryption_key
        or bucket_key
        or kms.Key(scope, "Key", enable_key_rotation=True, description="Answers and volumes of a batch transform")
    )
    bucket = output_bucket or job_bucket(scope, "Output", key)
    grant_write(role, bucket, OUTPUT_PREFIX, key)
    if with_volumes:
        key.grant(role, *ENCRYPT_VOLUME)
    return TransformStorage(bucket, key)


def job_bucket(scope: Construct, construct_id: str, key: kms.IKey) -> s3.Bucket:
    """A private bucket for what jobs write, encrypted, retained."""
    return s3.Bucket(
        scope,
        construct_id,
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        # One data key for many objects: fewer calls to KMS.
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        # Uploads of an instance that was taken away are never finished, and would be paid for for ever.
        lifecycle_rules=[s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7))],
    )
