"""The function that compares the candidates, and where it tells the verdict."""

from __future__ import annotations

from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from lean_silicon.bedrock import permissions
from lean_silicon.graviton_function import graviton_function
from lean_silicon.least_privilege import acknowledge_wildcards, allow

NO_VERDICT_YET = '{"chosen": null, "evaluation": null}'


def verdict_parameter(scope: Construct, name: str | None) -> ssm.StringParameter:
    """The parameter that says what was chosen last and where the verdict is. Each evaluation overwrites it."""
    return ssm.StringParameter(
        scope,
        "Verdict",
        parameter_name=name,
        string_value=NO_VERDICT_YET,
        description="What the last evaluation chose, and where its verdict is stored",
    )


def comparison_function(
    scope: Construct, bucket: s3.IBucket, results: str, verdicts: str, parameter: ssm.StringParameter
) -> lambda_.Function:
    """The function: it reads results under one prefix of the bucket, and writes verdicts under another and the parameter."""
    function = graviton_function(
        scope,
        "Compare",
        folder="bedrock",
        handler="evaluation.comparison.handler",
        description="Compares the candidates of an evaluation and writes the verdict",
        environment={
            "VERDICTS": bucket.s3_url_for_object(verdicts),
            "PARAMETER": parameter.parameter_name,
        },
        timeout=Duration.minutes(5),
        memory_mib=512,
    )
    role = cast("iam.IRole", function.role)
    read, written = bucket.arn_for_objects(f"{results}*"), bucket.arn_for_objects(f"{verdicts}*")
    for actions, arn in (
        (permissions.READ_RESULTS, read),
        (permissions.WRITE_VERDICT, written),
        (permissions.LIST_BUCKET, bucket.bucket_arn),
    ):
        iam.Grant.add_to_principal_or_resource(
            grantee=role, actions=list(actions), resource_arns=[arn], resource=bucket
        )
    acknowledge_wildcards(role, [read, written], "Results and verdicts are named after jobs and executions")
    allow(role, permissions.TELL_VERDICT, [parameter.parameter_arn])
    if bucket.encryption_key is not None:
        bucket.encryption_key.grant(role, *permissions.USE_KEY)
    return function
