"""Outposts, Local Zones and Wavelength Zones offer other types than their region, so SIL004 and SIL007 are silent there."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, instance, of_rule

X86 = {"Task": "processing", "Requires": ["x86"], "Reason": "A solver that its vendor ships for x86 only"}
OUTPOST = "arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0"


def subnet(**properties: Any) -> dict[str, Any]:
    return {"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1", **properties}}}


def found(judged: Judge, resources: dict[str, Any]) -> list[str]:
    verdict = judged(resources, region="us-west-2", Parameters={"Zone": {"Type": "String"}})
    return [finding.rule for rule in ("SIL004", "SIL007") for finding in of_rule(verdict, rule)]


@pytest.mark.parametrize("workload", [None, X86])
@pytest.mark.parametrize(
    "placed",
    [
        {"AvailabilityZone": "us-west-2-lax-1a"},
        {"AvailabilityZone": "us-west-2-wl1-den-wlz-1"},
        {"Placement": {"AvailabilityZone": "us-west-2-lax-1b"}},
    ],
)
def test_a_machine_in_a_local_or_wavelength_zone_passes(
    judged: Judge, placed: dict[str, Any], workload: dict[str, Any] | None
) -> None:
    assert found(judged, instance("m5.xlarge", workload, **placed)) == []


@pytest.mark.parametrize("where", [{"OutpostArn": OUTPOST}, {"AvailabilityZone": "us-west-2-lax-1a"}])
def test_a_machine_in_a_subnet_there_passes(judged: Judge, where: dict[str, Any]) -> None:
    machine = instance("m5.xlarge", SubnetId={"Ref": "Subnet"})
    assert found(judged, {**machine, **subnet(**where)}) == []


@pytest.mark.parametrize(
    "zone", ["us-west-2a", {"Ref": "Zone"}, {"Fn::Select": [0, {"Fn::GetAZs": ""}]}, 3, None, ["us-west-2-lax-1a"]]
)
def test_a_machine_in_a_zone_of_the_region_or_nobody_knows_where_is_judged(judged: Judge, zone: Any) -> None:
    assert found(judged, instance("m5.xlarge", AvailabilityZone=zone)) == ["SIL004"]
    assert found(judged, {**instance("m5.xlarge", SubnetId={"Ref": "Subnet"}), **subnet(AvailabilityZone=zone)}) == [
        "SIL004"
    ]


def test_the_control_plane_of_a_cluster_on_an_outpost_passes(judged: Judge) -> None:
    properties = {"OutpostConfig": {"ControlPlaneInstanceType": "m5.large", "OutpostArns": [OUTPOST]}}
    assert found(judged, {"Cluster": {"Type": "AWS::EKS::Cluster", "Properties": properties}}) == []


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("AWS::Cloud9::EnvironmentEC2", {"InstanceType": "m5.large", "ImageId": "amazonlinux-2023-x86_64"}),
        ("AWS::ImageBuilder::InfrastructureConfiguration", {"InstanceTypes": ["m5.large"]}),
    ],
)
def test_what_offers_no_choice_of_processor_is_not_asked_for_graviton(
    judged: Judge, resource_type: str, properties: dict[str, Any]
) -> None:
    assert "SIL004" not in found(judged, {"It": {"Type": resource_type, "Properties": properties}})
