"""From what a flexible selection asks for to the types of the catalogue that it admits."""

from __future__ import annotations

from typing import Any

import pytest

from lean_silicon.catalog import Component, load_catalog
from lean_silicon.templates.selections import (
    NodeRequirement,
    admitted_by_attributes,
    admitted_by_devices,
    admitted_by_family,
    admitted_by_labels,
    decides_instance_type,
)
from lean_silicon.templates.selections.silicon import device_name

FREE = {"OnDemandMaxPricePercentageOverLowestPrice": 999999}


def admitted(**requirements: Any) -> set[str]:
    return set(admitted_by_attributes({**FREE, **requirements}))


@pytest.mark.parametrize(
    ("requirements", "includes", "excludes"),
    [
        ({"VCpuCount": {"Min": 8, "Max": 8}}, "m7g.2xlarge", "m7g.xlarge"),
        ({"MemoryMiB": {"Min": 65536}}, "m7g.4xlarge", "m7g.2xlarge"),
        ({"MemoryGiBPerVCpu": {"Min": 8}}, "r7g.large", "m7g.large"),
        ({"CpuManufacturers": ["amazon-web-services"]}, "m7g.large", "m7i.large"),
        ({"CpuManufacturers": ["amd"]}, "m7a.large", "m7i.large"),
        ({"InstanceGenerations": ["current"]}, "m7g.large", "m1.small"),
        ({"AcceleratorTypes": ["gpu"]}, "g5.xlarge", "inf2.xlarge"),
        ({"AcceleratorTypes": ["inference"]}, "inf2.xlarge", "g5.xlarge"),
        ({"AcceleratorManufacturers": ["amazon-web-services"]}, "trn1.2xlarge", "g5.xlarge"),
        ({"AcceleratorManufacturers": ["nvidia"]}, "g5.xlarge", "g4ad.xlarge"),
        ({"AcceleratorNames": ["a100"]}, "p4d.24xlarge", "p3.2xlarge"),
        ({"AcceleratorCount": {"Max": 0}}, "m7g.large", "g5.xlarge"),
        ({"AcceleratorCount": {"Min": 8}}, "p4d.24xlarge", "g5.12xlarge"),
        ({"AcceleratorTotalMemoryMiB": {"Min": 300000}}, "p4d.24xlarge", "g5.12xlarge"),
        ({"AllowedInstanceTypes": ["c7g*"]}, "c7gn.large", "m7g.large"),
        ({"AllowedInstanceTypes": ["m5.large", "*3*"]}, "m5.large", "m7g.large"),
        ({"ExcludedInstanceTypes": ["m7g.*"]}, "m7gd.large", "m7g.large"),
        ({"BareMetal": "required"}, "m7g.metal", "m7g.large"),
        ({"BareMetal": "included"}, "m7g.metal", "t4g.large"),
        ({"BurstablePerformance": "included"}, "t4g.large", "m7g.metal"),
        ({}, "m7g.large", "t4g.large"),
        ({}, "g5.xlarge", "m7g.metal"),
        ({"LocalStorage": "required"}, "m7gd.large", "m7g.large"),
        ({"TotalLocalStorageGB": {"Min": 1000}}, "m7gd.16xlarge", "m7gd.large"),
        ({"Architectures": ["arm64"]}, "m7g.large", "m7i.large"),
        ({"vCpuCount": {"min": 8, "max": 8}}, "m7g.2xlarge", "m7g.xlarge"),
    ],
)
def test_every_attribute_that_the_catalogue_knows_is_applied(
    requirements: dict[str, Any], includes: str, excludes: str
) -> None:
    types = admitted(**requirements)
    assert includes in types
    assert excludes not in types


def test_prices_are_protected_by_default_so_that_a_plain_selection_has_no_accelerators() -> None:
    plain = {"VCpuCount": {"Min": 4, "Max": 4}, "MemoryMiB": {"Min": 16384}}
    types = admitted_by_attributes(plain)
    catalog = load_catalog()
    assert "m7g.xlarge" in types
    assert "g5.xlarge" not in types
    assert "g5.xlarge" in admitted_by_attributes(plain, price_protected=False)
    prices = [price.usd_per_hour.likely for name in types if (price := catalog.price(name, Component.EC2))]
    assert max(prices) <= min(prices) * 1.2 + 1e-9


def test_a_threshold_that_is_written_or_that_spot_has_is_wider() -> None:
    plain = {"VCpuCount": {"Min": 4, "Max": 4}, "MemoryMiB": {"Min": 16384}}
    default = set(admitted_by_attributes(plain))
    assert default < set(admitted_by_attributes({**plain, "OnDemandMaxPricePercentageOverLowestPrice": "60"}))
    assert default < set(admitted_by_attributes(plain, spot=True))
    assert default == set(admitted_by_attributes({**plain, "SpotMaxPricePercentageOverLowestPrice": 20}, spot=True))


def test_accelerators_are_compared_with_accelerators_where_no_other_type_satisfies_the_rest() -> None:
    types = admitted_by_attributes({"VCpuCount": {"Min": 4}, "MemoryMiB": {"Min": 16384}, "AcceleratorNames": ["a10g"]})
    assert "g5.xlarge" in types
    assert "g5.48xlarge" not in types


@pytest.mark.parametrize(
    "nonsense",
    [
        {"VCpuCount": 7},
        {"VCpuCount": {"Min": "many"}},
        {"VCpuCount": {"Min": True, "Max": [1]}},
        {"CpuManufacturers": {"a": 1}},
        {"BareMetal": 7},
        {"AllowedInstanceTypes": [7, None]},
        {7: 8},
        {"MemoryMiB": {"Min": "nan"}},
        {"MemoryMiB": {"Min": "1e999"}},
    ],
)
def test_an_attribute_of_the_wrong_kind_requires_nothing(nonsense: dict[Any, Any]) -> None:
    assert set(admitted_by_attributes({**FREE, **nonsense})) == admitted()


@pytest.mark.parametrize("pattern", ["m[57]*", "m?.large"])
def test_only_a_star_is_a_wild_card(pattern: str) -> None:
    assert admitted(AllowedInstanceTypes=[pattern]) == set()


def test_a_family_and_a_bundle_of_families_are_expanded() -> None:
    assert set(admitted_by_family("p3")) == {"p3.2xlarge", "p3.8xlarge", "p3.16xlarge"}
    assert admitted_by_family("optimal") == admitted_by_family("default_x86_64")
    assert {name.partition(".")[0] for name in admitted_by_family("default_arm64")} == {"m6g", "c6g", "r6g", "c7g"}
    assert admitted_by_family("p3.2xlarge") == ()
    assert admitted_by_family("nonsense") == ()


def test_devices_are_counted_per_component() -> None:
    assert "ml.g5.12xlarge" in admitted_by_devices(4, Component.SAGEMAKER_HOSTING)
    assert "ml.g5.xlarge" not in admitted_by_devices(4, Component.SAGEMAKER_HOSTING)
    assert "g5.12xlarge" in admitted_by_devices(4, Component.EC2)


def test_no_requirement_admits_every_type_and_alternatives_are_united() -> None:
    everything = admitted_by_labels([], {})
    assert set(everything) >= {"m7g.large", "g5.xlarge", "inf2.xlarge"}
    family = "karpenter.k8s.aws/instance-family"
    either = admitted_by_labels(
        [(NodeRequirement(family, "In", ("p3",)),), (NodeRequirement(family, "In", ("trn1",)),)], {}
    )
    assert {name.partition(".")[0] for name in either} == {"p3", "trn1"}


@pytest.mark.parametrize(
    "untold",
    [
        NodeRequirement("team", "In", ("a",)),
        NodeRequirement("karpenter.k8s.aws/instance-hypervisor", "In", ("nitro",)),
        NodeRequirement("karpenter.k8s.aws/instance-cpu", "Gt", ("many",)),
        NodeRequirement("karpenter.k8s.aws/instance-cpu", "Gt", ()),
        NodeRequirement("karpenter.k8s.aws/instance-cpu", "Near", ("4",)),
    ],
)
def test_a_requirement_of_which_the_catalogue_knows_nothing_restricts_nothing(untold: NodeRequirement) -> None:
    assert admitted_by_labels([(untold,)], {}) == admitted_by_labels([], {})


def test_labels_that_say_which_machine_a_node_is_are_recognised() -> None:
    assert decides_instance_type("node.kubernetes.io/instance-type")
    assert decides_instance_type("eks.amazonaws.com/instance-gpu-name")
    assert not decides_instance_type("kubernetes.io/arch")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("A100-80", "a100"),
        ("V100-16", "v100"),
        ("A10G", "a10g"),
        ("Radeon Pro V520", "radeon-pro-v520"),
        ("Trainium2", "trainium2"),
    ],
)
def test_a_device_has_the_name_that_ec2_gives_it(key: str, name: str) -> None:
    assert device_name(key) == name
