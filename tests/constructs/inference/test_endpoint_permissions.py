"""The endpoint's role may do what the endpoint needs, each action on resources that it knows, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from endpoint_templates import chat, classifier, new_stack, properties_of, serverless, summaries, template_of
from service_authorization import knows

from lean_silicon.inference import DataCapture, ServedModel

# SageMaker developer guide, "CreateModel API: execution role permissions", for a model in a bucket and an image of AWS's.
HOSTING = {
    "cloudwatch:PutMetricData",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:ListBucket",
}
VOLUME = {"kms:CreateGrant", "kms:DescribeKey"}
NETWORK = {
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
}
RECORDING = {"kms:Decrypt", "kms:GenerateDataKey", "s3:AbortMultipartUpload", "s3:PutObject"}


def statements_of(template: dict[str, Any]) -> list[tuple[list[str], list[str], dict[str, Any]]]:
    """Actions, resources and conditions of each statement of the role's policy."""
    [policy] = properties_of(template, "AWS::IAM::Policy")
    return [
        (as_list(each["Action"]), as_list(each["Resource"]), each.get("Condition", {}))
        for each in policy["PolicyDocument"]["Statement"]
    ]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture(scope="module")
def templates() -> dict[str, dict[str, Any]]:
    stack = new_stack()
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        max_azs=2,
        nat_gateways=0,
        subnet_configuration=[ec2.SubnetConfiguration(name="Closed", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
    )
    capture = DataCapture(s3.Bucket.from_bucket_name(stack, "Records", "the-records"))
    return {
        "component": template_of(chat()),
        "variant": template_of(classifier(stack, vpc=vpc, data_capture=capture)),
        "asynchronous": template_of(summaries()),
        "serverless": template_of(serverless()),
    }


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("component", HOSTING | VOLUME),
        ("variant", HOSTING | VOLUME | NETWORK | RECORDING),
        ("asynchronous", HOSTING | VOLUME | RECORDING | {"sns:Publish"}),
        ("serverless", HOSTING | VOLUME),
    ],
)
def test_the_role_may_do_what_the_guide_lists_and_nothing_else(
    templates: dict[str, dict[str, Any]], kind: str, expected: set[str]
) -> None:
    assert {action for actions, _, _ in statements_of(templates[kind]) for action in actions} == expected


def test_every_action_is_allowed_on_resources_that_it_knows(templates: dict[str, dict[str, Any]]) -> None:
    for template in templates.values():
        for actions, resources, _ in statements_of(template):
            for action in actions:
                assert any(knows(action, resource) for resource in resources), (action, resources)


def test_the_model_is_read_and_no_other_object_of_its_bucket(templates: dict[str, dict[str, Any]]) -> None:
    statements = statements_of(templates["component"])
    assert [resources for actions, resources, _ in statements if actions == ["s3:GetObject"]] == [
        ["arn:aws:s3:::the-models/llama-3.1-8b/inf2/*"]
    ]
    [(resources, condition)] = [(each, found) for actions, each, found in statements if actions == ["s3:ListBucket"]]
    assert resources == ["arn:aws:s3:::the-models"]
    assert condition == {"StringLike": {"s3:prefix": ["llama-3.1-8b/inf2/*"]}}


def test_an_archive_is_one_object(templates: dict[str, dict[str, Any]]) -> None:
    read = [
        resources for actions, resources, _ in statements_of(templates["serverless"]) if actions == ["s3:GetObject"]
    ]
    assert read == [["arn:aws:s3:::the-models/classifier/model.tar.gz"]]


def test_the_key_of_the_models_bucket_may_be_used() -> None:
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "ModelsKey", "arn:aws:kms:us-east-1:111122223333:key/5678")
    bucket = s3.Bucket.from_bucket_attributes(stack, "Encrypted", bucket_name="encrypted", encryption_key=key)
    template = template_of(chat(stack, model=ServedModel.from_bucket(bucket, "llama/", compiled=True)))
    assert (["kms:Decrypt"], ["arn:aws:kms:us-east-1:111122223333:key/5678"], {}) in statements_of(template)


def test_sagemaker_takes_the_role_for_this_account_only(templates: dict[str, dict[str, Any]]) -> None:
    for template in templates.values():
        [role] = [
            each
            for each in properties_of(template, "AWS::IAM::Role")
            if "sagemaker" in str(each["AssumeRolePolicyDocument"])
        ]
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def test_logs_are_the_endpoints_own(templates: dict[str, dict[str, Any]]) -> None:
    for template in templates.values():
        [name] = [each["EndpointName"] for each in properties_of(template, "AWS::SageMaker::Endpoint")]
        [groups] = [resources for actions, resources, _ in statements_of(template) if "logs:PutLogEvents" in actions]
        assert all(f"/{name}" in each for each in groups)
