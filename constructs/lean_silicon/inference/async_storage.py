"""Where an asynchronous endpoint finds requests and puts answers, and whom it tells."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from constructs import Construct

from lean_silicon.acceptance import accept
from lean_silicon.inference import permissions
from lean_silicon.inference.endpoint_role import grant_read, grant_write
from lean_silicon.least_privilege import acknowledge_wildcards, allow

REQUESTS, ANSWERS, FAILURES = "requests/", "answers/", "failures/"
"""The prefixes of the bucket."""

_NO_ACCESS_LOG = (
    "One endpoint and its callers use the bucket; CloudTrail's data events tell who read what, where that is asked for"
)

_Config = sagemaker.CfnEndpointConfig


@dataclass(frozen=True)
class AsyncStorage:
    """The bucket and the topics."""

    bucket: s3.IBucket
    success: sns.ITopic
    error: sns.ITopic


def async_storage(
    scope: Construct,
    role: iam.Role,
    key: kms.IKey,
    bucket: s3.IBucket | None,
    success: sns.ITopic | None,
    error: sns.ITopic | None,
) -> AsyncStorage:
    """The user's bucket and topics, completed by what they left out, and `role` allowed to use them."""
    chosen = bucket or _own_bucket(scope, key)
    grant_read(role, chosen, REQUESTS)
    for prefix in (ANSWERS, FAILURES):
        grant_write(role, chosen, prefix, key)
    topics = [success or _own_topic(scope, "Success", key), error or _own_topic(scope, "Error", key)]
    allow(role, permissions.NOTIFY, [topic.topic_arn for topic in topics])
    # A topic of the user's may be encrypted with a key of its own, which the user then lets the endpoint's role use.
    key.grant(role, *permissions.ENCRYPT)
    return AsyncStorage(chosen, topics[0], topics[1])


def grant_asking(storage: AsyncStorage, grantee: iam.IGrantable, key: kms.IKey) -> None:
    """Let `grantee` put requests, and read answers and failures."""
    for prefix, actions in (
        (REQUESTS, permissions.WRITE_OBJECTS),
        (ANSWERS, permissions.READ_OBJECTS),
        (FAILURES, permissions.READ_OBJECTS),
    ):
        arn = storage.bucket.arn_for_objects(f"{prefix}*")
        iam.Grant.add_to_principal_or_resource(
            grantee=grantee, actions=list(actions), resource_arns=[arn], resource=storage.bucket
        )
        if isinstance(grantee, Construct):
            acknowledge_wildcards(grantee, [arn], "Requests and answers are named when they are written")
    (storage.bucket.encryption_key or key).grant(grantee, *permissions.ENCRYPT)


def queue_configuration(
    storage: AsyncStorage, key: kms.IKey, requests_per_instance: int | None
) -> _Config.AsyncInferenceConfigProperty:
    """The property that makes an endpoint asynchronous."""
    base = f"s3://{storage.bucket.bucket_name}/"
    client = None
    if requests_per_instance is not None:
        client = _Config.AsyncInferenceClientConfigProperty(
            max_concurrent_invocations_per_instance=requests_per_instance
        )
    return _Config.AsyncInferenceConfigProperty(
        client_config=client,
        output_config=_Config.AsyncInferenceOutputConfigProperty(
            kms_key_id=key.key_arn,
            s3_output_path=base + ANSWERS.rstrip("/"),
            s3_failure_path=base + FAILURES.rstrip("/"),
            notification_config=_Config.AsyncInferenceNotificationConfigProperty(
                success_topic=storage.success.topic_arn, error_topic=storage.error.topic_arn
            ),
        ),
    )


def _own_bucket(scope: Construct, key: kms.IKey) -> s3.Bucket:
    bucket = s3.Bucket(
        scope,
        "Queue",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        # One data key for many objects: fewer calls to KMS, at a hundredth of the price.
        bucket_key_enabled=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        lifecycle_rules=[
            s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7)),
            # Requests are of no use once they are answered; SageMaker keeps one in its queue for six hours at most.
            s3.LifecycleRule(prefix=REQUESTS, expiration=Duration.days(7)),
        ],
    )
    accept(bucket, {"S1": _NO_ACCESS_LOG})
    return bucket


def _own_topic(scope: Construct, name: str, key: kms.IKey) -> sns.Topic:
    return sns.Topic(scope, f"{name}Topic", master_key=key, enforce_ssl=True)
