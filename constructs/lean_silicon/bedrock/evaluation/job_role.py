"""The service role of evaluation jobs: the models that answer and judge, the prompts, the results, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.bedrock import permissions
from lean_silicon.bedrock.evaluation.prompts import PromptDataset
from lean_silicon.bedrock.evaluation.reach import Reach
from lean_silicon.least_privilege import acknowledge_wildcards, allow


def evaluation_job_role(scope: Construct) -> iam.Role:
    """A role that Bedrock takes for evaluation jobs of this account and region only."""
    jobs = Stack.of(scope).format_arn(service="bedrock", resource="evaluation-job", resource_name="*")
    return iam.Role(
        scope,
        "JobRole",
        description="What Amazon Bedrock may do for the evaluation's jobs",
        assumed_by=iam.ServicePrincipal(
            "bedrock.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                # The jobs' ids are drawn when they start.
                "ArnLike": {"aws:SourceArn": jobs},
            },
        ),
    )


def grant_models(role: iam.Role, reaches: Iterable[Reach]) -> None:
    """Let the job invoke these models, where a cross-region profile routes to too."""
    found = list(reaches)
    models = list(dict.fromkeys(arn for each in found for arn in each.model_arns))
    profiles = list(dict.fromkeys(arn for each in found for arn in each.profile_arns))
    if not models:
        return
    allow(role, permissions.INVOKE_MODEL, [*models, *profiles])
    if profiles:
        allow(role, permissions.GET_INFERENCE_PROFILE, profiles)
    jobs = Stack.of(role).format_arn(service="bedrock", resource="model-invocation-job", resource_name="*")
    why = "The ids of the batches are drawn when Bedrock starts them"
    allow(role, permissions.ANSWER_IN_BATCH, [*models, *profiles, jobs], why=why)
    allow(role, permissions.STOP_BATCH, [jobs], why=why)


def grant_prompts(role: iam.Role, prompts: PromptDataset) -> None:
    """Let the job read the prompts: one object."""
    _grant_bucket(role, prompts.bucket, permissions.READ_PROMPTS, prompts.bucket.arn_for_objects(prompts.key))
    _grant_bucket(role, prompts.bucket, permissions.LIST_BUCKET, prompts.bucket.bucket_arn)
    if prompts.bucket.encryption_key is not None:
        prompts.bucket.encryption_key.grant_decrypt(role)


def grant_results(role: iam.Role, bucket: s3.IBucket, prefix: str) -> None:
    """Let the job write under `prefix`, and read back what it wrote."""
    objects = bucket.arn_for_objects(f"{prefix}*")
    _grant_bucket(role, bucket, permissions.WRITE_RESULTS, objects)
    _grant_bucket(role, bucket, permissions.SEE_RESULTS_BUCKET, bucket.bucket_arn)
    acknowledge_wildcards(role, [objects], "Bedrock names results after the job, which is named when it starts")
    if bucket.encryption_key is not None:
        bucket.encryption_key.grant(role, *permissions.USE_KEY)


def grant_knowledge_base(role: iam.Role, knowledge_base_id: str, *, generates: bool) -> None:
    """Let the job retrieve from a knowledge base, and have answers generated with it."""
    arn = Stack.of(role).format_arn(service="bedrock", resource="knowledge-base", resource_name=knowledge_base_id)
    allow(role, permissions.RETRIEVE, [arn])
    if generates:
        allow(
            role,
            permissions.RETRIEVE_AND_GENERATE,
            ["*"],
            why="RetrieveAndGenerate knows no resource; Retrieve, which it needs besides, names the knowledge base",
        )


def grant_review(role: iam.Role, flow_definition_arn: str) -> None:
    """Let the job have answers rated by the work team of a human review workflow."""
    allow(role, permissions.START_REVIEW, [flow_definition_arn])
    loops = Stack.of(role).format_arn(service="sagemaker", resource="human-loop", resource_name="*")
    allow(role, permissions.FOLLOW_REVIEW, [loops], why="Bedrock names each human loop when it starts it")


def _grant_bucket(role: iam.Role, bucket: s3.IBucket, actions: tuple[str, ...], arn: str) -> None:
    # Unlike a statement of the role alone, this reaches a bucket of another account through its policy.
    iam.Grant.add_to_principal_or_resource(grantee=role, actions=list(actions), resource_arns=[arn], resource=bucket)
