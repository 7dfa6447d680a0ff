"""The network interfaces of a node with Elastic Fabric Adapters."""

from __future__ import annotations

import pytest

from lean_silicon.catalog import InstanceType, load_catalog
from lean_silicon.eks.fabric import FabricInterface, fabric_interfaces
from lean_silicon.exceptions import InvalidValueError


def known(name: str) -> InstanceType:
    kind = load_catalog().find(name)
    assert kind is not None
    return kind


def test_the_primary_is_an_efa_with_an_address_and_the_others_carry_the_fabric_only() -> None:
    assert fabric_interfaces(known("p4d.24xlarge")) == (
        FabricInterface(0, 0, "efa"),
        FabricInterface(1, 1, "efa-only"),
        FabricInterface(2, 1, "efa-only"),
        FabricInterface(3, 1, "efa-only"),
    )


def test_the_first_card_of_p6_b300_is_for_ordinary_traffic() -> None:
    interfaces = fabric_interfaces(known("p6-b300.48xlarge"))
    assert interfaces[0] == FabricInterface(0, 0, "interface")
    assert [each.card for each in interfaces[1:]] == list(range(1, 17))
    assert {(each.device, each.type) for each in interfaces[1:]} == {(0, "efa-only")}


@pytest.mark.parametrize("name", ["inf2.48xlarge", "trn1.2xlarge", "g5g.16xlarge"])
def test_fails_for_a_type_without_an_adapter(name: str) -> None:
    with pytest.raises(InvalidValueError, match=r"has no Elastic Fabric Adapter; leave efa out, or use a type"):
        fabric_interfaces(known(name))
