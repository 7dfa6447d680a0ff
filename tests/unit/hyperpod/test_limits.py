"""Each limit of the service, named by the test that breaks it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.limits import check_name, check_plan
from lean_silicon.hyperpod.topology import ClusterPlan, GroupPlan, NodeType, ProvisioningMode

CONTROLLER = GroupPlan("controller", NodeType.CONTROLLER, ("ml.t3.medium",), 1)
LOGIN = GroupPlan("login", NodeType.LOGIN, ("ml.t3.medium",), 1)
WORKERS = GroupPlan("trainium", NodeType.COMPUTE, ("ml.trn1.32xlarge",), 4, partitions=("training",))
GOOD = ClusterPlan((CONTROLLER, LOGIN, WORKERS))


def with_workers(**changes: object) -> ClusterPlan:
    return ClusterPlan((CONTROLLER, replace(WORKERS, **changes)))


def test_a_cluster_within_all_limits_passes() -> None:
    check_plan(GOOD)


@pytest.mark.parametrize("groups", [(WORKERS,), (CONTROLLER, replace(CONTROLLER, name="second"), WORKERS)])
def test_exactly_one_controller_group(groups: tuple[GroupPlan, ...]) -> None:
    with pytest.raises(InvalidValueError, match="needs exactly one Controller group"):
        check_plan(ClusterPlan(groups))


def test_a_controller_group_has_one_instance() -> None:
    with pytest.raises(InvalidValueError, match="the Controller group has 2 instances; it must have 1"):
        check_plan(ClusterPlan((replace(CONTROLLER, count=2), WORKERS)))


def test_at_most_one_login_group() -> None:
    with pytest.raises(InvalidValueError, match="at most one Login group"):
        check_plan(ClusterPlan((CONTROLLER, LOGIN, replace(LOGIN, name="second"), WORKERS)))


def test_at_least_one_compute_group() -> None:
    with pytest.raises(InvalidValueError, match="no Compute group"):
        check_plan(ClusterPlan((CONTROLLER, LOGIN)))


def test_partition_names_are_required_on_compute_groups() -> None:
    with pytest.raises(InvalidValueError, match="PartitionNames is required for Compute groups"):
        check_plan(with_workers(partitions=()))


@pytest.mark.parametrize("group", [CONTROLLER, LOGIN], ids=["controller", "login"])
def test_partition_names_are_forbidden_elsewhere(group: GroupPlan) -> None:
    groups = [replace(each, partitions=("p",)) if each is group else each for each in GOOD.groups]
    with pytest.raises(InvalidValueError, match="PartitionNames is allowed for Compute groups only"):
        check_plan(ClusterPlan(tuple(groups)))


def test_one_partition_per_group() -> None:
    with pytest.raises(InvalidValueError, match="one partition per group"):
        check_plan(with_workers(partitions=("a", "b")))


@pytest.mark.parametrize("name", ["-training", "train_ing", "training-", "a b"])
def test_a_partition_name_is_letters_digits_and_hyphens(name: str) -> None:
    with pytest.raises(InvalidValueError, match="the partition name is"):
        check_plan(with_workers(partitions=(name,)))


@pytest.mark.parametrize("name", ["controller", "login"])
def test_the_node_type_of_a_group_is_immutable_so_names_are_not_reused(name: str) -> None:
    plan = ClusterPlan((replace(CONTROLLER, name="head"), replace(WORKERS, name=name)))
    with pytest.raises(InvalidValueError, match="the node type of an instance group can never change"):
        check_plan(plan)


def test_fsx_needs_vpc_config() -> None:
    plan = ClusterPlan((CONTROLLER, replace(WORKERS, mounts_fsx=True)), has_vpc=False)
    with pytest.raises(InvalidValueError, match="mounts Amazon FSx, which needs VpcConfig"):
        check_plan(plan)


def test_an_accounting_database_only_with_continuous_provisioning() -> None:
    plan = replace(GOOD, has_accounting_database=True, provisioning=ProvisioningMode.ALL_AT_ONCE)
    with pytest.raises(InvalidValueError, match="accounting database only with Continuous provisioning"):
        check_plan(plan)
    check_plan(replace(plan, provisioning=ProvisioningMode.CONTINUOUS))


def test_a_customer_managed_key_only_with_continuous_provisioning() -> None:
    plan = replace(GOOD, has_customer_key=True, provisioning=ProvisioningMode.ALL_AT_ONCE)
    with pytest.raises(InvalidValueError, match="customer managed key only with Continuous provisioning"):
        check_plan(plan)


def test_the_lifecycle_bucket_starts_with_sagemaker() -> None:
    with pytest.raises(InvalidValueError, match="'my-scripts'; its name must start with 'sagemaker-'"):
        check_plan(replace(GOOD, lifecycle_bucket="my-scripts"))
    check_plan(replace(GOOD, lifecycle_bucket="sagemaker-my-scripts"))


def test_instance_groups_have_names_of_their_own() -> None:
    with pytest.raises(InvalidValueError, match="share the name 'trainium'"):
        check_plan(ClusterPlan((CONTROLLER, WORKERS, WORKERS)))


def test_at_most_a_hundred_instance_groups() -> None:
    groups = tuple(replace(WORKERS, name=f"workers-{index}") for index in range(100))
    with pytest.raises(InvalidValueError, match="101 instance groups; HyperPod takes at most 100"):
        check_plan(ClusterPlan((CONTROLLER, *groups)))


@pytest.mark.parametrize("count", [-1, 6759])
def test_the_count_of_a_group_is_within_bounds(count: int) -> None:
    with pytest.raises(InvalidValueError, match="it must be 0 to 6758"):
        check_plan(with_workers(count=count))


@pytest.mark.parametrize("minimum", [-1, 5])
def test_the_minimum_count_is_at_most_the_count(minimum: int) -> None:
    with pytest.raises(InvalidValueError, match="it must be 0 to its count, 4"):
        check_plan(with_workers(minimum_count=minimum))


@pytest.mark.parametrize("name", ["", "-a", "a_b", "a" * 64])
def test_names_are_what_the_service_accepts(name: str) -> None:
    with pytest.raises(InvalidValueError, match="1 to 63 letters, digits and hyphens"):
        check_name("cluster_name", name)


@pytest.mark.parametrize("name", ["trn1.32xlarge", "ml.trn3.48xlarge", "ml.inf1.xlarge", "nonsense"])
def test_instance_types_are_those_that_hyperpod_takes(name: str) -> None:
    with pytest.raises(InvalidValueError, match=f"'{name}', which HyperPod does not take"):
        check_plan(with_workers(instance_types=(name,)))


def test_a_flexible_group_names_at_most_twenty_types() -> None:
    with pytest.raises(InvalidValueError, match="names 21 instance types; HyperPod takes 1 to 20"):
        check_plan(with_workers(instance_types=("ml.trn1.32xlarge",) * 21))
