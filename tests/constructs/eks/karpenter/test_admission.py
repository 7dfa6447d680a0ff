"""Which types a pool admits, for each kind of workload."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from eks_pools import CHAT, TRAINING

from lean_silicon.catalog import Component, InstanceType, Lifecycle, load_catalog
from lean_silicon.eks.karpenter import PoolLimits
from lean_silicon.eks.karpenter.admission import admit
from lean_silicon.sizing import Precision, Requirement, Task, Workload

SMALL = Workload(
    task=Task.EMBEDDING, parameters=33_000_000, precision=Precision.FP32, context_tokens=256, concurrency=2
)
CUDA = Workload(
    task=Task.INFERENCE,
    parameters=8_000_000_000,
    precision=Precision.BF16,
    context_tokens=4096,
    concurrency=4,
    requires=(Requirement.CUDA,),
    reason="kernels that exist for CUDA only",
)
X86 = Workload(task=Task.PROCESSING, requires=(Requirement.X86,), reason="a library that its maker builds for x86")
LIMITS = PoolLimits(accelerators=64, vcpus=256)


def key(kind: InstanceType) -> str:
    return "" if kind.accelerators is None else kind.accelerators.accelerator.key


@pytest.mark.parametrize(
    ("workload", "suits"),
    [
        (TRAINING, lambda kind: key(kind).startswith("Trainium")),
        (CHAT, lambda kind: key(kind).startswith(("Inferentia2", "Trainium"))),
        (CUDA, lambda kind: kind.accelerators.is_gpu and kind.architecture == "x86_64"),
        (SMALL, lambda kind: kind.is_graviton),
        (Workload(task=Task.PROCESSING), lambda kind: kind.is_graviton),
        (X86, lambda kind: kind.architecture == "x86_64" and kind.accelerators is None),
    ],
    ids=["training", "inference", "cuda", "a-small-model", "processing", "x86"],
)
def test_a_workload_gets_the_silicon_that_does_it_with_the_least(
    workload: Workload, suits: Callable[[InstanceType], bool]
) -> None:
    limits = PoolLimits(accelerators=64) if workload in (TRAINING, CHAT, CUDA) else PoolLimits(vcpus=256)
    found = admit(workload, limits, region="us-east-1")
    assert found.types
    assert all(suits(kind) for kind in found.types)


@pytest.mark.parametrize("workload", [TRAINING, CHAT, CUDA, SMALL, X86])
def test_every_admitted_type_is_current_steady_and_offered(workload: Workload) -> None:
    catalog = load_catalog()
    for kind in admit(workload, PoolLimits(nodes=64), region="us-east-1").types:
        assert kind.lifecycle is Lifecycle.CURRENT
        assert not kind.burstable
        assert not kind.bare_metal
        assert catalog.offer(kind.name, Component.EKS, "us-east-1").is_offered


def test_the_cheapest_comes_first() -> None:
    found = admit(CHAT, PoolLimits(accelerators=12), region="us-east-2")
    prices = [load_catalog().price(name, Component.EKS, "us-east-2") for name in found.names]
    costs = [price.usd_per_hour.likely for price in prices if price is not None]
    assert costs == sorted(costs)


def test_what_nobody_can_price_is_admitted_where_it_is_named() -> None:
    assert load_catalog().price("trn2.48xlarge", Component.EKS, "us-east-2") is None
    by_itself = admit(CHAT, PoolLimits(accelerators=64), region="us-east-2")
    named = admit(CHAT, PoolLimits(accelerators=64), region="us-east-2", named=["trn2.48xlarge"])
    assert "trn2.48xlarge" not in by_itself.names
    assert named.names == ("trn2.48xlarge",)


def test_no_machine_exceeds_the_limits_by_itself() -> None:
    found = admit(CHAT, PoolLimits(accelerators=6), region="us-east-2")
    assert "inf2.24xlarge" in found.names
    assert "inf2.48xlarge" not in found.names


@pytest.mark.parametrize("region", [each.code for each in load_catalog().regions()])
def test_every_region_that_offers_machines_has_a_graviton_that_is_new_enough(region: str) -> None:
    found = admit(Workload(task=Task.PROCESSING), PoolLimits(vcpus=64), region=region)
    assert min(kind.generation or 0 for kind in found.types) >= 8


def test_architectures_are_named_as_kubernetes_does() -> None:
    assert admit(CHAT, LIMITS, region="us-east-2").architecture == "amd64"
    assert admit(SMALL, PoolLimits(vcpus=64), region="us-east-2").architecture == "arm64"
