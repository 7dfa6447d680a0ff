"""The service's limits, checked at construction so that they do not fail an hour into a deployment.

Sources: Amazon SageMaker API Reference (CreateCluster, ClusterInstanceGroupSpecification, ClusterSlurmConfig,
ClusterLifeCycleConfig) in the
service model of botocore 1.44; CloudFormation's AWS::SageMaker::Cluster; SageMaker Developer Guide, "Migrating to API-driven Slurm
configuration", "Using an external accounting database", "Customer managed AWS KMS key encryption for SageMaker HyperPod".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from lean_silicon.catalog import Component, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.topology import ClusterPlan, GroupPlan, NodeType, ProvisioningMode

MAXIMUM_GROUPS = 100
"""Instance groups of a cluster (CreateCluster, InstanceGroups)."""
MAXIMUM_COUNT = 6758
"""Instances of a group (ClusterInstanceCount)."""
MAXIMUM_TYPES = 20
"""Instance types of a flexible group (ClusterInstanceTypes)."""
MAXIMUM_VOLUME_GIB = 16384
"""Size of the additional volume (ClusterEbsVolumeSizeInGB)."""
BUCKET_PREFIX = "sagemaker-"
"""AmazonSageMakerClusterInstanceRolePolicy reads lifecycle scripts only from buckets whose name begins so."""

_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*", re.ASCII)
_LONGEST_NAME = 63
_LONGEST_PARTITION = 1024
RESERVED_NAMES = {"controller": NodeType.CONTROLLER, "login": NodeType.LOGIN}
"""Names of the groups that are not for work. A group's node type can never change, so no other type may take these names."""


def check_plan(plan: ClusterPlan) -> None:
    """Check a cluster against every limit of the service.

    Raises
    ------
    InvalidValueError
        With the limit, the value, what is allowed and how to fix it.
    """
    for check in _CLUSTER_CHECKS:
        check(plan)
    for group in plan.groups:
        for check_group in _GROUP_CHECKS:
            check_group(group)


def check_name(what: str, name: str) -> None:
    """Check the name of a cluster or an instance group: letters, digits and single hyphens between them, at most 63."""
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"{what} is {name!r}; it must be 1 to {_LONGEST_NAME} letters, digits and hyphens, without a hyphen at either end. "
            "Choose such a name"
        )


def check_partition_name(name: str) -> None:
    """Check the name of a Slurm partition."""
    if len(name) > _LONGEST_PARTITION or not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"the partition name is {name!r}; it must be letters, digits and hyphens, without a hyphen at either end. Choose such a name"
        )


def check_instance_types(names: tuple[str, ...]) -> None:
    """Check that HyperPod takes the instance types, and that no group names more than it may."""
    if not 1 <= len(names) <= MAXIMUM_TYPES:
        raise InvalidValueError(
            f"the instance group names {len(names)} instance types; HyperPod takes 1 to {MAXIMUM_TYPES}. "
            "Name fewer, or spread them over several groups"
        )
    catalog = load_catalog()
    offered = {kind.name for kind in catalog.types(Component.SAGEMAKER_HYPERPOD)}
    for name in names:
        if name not in offered:
            near = ", ".join(each for each in catalog.nearest_names(name, 8) if each in offered)
            hint = f"; near it: {near}" if near else ""
            raise InvalidValueError(
                f"the instance type is {name!r}, which HyperPod does not take{hint}. "
                "Choose one of ClusterInstanceType in the SageMaker API, which begin with 'ml.'"
            )


def _exactly_one_controller_group(plan: ClusterPlan) -> None:
    controllers = plan.of_type(NodeType.CONTROLLER)
    if len(controllers) != 1:
        raise InvalidValueError(
            f"the cluster has {len(controllers)} Controller groups; Slurm on HyperPod needs exactly one Controller group. "
            "Keep one and remove the others"
        )
    if controllers[0].count != 1:
        raise InvalidValueError(
            f"the Controller group has {controllers[0].count} instances; it must have 1. "
            "Set count=1; for more power choose a larger instance type"
        )


def _at_most_one_login_group(plan: ClusterPlan) -> None:
    logins = plan.of_type(NodeType.LOGIN)
    if len(logins) > 1:
        raise InvalidValueError(
            f"the cluster has {len(logins)} Login groups; HyperPod takes at most one Login group. Raise the count of one instead"
        )


def _at_least_one_compute_group(plan: ClusterPlan) -> None:
    if not plan.of_type(NodeType.COMPUTE):
        raise InvalidValueError(
            "the cluster has no Compute group, so no job could run. Add one with WorkerGroup.trainium2(count=1)"
        )


def _names_are_unique(plan: ClusterPlan) -> None:
    repeated = [name for name, times in Counter(group.name for group in plan.groups).items() if times > 1]
    if repeated:
        raise InvalidValueError(
            f"instance groups share the name {repeated[0]!r}; each needs its own. Give WorkerGroup another name="
        )


def _not_too_many_groups(plan: ClusterPlan) -> None:
    if len(plan.groups) > MAXIMUM_GROUPS:
        raise InvalidValueError(
            f"the cluster has {len(plan.groups)} instance groups; HyperPod takes at most {MAXIMUM_GROUPS}. Merge some of them"
        )


def _fsx_needs_a_vpc(plan: ClusterPlan) -> None:
    mounting = [group.name for group in plan.groups if group.mounts_fsx]
    if mounting and not plan.has_vpc:
        raise InvalidValueError(
            f"instance group {mounting[0]!r} mounts Amazon FSx, which needs VpcConfig, and the cluster has no VPC. "
            "Give the cluster a vpc=, or no storage="
        )


def _accounting_needs_continuous_provisioning(plan: ClusterPlan) -> None:
    if plan.has_accounting_database and plan.provisioning is not ProvisioningMode.CONTINUOUS:
        raise InvalidValueError(
            f"an accounting database is given and provisioning is {plan.provisioning}; HyperPod takes an accounting database only with "
            "Continuous provisioning. Use ProvisioningMode.CONTINUOUS, or leave accounting= out"
        )


def _customer_key_needs_continuous_provisioning(plan: ClusterPlan) -> None:
    if plan.has_customer_key and plan.provisioning is not ProvisioningMode.CONTINUOUS:
        raise InvalidValueError(
            f"an encryption key is given and provisioning is {plan.provisioning}; HyperPod encrypts volumes with a customer "
            "managed key only "
            "with Continuous provisioning. Use ProvisioningMode.CONTINUOUS"
        )


def _bucket_name_is_accepted(plan: ClusterPlan) -> None:
    bucket = plan.lifecycle_bucket
    if bucket is not None and not bucket.startswith(BUCKET_PREFIX):
        raise InvalidValueError(
            f"the lifecycle bucket is {bucket!r}; its name must start with {BUCKET_PREFIX!r}, or the service's managed "
            "policy cannot read it. "
            "Use such a bucket, or leave bucket= out and one is made"
        )


def _name_is_valid(group: GroupPlan) -> None:
    check_name("the instance group's name", group.name)


def _node_type_never_changes(group: GroupPlan) -> None:
    reserved = RESERVED_NAMES.get(group.name)
    if reserved is not None and reserved is not group.node_type:
        raise InvalidValueError(
            f"the {group.node_type} group is named {group.name!r}, the name of the {reserved} group; the node type of an "
            "instance group can never "
            "change, so an update that moves the name to another type would fail. Choose another name"
        )


def _compute_needs_one_partition(group: GroupPlan) -> None:
    if group.node_type is NodeType.COMPUTE and not group.partitions:
        raise InvalidValueError(
            f"Compute group {group.name!r} has no partition; PartitionNames is required for Compute groups. Name one with partition="
        )
    if len(group.partitions) > 1:
        raise InvalidValueError(
            f"instance group {group.name!r} is in {len(group.partitions)} partitions; HyperPod takes one partition per group. "
            "Split the group, or list the second partition in Slurm yourself with SlurmConfigStrategy.MERGE"
        )
    for name in group.partitions:
        check_partition_name(name)


def _others_have_no_partition(group: GroupPlan) -> None:
    if group.node_type is not NodeType.COMPUTE and group.partitions:
        raise InvalidValueError(
            f"{group.node_type} group {group.name!r} is in partition {group.partitions[0]!r}; PartitionNames is allowed for "
            "Compute groups only. "
            "Remove it"
        )


def _counts_are_possible(group: GroupPlan) -> None:
    if not 0 <= group.count <= MAXIMUM_COUNT:
        raise InvalidValueError(
            f"instance group {group.name!r} has count {group.count}; it must be 0 to {MAXIMUM_COUNT}. Use several groups for more"
        )
    if group.minimum_count is not None and not 0 <= group.minimum_count <= group.count:
        raise InvalidValueError(
            f"instance group {group.name!r} has minimum_count {group.minimum_count}; it must be 0 to its count, {group.count}. Lower it"
        )


def _types_are_taken(group: GroupPlan) -> None:
    check_instance_types(group.instance_types)


_CLUSTER_CHECKS: tuple[Callable[[ClusterPlan], None], ...] = (
    _exactly_one_controller_group,
    _at_most_one_login_group,
    _at_least_one_compute_group,
    _names_are_unique,
    _not_too_many_groups,
    _fsx_needs_a_vpc,
    _accounting_needs_continuous_provisioning,
    _customer_key_needs_continuous_provisioning,
    _bucket_name_is_accepted,
)
_GROUP_CHECKS: tuple[Callable[[GroupPlan], None], ...] = (
    _name_is_valid,
    _node_type_never_changes,
    _compute_needs_one_partition,
    _others_have_no_partition,
    _counts_are_possible,
    _types_are_taken,
)
