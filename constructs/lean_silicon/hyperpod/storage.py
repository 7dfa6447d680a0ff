"""Shared file systems, which the service mounts by its own configuration: FSx for Lustre for work, FSx for OpenZFS for home directories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from aws_cdk import CfnTag, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_fsx as fsx
from aws_cdk import aws_kms as kms
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.storage_sizing import LustreSize, check_lustre_size, lustre_size
from lean_silicon.hyperpod.worker_group import WorkerGroup

SMALLEST_OPEN_ZFS_GIB = 64
"""The smallest OpenZFS file system on SSD (Amazon FSx for OpenZFS User Guide)."""
OPEN_ZFS_THROUGHPUTS = (160, 320, 640, 1280, 2560, 3840, 5120, 7680, 10240)
"""MB/s of a SINGLE_AZ_HA_2 file system (Amazon FSx for OpenZFS User Guide)."""


@dataclass(frozen=True)
class Lustre:
    """A new FSx for Lustre file system (persistent SSD, LZ4 compression, encrypted). `None` means sized from the workers."""

    capacity_gib: int | None = None
    throughput_per_tib: int | None = None
    mount_path: str = "/fsx"

    def size(self, workers: Sequence[WorkerGroup]) -> LustreSize:
        """What was asked for, and the fleet's need for what was not."""
        needed = lustre_size(workers)
        return LustreSize(
            self.capacity_gib or needed.capacity_gib, self.throughput_per_tib or needed.throughput_per_tib
        )


@dataclass(frozen=True)
class ExistingLustre:
    """Your own FSx for Lustre file system. Its security group must allow the cluster's (`SlurmCluster.connections`)."""

    dns_name: str
    mount_name: str
    mount_path: str = "/fsx"


@dataclass(frozen=True)
class OpenZfs:
    """A new FSx for OpenZFS file system for home directories, highly available in one zone, encrypted."""

    capacity_gib: int = SMALLEST_OPEN_ZFS_GIB
    throughput_mb_s: int = OPEN_ZFS_THROUGHPUTS[0]
    mount_path: str = "/home"

    def __post_init__(self) -> None:
        if self.capacity_gib < SMALLEST_OPEN_ZFS_GIB:
            raise InvalidValueError(
                f"capacity_gib is {self.capacity_gib}; FSx for OpenZFS takes {SMALLEST_OPEN_ZFS_GIB} GiB or more. Raise it"
            )
        if self.throughput_mb_s not in OPEN_ZFS_THROUGHPUTS:
            allowed = ", ".join(str(each) for each in OPEN_ZFS_THROUGHPUTS)
            raise InvalidValueError(
                f"throughput_mb_s is {self.throughput_mb_s}; FSx for OpenZFS takes {allowed}. Use one of them"
            )


@dataclass(frozen=True)
class ExistingOpenZfs:
    """Your own FSx for OpenZFS file system, mounted for home directories."""

    dns_name: str
    mount_path: str = "/home"


@dataclass(frozen=True)
class SharedStorage:
    """What all nodes of the cluster share.

    Parameters
    ----------
    work
        For data and checkpoints.
    home
        For home directories. Default: none, they then lie on `work`.

    Examples
    --------
    >>> SharedStorage.lustre(capacity_gib=4800).with_home(OpenZfs(capacity_gib=128)).home.mount_path
    '/home'
    """

    work: Lustre | ExistingLustre | None = None
    home: OpenZfs | ExistingOpenZfs | None = None

    @classmethod
    def lustre(
        cls, *, capacity_gib: int | None = None, throughput_per_tib: int | None = None, mount_path: str = "/fsx"
    ) -> SharedStorage:
        """A new FSx for Lustre; what is not given follows from the workers' accelerator memory (see `storage_sizing`)."""
        return cls(work=Lustre(capacity_gib, throughput_per_tib, mount_path))

    @classmethod
    def existing_lustre(cls, *, dns_name: str, mount_name: str, mount_path: str = "/fsx") -> SharedStorage:
        """Your own FSx for Lustre."""
        return cls(work=ExistingLustre(dns_name, mount_name, mount_path))

    @classmethod
    def none(cls) -> SharedStorage:
        """Nothing is shared: for a cluster of one worker, or storage that you mount yourself."""
        return cls()

    def with_home(self, home: OpenZfs | ExistingOpenZfs) -> SharedStorage:
        """The same with home directories of their own."""
        return replace(self, home=home)

    @property
    def mounts_anything(self) -> bool:
        """Whether the service mounts a file system on the nodes."""
        return self.work is not None or self.home is not None


class Mounts(NamedTuple):
    """The file systems as CloudFormation needs them: addresses and where they are mounted."""

    work: ExistingLustre | None
    home: ExistingOpenZfs | None


class StorageSite(NamedTuple):
    """Where new file systems are made."""

    vpc: ec2.IVpc
    subnet: ec2.ISubnet
    security_group: ec2.ISecurityGroup
    key: kms.IKey
    removal_policy: RemovalPolicy


def make_storage(scope: Construct, storage: SharedStorage, workers: Sequence[WorkerGroup], site: StorageSite) -> Mounts:
    """Create what is new and name what there is already."""
    work, home = storage.work, storage.home
    return Mounts(
        work=_make_lustre(scope, work, workers, site) if isinstance(work, Lustre) else work,
        home=_make_open_zfs(scope, home, site) if isinstance(home, OpenZfs) else home,
    )


def _make_lustre(scope: Construct, asked: Lustre, workers: Sequence[WorkerGroup], site: StorageSite) -> ExistingLustre:
    size = asked.size(workers)
    check_lustre_size(size)
    system = fsx.LustreFileSystem(
        scope,
        "Lustre",
        vpc=site.vpc,
        vpc_subnet=site.subnet,
        security_group=site.security_group,
        storage_capacity_gib=size.capacity_gib,
        kms_key=site.key,
        removal_policy=site.removal_policy,
        file_system_type_version=fsx.FileSystemTypeVersion.V_2_15,
        lustre_configuration=fsx.LustreConfiguration(
            deployment_type=fsx.LustreDeploymentType.PERSISTENT_2,
            per_unit_storage_throughput=size.throughput_per_tib,
            data_compression_type=fsx.LustreDataCompressionType.LZ4,
        ),
    )
    return ExistingLustre(system.dns_name, system.mount_name, asked.mount_path)


def _make_open_zfs(scope: Construct, asked: OpenZfs, site: StorageSite) -> ExistingOpenZfs:
    system = fsx.CfnFileSystem(
        scope,
        "OpenZfs",
        file_system_type="OPENZFS",
        storage_type="SSD",
        storage_capacity=asked.capacity_gib,
        subnet_ids=[site.subnet.subnet_id],
        security_group_ids=[site.security_group.security_group_id],
        kms_key_id=site.key.key_arn,
        tags=[CfnTag(key="Name", value=scope.node.path)],
        open_zfs_configuration=fsx.CfnFileSystem.OpenZFSConfigurationProperty(
            deployment_type="SINGLE_AZ_HA_2",
            throughput_capacity=asked.throughput_mb_s,
            automatic_backup_retention_days=7,
            copy_tags_to_backups=True,
            root_volume_configuration=fsx.CfnFileSystem.RootVolumeConfigurationProperty(
                data_compression_type="ZSTD",
                nfs_exports=[
                    fsx.CfnFileSystem.NfsExportsProperty(
                        client_configurations=[
                            # root on the nodes makes the home directories, so it must not be squashed; the security group says
                            # who is a client
                            fsx.CfnFileSystem.ClientConfigurationsProperty(
                                clients=site.vpc.vpc_cidr_block, options=["rw", "crossmnt", "no_root_squash"]
                            )
                        ]
                    )
                ],
            ),
        ),
    )
    system.apply_removal_policy(site.removal_policy)
    return ExistingOpenZfs(_dns_name(system), asked.mount_path)


def _dns_name(system: fsx.CfnFileSystem) -> str:
    stack = Stack.of(system)
    return f"{system.ref}.fsx.{stack.region}.{stack.url_suffix}"
