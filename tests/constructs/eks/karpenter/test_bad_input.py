"""What a pool refuses, each with the fix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import App, Duration, Environment, Stack
from eks_pools import CHAT, TRAINING

from lean_silicon.eks import AcceleratedCluster
from lean_silicon.eks.karpenter import CapacityType, Disruption, EfficientNodePool, Karpenter, NodeOptions, PoolLimits
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Requirement, Task, Workload


@pytest.fixture(scope="module")
def karpenter() -> Karpenter:
    stack = Stack(App(analytics_reporting=False), "Test", env=Environment(region="us-east-2"))
    return Karpenter(stack, "Karpenter", cluster=AcceleratedCluster(stack, "Cluster"))


def new_pool(karpenter: Karpenter, construct_id: str = "Pool", **changes: Any) -> EfficientNodePool:
    scope = Stack.of(karpenter)
    scope.node.try_remove_child(construct_id)
    settings = {"workload": CHAT, "limits": PoolLimits(accelerators=12), **changes}
    return EfficientNodePool(scope, construct_id, karpenter=karpenter, **settings)


def test_a_pool_that_admits_nothing_says_what_was_refused_and_why(karpenter: Karpenter) -> None:
    huge = Workload(
        task=Task.INFERENCE,
        parameters=70_000_000_000,
        precision=CHAT.precision,
        context_tokens=4096,
        concurrency=4,
    )
    with pytest.raises(InvalidValueError, match=r"admits nothing.*inf2.*Raise the limits"):
        new_pool(karpenter, workload=huge, limits=PoolLimits(accelerators=1))


def test_a_pool_without_a_task_would_admit_everything(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match=r"admit every type; declare it, for instance"):
        new_pool(karpenter, workload=Workload(parameters=8_000_000_000))


def test_no_types_at_all_are_refused(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match="admits nothing; leave it out"):
        new_pool(karpenter, instance_types=[])


def test_gpus_without_a_reason_are_refused(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match=r"GPU without a reason.*Requirement\.CUDA"):
        new_pool(karpenter, instance_types=["g6e.xlarge"])


def test_processors_that_are_no_graviton_are_refused_without_a_reason(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match=r"Graviton does what the workload declares.*Requirement\.X86"):
        new_pool(
            karpenter,
            workload=Workload(task=Task.PROCESSING),
            limits=PoolLimits(vcpus=64),
            instance_types=["m7i.xlarge"],
        )


def test_a_type_that_the_region_does_not_offer_is_refused() -> None:
    stack = Stack(App(analytics_reporting=False), "Test", env=Environment(region="ca-central-1"))
    karpenter = Karpenter(stack, "Karpenter", cluster=AcceleratedCluster(stack, "Cluster"))
    with pytest.raises(InvalidValueError, match="EC2 does not offer it in ca-central-1"):
        new_pool(karpenter, instance_types=["inf2.xlarge"])


def test_a_type_that_nobody_knows_is_refused_with_those_like_it(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match=r"'inf2\.xxlarge'.*inf2\."):
        new_pool(karpenter, instance_types=["inf2.xxlarge"])


def test_a_type_that_aws_no_longer_recommends_is_refused(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match=r"inf1\.xlarge, but .*Take it out"):
        new_pool(karpenter, instance_types=["inf1.xlarge"])


def test_a_type_that_does_not_hold_the_workload_is_refused(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match=r"inf2\.xlarge, but .*does not fit"):
        new_pool(
            karpenter,
            workload=Workload(
                task=Task.INFERENCE,
                parameters=70_000_000_000,
                precision=CHAT.precision,
                context_tokens=4096,
                concurrency=4,
            ),
            instance_types=["inf2.xlarge"],
        )


def test_machines_without_efa_cannot_train_together(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match="no EFA to join others"):
        new_pool(
            karpenter,
            workload=replace(TRAINING, parameters=70_000_000_000),
            limits=PoolLimits(accelerators=1024),
            instance_types=["trn1.2xlarge"],
        )


def test_a_type_beyond_the_limits_is_refused(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match=r"12 accelerators.*exceeds the limits"):
        new_pool(karpenter, limits=PoolLimits(accelerators=6), instance_types=["inf2.48xlarge"])


def test_machines_of_two_architectures_are_refused() -> None:
    stack = Stack(App(analytics_reporting=False), "Test", env=Environment(region="us-east-1"))
    karpenter = Karpenter(stack, "Karpenter", cluster=AcceleratedCluster(stack, "Cluster"))
    needing = Workload(task=Task.INFERENCE, requires=(Requirement.CUDA,), reason="kernels that exist for CUDA only")
    with pytest.raises(InvalidValueError, match=r"arm64 and x86_64.*make a pool of each"):
        new_pool(karpenter, workload=needing, instance_types=["g5g.xlarge", "g6.xlarge"])


@pytest.mark.parametrize("name", ["accelerators", "vcpus", "memory_gib", "nodes"])
def test_limits_of_zero_are_refused(name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"the limit {name} is 0"):
        PoolLimits(**{name: 0})


def test_a_pool_without_any_limit_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="no limit"):
        PoolLimits()


def test_a_limit_on_accelerators_that_are_not_there_is_refused(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match="machines have none; give vcpus or nodes"):
        new_pool(karpenter, workload=Workload(task=Task.PROCESSING), limits=PoolLimits(accelerators=8, vcpus=8))


def test_spot_is_refused_for_work_that_must_not_be_interrupted(karpenter: Karpenter) -> None:
    steady = Workload(task=Task.INFERENCE, parameters=8_000_000_000, precision=CHAT.precision, interruptible=False)
    with pytest.raises(InvalidValueError, match="leave spot out"):
        new_pool(karpenter, workload=steady, capacity_types=[CapacityType.SPOT])


def test_no_way_to_pay_is_refused(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match="capacity_types is empty"):
        new_pool(karpenter, capacity_types=[])


def test_what_is_no_reservation_is_refused(karpenter: Karpenter) -> None:
    with pytest.raises(InvalidValueError, match=r"'my-block'.*describe-capacity-reservations"):
        new_pool(karpenter, reservations=["my-block"])


@pytest.mark.parametrize("name", ["Chat", "chat pool", "-chat", "c" * 64])
def test_a_name_that_kubernetes_does_not_take_is_refused(karpenter: Karpenter, name: str) -> None:
    with pytest.raises(InvalidValueError, match="lower-case letters"):
        new_pool(karpenter, name=name)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"volume_gib": 8}, "volume_gib is 8"),
        ({"weight": 101}, "weight is 101"),
        ({"labels": {"karpenter.sh/nodepool": "x"}}, "set by Karpenter"),
    ],
)
def test_options_out_of_bounds_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        NodeOptions(**changes)


def test_machines_that_would_expire_within_the_hour_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="give an hour or more"):
        Disruption(expire_after=Duration.minutes(10))


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="nothing would ever be consolidated"):
        Disruption(at_once=0)
