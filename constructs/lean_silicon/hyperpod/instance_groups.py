"""Instance groups as CloudFormation writes them."""

from __future__ import annotations

from typing import NamedTuple

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker

from lean_silicon.hyperpod.head_node import HeadNode
from lean_silicon.hyperpod.lifecycle import ENTRYPOINT, Lifecycle
from lean_silicon.hyperpod.node_options import Capacity
from lean_silicon.hyperpod.storage import Mounts
from lean_silicon.hyperpod.topology import NodeType
from lean_silicon.hyperpod.worker_group import WorkerGroup

_Group = sagemaker.CfnCluster.ClusterInstanceGroupProperty
_Storage = sagemaker.CfnCluster.ClusterInstanceStorageConfigProperty


class Surroundings(NamedTuple):
    """What every group of a cluster has in common."""

    lifecycle: Lifecycle
    mounts: Mounts
    key: kms.IKey | None


def head_group(node: HeadNode, node_type: NodeType, role: iam.IRole, around: Surroundings) -> _Group:
    """The Controller or the Login group."""
    return _Group(
        instance_group_name=node.plan(node_type, mounts_fsx=False).name,
        instance_type=node.instance_type,
        instance_count=node.count,
        execution_role=role.role_arn,
        life_cycle_config=_lifecycle(around),
        instance_storage_configs=_storage(around, node.volume_gib),
        slurm_config=sagemaker.CfnCluster.ClusterSlurmConfigProperty(node_type=node_type.value),
    )


def worker_group(worker: WorkerGroup, role: iam.IRole, around: Surroundings) -> _Group:
    """A Compute group."""
    options, flexible = worker.options, len(worker.instance_types) > 1
    return _Group(
        instance_group_name=worker.name,
        instance_type=None if flexible else worker.instance_types[0],
        instance_requirements=(
            sagemaker.CfnCluster.InstanceRequirementsProperty(instance_types=list(worker.instance_types))
            if flexible
            else None
        ),
        instance_count=worker.count,
        min_instance_count=options.minimum_count,
        execution_role=role.role_arn,
        life_cycle_config=_lifecycle(around),
        instance_storage_configs=_storage(around, options.volume_gib),
        slurm_config=sagemaker.CfnCluster.ClusterSlurmConfigProperty(
            node_type=NodeType.COMPUTE.value, partition_names=[worker.partition]
        ),
        # Nothing is said for on-demand machines: that is the service's default, and a training plan is neither
        capacity_requirements=(
            sagemaker.CfnCluster.ClusterCapacityRequirementsProperty(spot={})
            if worker.capacity is Capacity.SPOT
            else None
        ),
        training_plan_arn=options.training_plan_arn,
        threads_per_core=options.threads_per_core,
        on_start_deep_health_checks=[check.value for check in worker.deep_health_checks] or None,
        auto_patch_config=_patching(worker),
        scheduled_update_config=_schedule(worker),
    )


def _lifecycle(around: Surroundings) -> sagemaker.CfnCluster.ClusterLifeCycleConfigProperty:
    return sagemaker.CfnCluster.ClusterLifeCycleConfigProperty(
        source_s3_uri=around.lifecycle.source_uri, on_init_complete=ENTRYPOINT
    )


def _storage(around: Surroundings, volume_gib: int) -> list[_Storage]:
    key = around.key.key_arn if around.key is not None else None
    volume = sagemaker.CfnCluster.ClusterEbsVolumeConfigProperty
    configs = [_Storage(ebs_volume_config=volume(volume_size_in_gb=volume_gib, volume_kms_key_id=key))]
    if key is not None:
        configs.append(_Storage(ebs_volume_config=volume(root_volume=True, volume_kms_key_id=key)))
    work, home = around.mounts
    if work is not None:
        configs.append(
            _Storage(
                fsx_lustre_config=sagemaker.CfnCluster.ClusterFsxLustreConfigProperty(
                    dns_name=work.dns_name, mount_name=work.mount_name, mount_path=work.mount_path
                )
            )
        )
    if home is not None:
        configs.append(
            _Storage(
                fsx_open_zfs_config=sagemaker.CfnCluster.ClusterFsxOpenZfsConfigProperty(
                    dns_name=home.dns_name, mount_path=home.mount_path
                )
            )
        )
    return configs


def _patching(worker: WorkerGroup) -> sagemaker.CfnCluster.AutoPatchConfigProperty | None:
    patching = worker.options.maintenance.patching
    return None if patching is None else sagemaker.CfnCluster.AutoPatchConfigProperty(patching_strategy=patching.value)


def _schedule(worker: WorkerGroup) -> sagemaker.CfnCluster.ScheduledUpdateConfigProperty | None:
    schedule = worker.options.maintenance.schedule
    return (
        None if schedule is None else sagemaker.CfnCluster.ScheduledUpdateConfigProperty(schedule_expression=schedule)
    )
