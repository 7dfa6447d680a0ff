"""What a full pool costs: a band over the machines that it may be made of."""

from __future__ import annotations

import pytest
from eks_pools import Pools

from lean_silicon.catalog import Component, InstanceType, load_catalog
from lean_silicon.eks.karpenter import PoolLimits
from lean_silicon.eks.karpenter.pool_footprint import full_pool
from lean_silicon.footprint import hourly_footprint


def kind(name: str) -> InstanceType:
    found = load_catalog().find(name)
    assert found is not None
    return found


def test_the_band_reaches_from_the_cheapest_to_the_dearest_full_pool(pools: Pools) -> None:
    cost = pools.chat.footprint().cost
    assert cost is not None
    prices = {}
    for name in pools.chat.instance_types:
        accelerators = kind(name).accelerators
        assert accelerators is not None
        one = hourly_footprint(name, Component.EKS, "us-east-2", count=12 // accelerators.count).cost
        assert one is not None
        prices[name] = one.likely
    assert (cost.low, cost.likely, cost.high) == (min(prices.values()), prices["inf2.xlarge"], max(prices.values()))


def test_a_busier_pool_takes_more_power(pools: Pools) -> None:
    idle, busy = pools.chat.footprint(0.0).power, pools.chat.footprint(1.0).power
    assert idle is not None
    assert busy is not None
    assert idle.likely < busy.likely


def test_what_is_unknown_of_one_type_is_unknown_of_the_pool() -> None:
    found = full_pool((kind("trn1.32xlarge"), kind("trn2.48xlarge")), PoolLimits(accelerators=16), "us-east-2", 0.5)
    assert load_catalog().price("trn2.48xlarge", Component.EKS, "us-east-2") is None
    assert found.cost is None
    assert found.power is not None


@pytest.mark.parametrize(
    ("limits", "nodes"),
    [
        (PoolLimits(accelerators=12), 2),
        (PoolLimits(accelerators=12, nodes=1), 1),
        (PoolLimits(vcpus=96 * 3 + 5), 3),
        (PoolLimits(memory_gib=384), 1),
        (PoolLimits(accelerators=5), 0),
    ],
)
def test_the_tightest_limit_decides_how_many_machines_there_are(limits: PoolLimits, nodes: int) -> None:
    assert limits.most_nodes(kind("inf2.24xlarge")) == nodes
