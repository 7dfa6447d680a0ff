"""The role with which Bedrock reads documents, embeds them and keeps their vectors."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.bedrock.job_resources import grant_objects, service_role
from lean_silicon.bedrock.ladder import permissions
from lean_silicon.least_privilege import acknowledge_wildcards, allow


def knowledge_base_role(scope: Construct, embedding_arns: Sequence[str], bucket: s3.IBucket, prefix: str) -> iam.Role:
    """A role for knowledge bases of this account and region, which may embed and read the documents below `prefix`."""
    role = service_role(scope, "knowledge-base", "What Bedrock may do for the knowledge base")
    allow(role, permissions.EMBED, embedding_arns)
    documents = bucket.arn_for_objects(f"{prefix}*")
    grant_objects(role, bucket, permissions.READ_OBJECTS, [documents], key_actions=permissions.DECRYPT)
    acknowledge_wildcards(role, [documents], "The documents are all keys that begin with the prefix")
    return role
