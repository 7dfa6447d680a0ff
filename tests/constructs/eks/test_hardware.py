"""Types that a node group refuses, each with the fix."""

from __future__ import annotations

import pytest
from aws_cdk import aws_ec2 as ec2

from lean_silicon.eks.hardware import node_type
from lean_silicon.exceptions import InvalidValueError


@pytest.mark.parametrize(
    ("name", "kind", "region", "said"),
    [
        ("trn2.46xlarge", "neuron", None, r"no EC2 type that the catalogue knows; names like it: trn2\.48xlarge"),
        ("ml.trn2.48xlarge", "neuron", None, r"SageMaker's name of a machine; .* Write 'trn2\.48xlarge'"),
        ("", "gpu", None, "no EC2 type"),
        ("g6.xlarge", "neuron", None, r"g6\.xlarge has no Neuron devices .*; use GpuNodeGroup"),
        ("inf2.xlarge", "gpu", None, r"inf2\.xlarge has no NVIDIA GPUs; use NeuronNodeGroup"),
        ("m8g.large", "gpu", None, r"m8g\.large has no NVIDIA GPUs; use a node group without accelerators"),
        ("trn2.48xlarge", "neuron", "eu-north-1", r"not offered in eu-north-1 .* it is in .*us-east-2.* Use another"),
        ("g4ad.xlarge", "gpu", None, r"for which no EKS-optimized image has a driver"),
        ("f2.6xlarge", "gpu", None, r"VU47P.* no EKS-optimized image has a driver"),
        ("dl2q.24xlarge", "neuron", None, r"no EKS-optimized image has a driver"),
        ("p3.2xlarge", "gpu", None, r"end of life: .* Use a current type, such as g6\.xlarge"),
        ("inf1.xlarge", "neuron", None, r"end of life: .* Use a current type, such as inf2\.xlarge"),
    ],
)
def test_fails_with_the_fix_where_eks_does_not_run_the_type(
    name: str, kind: str, region: str | None, said: str
) -> None:
    with pytest.raises(InvalidValueError, match=said):
        node_type(name, kind, region)


def test_fails_for_the_cdks_own_class_of_types() -> None:
    with pytest.raises(InvalidValueError, match=r"InstanceType .*; it must be text, such as 'trn2\.48xlarge'"):
        node_type(ec2.InstanceType("trn2.48xlarge"), "neuron", None)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "kind"), [("trn2.48xlarge", "neuron"), ("g5g.xlarge", "gpu"), ("g6f.large", "gpu")])
def test_takes_a_type_where_the_region_is_not_known(name: str, kind: str) -> None:
    assert node_type(name, kind, None).name == name


def test_takes_a_type_in_a_region_that_no_list_covers() -> None:
    assert node_type("inf2.xlarge", "neuron", "xx-future-1").name == "inf2.xlarge"
