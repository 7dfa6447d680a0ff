"""How machines are bought, and what cannot be bought."""

from __future__ import annotations

import pytest
from aws_cdk import CfnParameter, Stack

from lean_silicon.catalog import InstanceType, load_catalog
from lean_silicon.eks import Capacity, Market
from lean_silicon.eks.capacity import check_capacity, usual_capacity
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload

BLOCK = "cr-0123456789abcdef0"
GROUP = "arn:aws:resource-groups:us-east-2:111122223333:group/blocks"


def known(name: str) -> InstanceType:
    kind = load_catalog().find(name)
    assert kind is not None
    return kind


@pytest.mark.parametrize(
    ("capacity", "group_type", "market"),
    [
        (Capacity.on_demand(), "ON_DEMAND", None),
        (Capacity.spot(), "SPOT", None),
        (Capacity.capacity_block(BLOCK), "CAPACITY_BLOCK", "capacity-block"),
        (Capacity.reservation(BLOCK), "ON_DEMAND", None),
    ],
)
def test_each_market_is_written_as_eks_and_ec2_want_it(capacity: Capacity, group_type: str, market: str | None) -> None:
    assert (capacity.node_group_type, capacity.launch_market) == (group_type, market)


@pytest.mark.parametrize(
    ("name", "interruptible", "market"),
    [
        ("inf2.xlarge", True, Market.SPOT),
        ("inf2.xlarge", False, Market.ON_DEMAND),
        ("inf2.xlarge", None, Market.ON_DEMAND),
        ("trn2u.48xlarge", True, Market.ON_DEMAND),  # EC2 sells no spot capacity of it
    ],
)
def test_work_that_can_be_interrupted_runs_on_spare_capacity_by_itself(
    name: str, interruptible: bool | None, market: Market
) -> None:
    assert usual_capacity(known(name), Workload(interruptible=interruptible)).market is market


def test_reservations_are_named_by_id_or_by_the_group_that_they_are_in() -> None:
    by_id, by_group = Capacity.reservation(BLOCK).target(), Capacity.reservation(GROUP).target()
    assert by_id is not None
    assert by_group is not None
    assert by_id.capacity_reservation_id == BLOCK
    assert by_group.capacity_reservation_resource_group_arn == GROUP
    assert Capacity.spot().target() is None


@pytest.mark.parametrize("market", [Market.SPOT, Market.ON_DEMAND])
def test_fails_for_a_reservation_that_is_spot_or_on_demand(market: Market) -> None:
    with pytest.raises(InvalidValueError, match=r"needs an id, on-demand and spot capacity have none. Use Capacity"):
        Capacity(market, BLOCK)


@pytest.mark.parametrize("market", [Market.CAPACITY_BLOCK, Market.RESERVATION])
def test_fails_for_reserved_capacity_without_an_id(market: Market) -> None:
    with pytest.raises(InvalidValueError, match="needs an id"):
        Capacity(market)


def test_fails_for_a_group_of_capacity_blocks_which_eks_does_not_take() -> None:
    with pytest.raises(InvalidValueError, match=r"the id of its reservation, such as cr-0123456789abcdef0\. Look"):
        Capacity.capacity_block(GROUP)


@pytest.mark.parametrize(
    "text", ["cr-xyz", "0123456789abcdef0", "arn:aws:ec2:us-east-2:111122223333:reservation/1", ""]
)
def test_fails_for_what_is_no_reservation(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"the capacity-block is .* it must be the id of its reservation"):
        Capacity.capacity_block(text)
    with pytest.raises(InvalidValueError, match=r"the reservation is .* or the ARN of a resource group\. Look"):
        Capacity.reservation(text)


def test_an_id_that_is_a_parameter_is_not_judged() -> None:
    parameter = CfnParameter(Stack(), "Reservation").value_as_string
    assert Capacity.capacity_block(parameter).reservation_id == parameter


@pytest.mark.parametrize("name", ["inf2.xlarge", "g6e.xlarge", "trn1n.32xlarge"])
def test_fails_for_a_capacity_block_of_a_type_of_which_ec2_sells_none(name: str) -> None:
    with pytest.raises(InvalidValueError, match=r"sells no capacity blocks of .*; use Capacity.on_demand\(\)"):
        check_capacity(Capacity.capacity_block(BLOCK), known(name), Workload())


@pytest.mark.parametrize("name", ["p5.48xlarge", "trn2.48xlarge", "trn2u.48xlarge"])
def test_takes_a_capacity_block_of_a_type_that_ec2_sells_so(name: str) -> None:
    check_capacity(Capacity.capacity_block(BLOCK), known(name), Workload())


def test_fails_for_spot_capacity_where_the_work_cannot_be_interrupted() -> None:
    with pytest.raises(InvalidValueError, match="declares interruptible=False; spot nodes can be taken back"):
        check_capacity(Capacity.spot(), known("g6e.xlarge"), Workload(interruptible=False))


def test_fails_for_spot_capacity_of_a_type_that_has_none() -> None:
    with pytest.raises(InvalidValueError, match=r"no spot capacity of trn2u\.48xlarge"):
        check_capacity(Capacity.spot(), known("trn2u.48xlarge"), Workload())
