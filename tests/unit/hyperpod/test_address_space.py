"""A subnet must have an address for every interface of every node."""

from __future__ import annotations

import pytest

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.address_space import addresses_needed, addresses_per_node, check_subnet, prefix_for


def test_a_node_takes_its_own_address_and_one_for_each_efa_interface() -> None:
    assert addresses_per_node("ml.trn2.48xlarge") == 17
    assert addresses_per_node("ml.t3.medium") == 1


def test_of_several_types_the_greediest_counts() -> None:
    assert addresses_needed([(("ml.trn1.32xlarge", "ml.trn2.48xlarge"), 2)]) == 34


def test_a_subnet_that_is_too_small_is_refused_with_one_that_is_not() -> None:
    with pytest.raises(
        InvalidValueError, match=r"subnet 10.0.0.0/26 has 59 usable addresses; the nodes may take 69.*/24 or larger"
    ):
        check_subnet("10.0.0.0/26", 69)
    check_subnet("10.0.0.0/24", 69)


@pytest.mark.parametrize("addresses", [1, 69, 1000, 20000])
def test_the_subnet_that_is_made_has_room(addresses: int) -> None:
    check_subnet(f"10.0.0.0/{prefix_for(addresses)}", addresses)


def test_a_cluster_too_large_for_any_subnet_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="a subnet has at most 65536"):
        prefix_for(40000)
