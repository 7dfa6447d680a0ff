"""FIT001: an image without the driver, where that is certain."""

from __future__ import annotations

from typing import Any

import pytest
from sample_fit import EKS_STANDARD, karpenter, launch_template, manifest, node_group, scaling_group
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity


@pytest.mark.parametrize(
    ("instance_type", "ami_type", "driver"),
    [
        ("p5.48xlarge", "AL2023_x86_64_STANDARD", "AL2023_x86_64_NVIDIA"),
        ("trn1.32xlarge", "AL2023_x86_64_STANDARD", "AL2023_x86_64_NEURON"),
        ("trn2.48xlarge", "AL2023_x86_64_NVIDIA", "AL2023_x86_64_NEURON"),
        ("g6.xlarge", "AL2023_x86_64_NEURON", "AL2023_x86_64_NVIDIA"),
        ("g5.xlarge", "AL2_x86_64", "AL2023_x86_64_NVIDIA"),
        ("g5.xlarge", "BOTTLEROCKET_x86_64", "AL2023_x86_64_NVIDIA"),
        ("g5g.xlarge", "AL2_ARM_64", "AL2023_ARM_64_NVIDIA"),
    ],
)
def test_an_ami_type_without_the_driver_is_an_error_that_names_the_one_with_it(
    judged: Judge, instance_type: str, ami_type: str, driver: str
) -> None:
    [finding] = of_rule(judged(node_group(instance_type, AmiType=ami_type)), "FIT001")
    assert finding.severity is Severity.ERROR
    assert finding.suggestion is not None
    assert driver in finding.suggestion.text


@pytest.mark.parametrize(
    ("instance_type", "ami_type"),
    [
        ("p5.48xlarge", "AL2023_x86_64_NVIDIA"),
        ("trn1.32xlarge", "AL2023_x86_64_NEURON"),
        ("g5g.xlarge", "AL2023_ARM_64_NVIDIA"),
        ("inf2.xlarge", "AL2_x86_64_GPU"),
        ("g5.xlarge", "AL2_x86_64_GPU"),
        ("inf2.xlarge", "BOTTLEROCKET_x86_64"),
        ("g5.xlarge", "BOTTLEROCKET_x86_64_NVIDIA"),
        ("g5.xlarge", "CUSTOM"),
        ("m7i.large", "AL2023_x86_64_STANDARD"),
        ("g4ad.xlarge", "AL2023_x86_64_STANDARD"),
        ("g5.xlarge", "AL2029_x86_64_SOMETHING"),
    ],
)
def test_an_image_that_has_or_may_have_the_driver_passes(judged: Judge, instance_type: str, ami_type: str) -> None:
    assert of_rule(judged(node_group(instance_type, AmiType=ami_type)), "FIT001") == []


def cluster_with(version: object, **group: Any) -> dict[str, Any]:
    cluster = {"Cluster": {"Type": "AWS::EKS::Cluster", "Properties": {"Version": version}}}
    return {
        **cluster,
        **node_group("inf2.xlarge", AmiType="AL2_x86_64_GPU", **{"ClusterName": {"Ref": "Cluster"}, **group}),
    }


@pytest.mark.parametrize("version", ["1.33", "1.35", 1.35])
def test_an_image_on_amazon_linux_2_is_an_error_where_eks_publishes_none(judged: Judge, version: object) -> None:
    [finding] = of_rule(judged(cluster_with(version)), "FIT001")
    assert finding.severity is Severity.ERROR
    assert f"does not publish for Kubernetes {version}" in finding.message
    assert finding.suggestion is not None
    assert "AL2023_x86_64_NEURON" in finding.suggestion.text


@pytest.mark.parametrize("version", ["1.32", {"Ref": "Unknown"}, "latest", 1.3, None, ["1.35"]])
def test_it_passes_where_eks_published_one_or_the_version_is_not_known(judged: Judge, version: object) -> None:
    assert of_rule(judged(cluster_with(version)), "FIT001") == []


def test_the_version_of_the_group_goes_before_that_of_the_cluster(judged: Judge) -> None:
    assert of_rule(judged(cluster_with("1.33", Version="1.32")), "FIT001") == []
    assert of_rule(judged(cluster_with("1.32", Version="1.33")), "FIT001") != []


def test_a_group_of_two_kinds_of_accelerators_is_told_to_split(judged: Judge) -> None:
    [finding] = of_rule(judged(node_group("trn1.32xlarge", "g5.xlarge", AmiType="AL2023_x86_64_NVIDIA")), "FIT001")
    assert "trn1.32xlarge" in finding.message
    assert "g5.xlarge" not in finding.message
    assert finding.suggestion is not None
    assert finding.suggestion.text.startswith("Split the group")


def test_a_group_that_names_no_image_is_a_warning_since_only_the_operating_system_is_documented(judged: Judge) -> None:
    [finding] = of_rule(judged(node_group("g5.xlarge")), "FIT001")
    assert finding.severity is Severity.WARNING


def test_the_image_of_a_launch_template_is_read_from_its_parameter(judged: Judge) -> None:
    own = {
        **node_group("g5.xlarge", LaunchTemplate={"Id": {"Ref": "Launch"}}),
        **launch_template(ImageId={"Ref": "Image"}),
    }
    parameters = {"Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": EKS_STANDARD}}
    [finding] = of_rule(judged(own, Parameters=parameters), "FIT001")
    assert finding.severity is Severity.ERROR
    assert "Launch" in finding.message


def test_a_self_managed_group_on_an_image_of_eks_is_judged_too(judged: Judge) -> None:
    version = {"Fn::Sub": EKS_STANDARD.replace("1.33", "${Version}").join(["{{resolve:ssm:", "}}"])}
    own = {**scaling_group(), **launch_template(InstanceType="trn1.32xlarge", ImageId=version)}
    [finding] = of_rule(judged(own, Parameters={"Version": {"Type": "String"}}), "FIT001")
    assert "Neuron" in finding.message


@pytest.mark.parametrize(
    "image",
    [
        "ami-0123456789abcdef0",
        {"Ref": "Image"},
        {"Fn::FindInMap": ["Images", {"Ref": "AWS::Region"}, "gpu"]},
        "{{resolve:ssm:/golden/amazon-linux-2023/x86_64/standard/image}}",
        {"Fn::GetAtt": ["Finder", "Id"]},
    ],
)
def test_an_image_of_which_nothing_is_known_is_not_judged(judged: Judge, image: object) -> None:
    own = {**node_group("g5.xlarge", LaunchTemplate={"Id": {"Ref": "Launch"}}), **launch_template(ImageId=image)}
    assert of_rule(judged(own, Parameters={"Image": {"Type": "AWS::EC2::Image::Id"}}), "FIT001") == []


def test_a_launch_template_of_elsewhere_may_name_an_image(judged: Judge) -> None:
    assert of_rule(judged(node_group("g5.xlarge", LaunchTemplate={"Id": "lt-0123456789abcdef0"})), "FIT001") == []


def test_a_start_up_script_that_installs_the_driver_is_left_alone(judged: Judge) -> None:
    script = {"Fn::Base64": "dnf install -y nvidia-release && dnf install -y nvidia-driver"}
    own = {**node_group("g5.xlarge", LaunchTemplate={"Id": {"Ref": "Launch"}}), **launch_template(UserData=script)}
    assert of_rule(judged(own), "FIT001") == []


def test_the_gpu_operator_may_bring_the_driver_of_gpus_but_not_that_of_neuron(judged: Judge) -> None:
    chart = {
        "Chart": {"Type": "Custom::AWSCDK-EKS-HelmChart", "Properties": {"Chart": "gpu-operator", "Release": "gpu"}}
    }
    assert of_rule(judged({**node_group("g5.xlarge", AmiType="AL2023_x86_64_STANDARD"), **chart}), "FIT001") == []
    assert of_rule(judged({**node_group("trn1.32xlarge", AmiType="AL2023_x86_64_STANDARD"), **chart}), "FIT001") != []


def test_conditions_of_type_and_image_are_read_together(judged: Judge) -> None:
    types = {"Fn::If": ["Accelerated", ["g5.xlarge"], ["m7i.xlarge"]]}
    image = {"Fn::If": ["Accelerated", "AL2023_x86_64_NVIDIA", "AL2023_x86_64_STANDARD"]}
    sections = {
        "Parameters": {"Kind": {"Type": "String"}},
        "Conditions": {"Accelerated": {"Fn::Equals": [{"Ref": "Kind"}, "gpu"]}},
    }
    assert of_rule(judged(node_group(InstanceTypes=types, AmiType=image), **sections), "FIT001") == []
    [finding] = of_rule(judged(node_group(InstanceTypes=types, AmiType="AL2023_x86_64_STANDARD"), **sections), "FIT001")
    assert "Accelerated is true" in finding.message


@pytest.mark.parametrize(
    "term",
    [
        {"alias": "al2023@latest"},
        {"id": "ami-0123456789abcdef0"},
        {"tags": {"team": "ml"}},
        {"ssmParameter": EKS_STANDARD.replace("standard", "neuron")},
        {"name": "my-node-*"},
        "al2023@latest",
    ],
)
def test_karpenter_chooses_the_variant_itself_unless_an_image_is_named(judged: Judge, term: object) -> None:
    assert of_rule(judged(karpenter(term)), "FIT001") == []


@pytest.mark.parametrize(
    "term",
    [
        {"ssmParameter": EKS_STANDARD},
        {"ssmParameter": f"arn:aws:ssm:us-east-1::parameter{EKS_STANDARD}"},
        {"name": "amazon-eks-node-al2023-x86_64-standard-1.33-*", "owner": "amazon"},
    ],
)
def test_a_node_class_that_names_the_standard_image_for_accelerated_nodes_is_an_error(
    judged: Judge, term: object
) -> None:
    [finding] = of_rule(judged(karpenter(term)), "FIT001")
    assert finding.severity is Severity.ERROR
    assert "EC2NodeClass accelerated" in finding.message


def test_a_node_class_with_one_image_that_has_the_driver_passes(judged: Judge) -> None:
    terms = ({"ssmParameter": EKS_STANDARD}, {"ssmParameter": EKS_STANDARD.replace("standard", "neuron")})
    assert of_rule(judged(karpenter(*terms)), "FIT001") == []


def test_a_general_pool_may_use_the_standard_image(judged: Judge) -> None:
    assert of_rule(judged(karpenter({"ssmParameter": EKS_STANDARD}, families=("m7i", "g5"))), "FIT001") == []


@pytest.mark.parametrize("wrong", [7, None, True, [], {}, ["AL2_x86_64"], {"Fn::If": 3}, "", {"Ref": "Nowhere"}])
def test_values_of_the_wrong_kind_are_no_finding_of_an_error(judged: Judge, wrong: Any) -> None:
    own = {
        **node_group("g5.xlarge", AmiType=wrong, LaunchTemplate=wrong),
        **launch_template(ImageId=wrong, UserData=wrong),
    }
    assert [each for each in of_rule(judged(own), "FIT001") if each.severity is Severity.ERROR] == []
    pool = manifest(
        "Odd",
        {"kind": "NodePool", "apiVersion": "karpenter.sh/v1", "spec": wrong},
        {"kind": "EC2NodeClass", "spec": wrong},
    )
    assert of_rule(judged(pool), "FIT001") == []
