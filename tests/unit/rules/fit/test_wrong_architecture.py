"""FIT002: two architectures, wherever both are named."""

from __future__ import annotations

from typing import Any

import pytest
from sample_fit import (
    ARM_LINUX,
    CPU_INFERENCE,
    GPU_TRAINING,
    NEURON_INFERENCE,
    SHARED_REGISTRY,
    X86_LINUX,
    launch_template,
    node_group,
    scaling_group,
    served,
    training_job,
)
from sample_templates import Judge, instance, of_rule

from lean_silicon.rules import Severity

_READ_FROM_SSM = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"


@pytest.mark.parametrize(
    ("instance_type", "ami_type"),
    [
        ("m7g.large", "AL2023_x86_64_STANDARD"),
        ("m7i.large", "AL2023_ARM_64_STANDARD"),
        ("g5g.xlarge", "AL2_x86_64_GPU"),
        ("c7g.large", "BOTTLEROCKET_x86_64"),
        ("c7g.large", "WINDOWS_CORE_2022_x86_64"),
    ],
)
def test_a_node_group_and_its_ami_type_disagree(judged: Judge, instance_type: str, ami_type: str) -> None:
    [finding] = of_rule(judged(node_group(instance_type, AmiType=ami_type)), "FIT002")
    assert finding.severity is Severity.ERROR
    assert finding.instance_type == instance_type


@pytest.mark.parametrize(
    ("instance_type", "ami_type"),
    [
        ("m7g.large", "AL2023_ARM_64_STANDARD"),
        ("m7i.large", "AL2_x86_64"),
        ("m7g.large", "CUSTOM"),
        ("m9x.large", "AL2_x86_64"),
    ],
)
def test_a_node_group_that_agrees_or_is_not_known_passes(judged: Judge, instance_type: str, ami_type: str) -> None:
    assert of_rule(judged(node_group(instance_type, AmiType=ami_type)), "FIT002") == []


def test_arm_nodes_without_an_image_are_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(node_group("m7g.large")), "FIT002")
    assert finding.severity is Severity.WARNING
    assert of_rule(judged(node_group("m7i.large")), "FIT002") == []


def test_one_group_cannot_have_both_architectures(judged: Judge) -> None:
    [finding] = of_rule(judged(node_group("m7g.large", "m7i.large", AmiType="CUSTOM")), "FIT002")
    assert "m7g.large" in finding.message
    assert "m7i.large" in finding.message


def test_an_instance_reads_its_image_from_a_public_parameter(judged: Judge) -> None:
    parameters = {"Image": {"Type": _READ_FROM_SSM, "Default": X86_LINUX}}
    [finding] = of_rule(judged(instance("t4g.small", ImageId={"Ref": "Image"}), Parameters=parameters), "FIT002")
    assert X86_LINUX in finding.message
    assert of_rule(judged(instance("t3.small", ImageId={"Ref": "Image"}), Parameters=parameters), "FIT002") == []


@pytest.mark.parametrize(
    "path",
    [
        X86_LINUX,
        "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
        "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id",
        "/aws/service/bottlerocket/aws-k8s-1.33/x86_64/latest/image_id",
        "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
    ],
)
def test_public_parameters_of_many_makers_name_the_architecture(judged: Judge, path: str) -> None:
    image = f"{{{{resolve:ssm:{path}}}}}"
    assert len(of_rule(judged(instance("c7g.large", ImageId=image)), "FIT002")) == 1
    assert of_rule(judged(instance("c7i.large", ImageId=image)), "FIT002") == []


@pytest.mark.parametrize(
    "image", ["ami-0123456789abcdef0", "{{resolve:ssm:/golden/x86_64/image}}", {"Ref": "AWS::StackName"}]
)
def test_images_of_ones_own_tell_nothing(judged: Judge, image: object) -> None:
    assert of_rule(judged(instance("c7g.large", ImageId=image)), "FIT002") == []


def test_type_and_image_that_depend_on_one_condition_are_read_together(judged: Judge) -> None:
    sections = {
        "Parameters": {
            "Processor": {"Type": "String"},
            "Arm": {"Type": _READ_FROM_SSM, "Default": ARM_LINUX},
            "Intel": {"Type": _READ_FROM_SSM, "Default": X86_LINUX},
        },
        "Conditions": {"IsArm": {"Fn::Equals": [{"Ref": "Processor"}, "arm64"]}},
    }
    kind = {"Fn::If": ["IsArm", "t4g.small", "t3.small"]}
    right = {"Fn::If": ["IsArm", {"Ref": "Arm"}, {"Ref": "Intel"}]}
    wrong = {"Fn::If": ["IsArm", {"Ref": "Intel"}, {"Ref": "Intel"}]}
    assert of_rule(judged(instance(kind, ImageId=right), **sections), "FIT002") == []
    [finding] = of_rule(judged(instance(kind, ImageId=wrong), **sections), "FIT002")
    assert "IsArm is true" in finding.message


def test_a_group_starts_from_the_image_of_its_launch_template(judged: Judge) -> None:
    own = {**scaling_group(), **launch_template(InstanceType="t4g.small", ImageId=f"resolve:ssm:{X86_LINUX}")}
    [finding] = of_rule(judged(own), "FIT002")
    assert finding.resource.logical_id == "Group"
    assert "Launch" in finding.message


def test_overrides_of_both_architectures_need_templates_of_their_own(judged: Judge) -> None:
    mixed = ({"InstanceType": "m7g.large"}, {"InstanceType": "m7i.large"})
    assert len(of_rule(judged({**scaling_group(*mixed), **launch_template(InstanceType="m7i.large")}), "FIT002")) == 1
    arm = {"InstanceType": "m7g.large", "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-0", "Version": "1"}}
    assert (
        of_rule(judged({**scaling_group(arm, mixed[1]), **launch_template(InstanceType="m7i.large")}), "FIT002") == []
    )


def test_attribute_based_selection_follows_the_image(judged: Judge) -> None:
    attributes = {"InstanceRequirements": {"VCpuCount": {"Min": 2}, "MemoryMiB": {"Min": 4096}}}
    own = {**scaling_group(attributes), **launch_template(ImageId=f"{{{{resolve:ssm:{X86_LINUX}}}}}")}
    assert of_rule(judged(own), "FIT002") == []


def test_types_that_are_merely_allowed_are_the_choice_of_who_deploys(judged: Judge) -> None:
    parameters = {"Type": {"Type": "String", "AllowedValues": ["t3.small", "t4g.small"]}}
    own = instance({"Ref": "Type"}, ImageId=f"{{{{resolve:ssm:{X86_LINUX}}}}}")
    assert of_rule(judged(own, Parameters=parameters), "FIT002") == []


def test_a_container_for_x86_does_not_run_on_graviton(judged: Judge) -> None:
    [finding] = of_rule(judged(served(CPU_INFERENCE, "ml.c7g.xlarge")), "FIT002")
    assert "pytorch-inference:2.6.0-cpu" in finding.message
    assert of_rule(judged(served(CPU_INFERENCE, "ml.c7i.xlarge")), "FIT002") == []
    arm = f"{SHARED_REGISTRY}/pytorch-inference-arm64:2.6.0-cpu-py312-ubuntu22.04-sagemaker"
    assert of_rule(judged(served(arm, "ml.c7g.xlarge")), "FIT002") == []
    assert len(of_rule(judged(served(arm, "ml.c7i.xlarge")), "FIT002")) == 1


def test_what_fit006_says_of_an_endpoint_is_not_said_twice(judged: Judge) -> None:
    verdict = judged(served(NEURON_INFERENCE, "ml.c7g.xlarge"))
    assert of_rule(verdict, "FIT002") == []
    assert len(of_rule(verdict, "FIT006")) == 1


def test_training_jobs_are_judged_by_their_container(judged: Judge) -> None:
    assert len(of_rule(judged(training_job(GPU_TRAINING, "ml.c7g.xlarge")), "FIT002")) == 1
    assert of_rule(judged(training_job(GPU_TRAINING, "ml.g5.xlarge")), "FIT002") == []


def _function(requirements: dict[str, Any], **properties: Any) -> dict[str, Any]:
    provider = {"CapacityProviderArn": {"Fn::GetAtt": ["Provider", "Arn"]}}
    return {
        "Provider": {"Type": "AWS::Lambda::CapacityProvider", "Properties": {"InstanceRequirements": requirements}},
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "CapacityProviderConfig": {"LambdaManagedInstancesCapacityProviderConfig": provider},
                **properties,
            },
        },
    }


def test_a_function_is_x86_unless_it_says_otherwise(judged: Judge) -> None:
    [finding] = of_rule(judged(_function({"Architectures": ["arm64"]})), "FIT002")
    assert "by default" in finding.message
    assert of_rule(judged(_function({"Architectures": ["arm64"]}, Architectures=["arm64"])), "FIT002") == []


def test_a_function_must_match_the_types_that_its_provider_allows(judged: Judge) -> None:
    assert len(of_rule(judged(_function({"AllowedInstanceTypes": ["m8g.large"]})), "FIT002")) == 1
    assert of_rule(judged(_function({"AllowedInstanceTypes": ["m8g.large", "m7i.large"]})), "FIT002") == []
    assert of_rule(judged(_function({})), "FIT002") == []


@pytest.mark.parametrize(
    ("kind", "image", "findings"),
    [
        ("ARM_CONTAINER", "aws/codebuild/standard:7.0", 1),
        ("LINUX_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0", 1),
        ("ARM_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0", 0),
        ("LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0", 0),
        ("ARM_CONTAINER", "public.ecr.aws/docker/library/python:3.13", 0),
    ],
)
def test_a_build_runs_in_an_image_for_its_machines(judged: Judge, kind: str, image: str, findings: int) -> None:
    environment = {"Type": kind, "Image": image, "ComputeType": "BUILD_GENERAL1_SMALL"}
    project = {"Build": {"Type": "AWS::CodeBuild::Project", "Properties": {"Environment": environment}}}
    assert len(of_rule(judged(project), "FIT002")) == findings


def _service(architecture: object, *providers: object) -> dict[str, Any]:
    return {
        "Service": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "TaskDefinition": {"Ref": "Task"},
                "CapacityProviderStrategy": [{"CapacityProvider": each} for each in providers],
            },
        },
        "Task": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {"RuntimePlatform": {"CpuArchitecture": architecture}},
        },
        "Provider": {
            "Type": "AWS::ECS::CapacityProvider",
            "Properties": {"AutoScalingGroupProvider": {"AutoScalingGroupArn": {"Ref": "Group"}}},
        },
        **scaling_group(),
        **launch_template(InstanceType="c7i.large"),
    }


def test_tasks_for_arm_on_machines_for_x86_are_a_warning_since_their_images_may_be_for_both(judged: Judge) -> None:
    [finding] = of_rule(judged(_service("ARM64", {"Ref": "Provider"})), "FIT002")
    assert finding.severity is Severity.WARNING
    assert of_rule(judged(_service("X86_64", {"Ref": "Provider"})), "FIT002") == []
    assert of_rule(judged(_service("ARM64", {"Ref": "Provider"}, "graviton")), "FIT002") == []


@pytest.mark.parametrize("wrong", [7, None, True, [], {}, ["arm64", 3], {"Fn::If": []}, "", {"Ref": "Nowhere"}])
def test_values_of_the_wrong_kind_are_no_finding(judged: Judge, wrong: Any) -> None:
    templates = (
        node_group("m7g.large", AmiType=wrong, LaunchTemplate={"Id": wrong}),
        instance("t4g.small", ImageId=wrong, LaunchTemplate=wrong),
        {**scaling_group(wrong, {"InstanceType": wrong}), **launch_template(ImageId=wrong, InstanceType=wrong)},
        served(wrong, "ml.c7g.xlarge", ModelName=wrong),
        training_job(wrong, "ml.c7g.xlarge"),
        _function({"Architectures": wrong, "AllowedInstanceTypes": wrong}, Architectures=wrong),
        {
            "Build": {
                "Type": "AWS::CodeBuild::Project",
                "Properties": {"Environment": {"Type": "ARM_CONTAINER", "Image": wrong}},
            }
        },
        _service(wrong, wrong),
    )
    for template in templates:
        assert [each for each in of_rule(judged(template), "FIT002") if each.severity is Severity.ERROR] == []
