"""Where a training job keeps what it makes, and the key that encrypts it."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training.hardware import TrainingHardware
from lean_silicon.training.training_role import grant_volume, grant_write

OUTPUT_PREFIX = "output/"
CHECKPOINT_PREFIX = "checkpoints/"

_DEFAULT_VOLUME_GIB = 100


@dataclass(frozen=True)
class TrainingStorage:
    """The bucket for models and checkpoints, the key, and the instances' volumes.

    `output_key` encrypts objects; `volume_key` is `None` for types that bring their own disks: those are encrypted by the hardware, and
    SageMaker refuses a key for them (``ResourceConfig.VolumeKmsKeyId``).
    """

    bucket: s3.IBucket
    output_key: kms.IKey
    volume_key: kms.IKey | None
    volume_gib: float


def training_storage(
    scope: Construct,
    role: iam.Role,
    hardware: TrainingHardware,
    output_bucket: s3.IBucket | None,
    encryption_key: kms.IKey | None,
    volume_size: Size | None,
) -> TrainingStorage:
    """The user's storage, completed by what they left out, and `role` allowed to use it."""
    volume_gib = _volume_gib(hardware, volume_size)
    bucket_key = output_bucket.encryption_key if output_bucket is not None else None
    key = encryption_key or bucket_key or _own_key(scope)
    bucket = output_bucket or _own_bucket(scope, key)
    grant_write(role, bucket, (OUTPUT_PREFIX, CHECKPOINT_PREFIX), key)
    if bucket_key is not None and bucket_key is not key:
        # Checkpoints are encrypted by the bucket's own default.
        grant_write(role, bucket, (), bucket_key)
    # Where it is not known whether the type has disks of its own, a key could make SageMaker refuse the job.
    volume_key = key if hardware.has_local_storage is False else None
    if volume_key is not None:
        grant_volume(role, volume_key)
    return TrainingStorage(bucket, key, volume_key, volume_gib)


def _own_key(scope: Construct) -> kms.Key:
    return kms.Key(
        scope, "Key", enable_key_rotation=True, description="Models, checkpoints and volumes of a training job"
    )


def _own_bucket(scope: Construct, key: kms.IKey) -> s3.Bucket:
    return s3.Bucket(
        scope,
        "Output",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        # One data key for many objects: fewer calls to KMS, at a hundredth of the price.
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        # Uploads of an instance that was taken away are never finished, and would be paid for forever.
        lifecycle_rules=[s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7))],
    )


def _volume_gib(hardware: TrainingHardware, size: Size | None) -> float:
    if size is None:
        return _DEFAULT_VOLUME_GIB
    if hardware.has_local_storage:
        machine = hardware.machine
        disks = f"{machine.local_storage_gb:g} GB of disks" if machine and machine.local_storage_gb else "disks"
        raise InvalidValueError(
            f"volume_size is {size.to_gibibytes():g} GiB, but {hardware.instance_type} has {disks} of its own, which SageMaker uses "
            "instead; leave volume_size out"
        )
    return size.to_gibibytes()
