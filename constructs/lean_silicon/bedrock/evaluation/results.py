"""The bucket of results and verdicts."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.acceptance import accept


def own_bucket(scope: Construct, *, for_raters: bool) -> s3.Bucket:
    """A bucket of the evaluation's own, retained.

    `for_raters` lets the raters' pages in the browser read and write answers there (Amazon Bedrock User Guide, "Required Cross Origin
    Resource Sharing (CORS) permissions on S3 buckets").
    """
    bucket = s3.Bucket(
        scope,
        "Results",
        encryption=s3.BucketEncryption.S3_MANAGED,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        versioned=True,
        cors=[_raters()] if for_raters else None,
        removal_policy=RemovalPolicy.RETAIN,
    )
    accept(bucket, {"S1": "CloudTrail's data events tell who read results; access logs would need one more bucket"})
    return bucket


def _raters() -> s3.CorsRule:
    return s3.CorsRule(
        allowed_methods=[s3.HttpMethods.GET, s3.HttpMethods.PUT, s3.HttpMethods.POST, s3.HttpMethods.DELETE],
        allowed_origins=["*"],
        allowed_headers=["*"],
        exposed_headers=["Access-Control-Allow-Origin"],
    )
