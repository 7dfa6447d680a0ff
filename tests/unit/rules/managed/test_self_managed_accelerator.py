"""MGD001: accelerators on plain EC2, unless an orchestrator runs them."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, instance, of_rule
from sample_utilisation import WRONG, only

from lean_silicon.rules import Severity

GROUP = "AWS::AutoScaling::AutoScalingGroup"


def group(data: Any = None, **properties: Any) -> dict[str, Any]:
    launch = {"InstanceType": "g5.xlarge", "ImageId": "ami-0123456789abcdef0", **(data or {})}
    return {
        "Group": {
            "Type": GROUP,
            "Properties": {
                "MinSize": 0,
                "MaxSize": 4,
                "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Launch"}},
                **properties,
            },
        },
        "Launch": {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": launch}},
    }


@pytest.mark.parametrize("kind", ["p4d.24xlarge", "trn1.32xlarge", "g5.xlarge", "inf2.xlarge"])
def test_an_accelerated_instance_on_plain_ec2_is_a_warning(judged: Judge, kind: str) -> None:
    [finding] = of_rule(judged(instance(kind)), "MGD001")
    assert finding.severity is Severity.WARNING
    assert "runs on plain EC2" in finding.message


def test_so_is_an_auto_scaling_group_and_a_fleet(judged: Judge) -> None:
    assert of_rule(judged(group()), "MGD001")
    configs = [{"Overrides": [{"InstanceType": "g5.xlarge"}, {"InstanceType": "g6.xlarge"}]}]
    assert of_rule(judged(only("AWS::EC2::EC2Fleet", {"LaunchTemplateConfigs": configs})), "MGD001")


@pytest.mark.parametrize(
    ("task", "says"),
    [("training", "training jobs"), ("inference", "endpoint"), ("interactive", "Studio"), ("processing", "Batch")],
)
def test_the_suggestion_follows_the_task(judged: Judge, task: str, says: str) -> None:
    [finding] = of_rule(judged(instance("g5.xlarge", {"Task": task})), "MGD001")
    assert finding.suggestion is not None
    assert says in finding.suggestion.text


@pytest.mark.parametrize(
    "made",
    [
        instance("m7g.large"),
        instance("x9.unknown"),
        instance(
            "g4dn.xlarge",
            ImageId="{{resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base}}",
        ),
        group(Tags=[{"Key": "kubernetes.io/cluster/research", "Value": "owned", "PropagateAtLaunch": True}]),
        group(
            Tags=[{"Key": {"Fn::Sub": "kubernetes.io/cluster/${Cluster}"}, "Value": "owned", "PropagateAtLaunch": True}]
        ),
        group({"UserData": {"Fn::Base64": {"Fn::Sub": "#!/bin/bash\n/etc/eks/bootstrap.sh ${Cluster}\n"}}}),
        group(
            {
                "UserData": {
                    "Fn::Base64": {"Fn::Sub": "#!/bin/bash\necho ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config\n"}
                }
            }
        ),
        group({"ImageId": {"Ref": "NodeImage"}}),
        {
            **group(),
            "Provider": {
                "Type": "AWS::ECS::CapacityProvider",
                "Properties": {"AutoScalingGroupProvider": {"AutoScalingGroupArn": {"Ref": "Group"}}},
            },
        },
        only("AWS::EKS::Nodegroup", {"InstanceTypes": ["g5.xlarge"]}),
        only("AWS::Batch::ComputeEnvironment", {"ComputeResources": {"InstanceTypes": ["g5.xlarge"]}}),
        only("AWS::EC2::CapacityReservation", {"InstanceType": "g5.xlarge", "InstanceCount": 1}),
    ],
)
def test_processors_windows_and_nodes_of_an_orchestrator_pass(judged: Judge, made: dict[str, Any]) -> None:
    parameters = {
        "Cluster": {"Type": "String"},
        "NodeImage": {
            "Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
            "Default": "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/nvidia/recommended/image_id",
        },
    }
    assert of_rule(judged(made, Parameters=parameters), "MGD001") == []


def test_each_type_of_a_condition_is_judged_under_it(judged: Judge) -> None:
    sections = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    }
    [finding] = of_rule(judged(instance({"Fn::If": ["Prod", "p4d.24xlarge", "m7g.large"]}), **sections), "MGD001")
    assert "when Prod is true" in finding.message


def test_an_acknowledgment_with_a_reason_accepts_it(judged: Judge) -> None:
    made = instance("g5.xlarge")
    made["Machine"]["Metadata"] = {
        "LeanSilicon": {"Acknowledge": [{"Id": "MGD001", "Reason": "Licence is tied to the host"}]}
    }
    [finding] = of_rule(judged(made), "MGD001")
    assert finding.acknowledged is not None


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for made in (
        instance(wrong),
        instance("g5.xlarge", ImageId=wrong, UserData=wrong),
        group({"UserData": wrong}, Tags=wrong),
        group(LaunchTemplate=wrong),
    ):
        assert judged(made).findings is not None
