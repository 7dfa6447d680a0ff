"""The shape of a HyperPod cluster with Slurm: instance groups, their node types and their partitions.

Nothing here needs the CDK: the same plan is checked at construction, written to CloudFormation and, in the tests, run by a real Slurm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class NodeType(str, Enum):
    """What the nodes of an instance group are to Slurm."""

    CONTROLLER = "Controller"
    """Runs ``slurmctld``, and ``slurmdbd`` where jobs are accounted for."""
    LOGIN = "Login"
    """Where people submit jobs."""
    COMPUTE = "Compute"
    """Runs jobs (``slurmd``)."""

    def __str__(self) -> str:
        return self.value


class ProvisioningMode(str, Enum):
    """How the service brings up nodes."""

    CONTINUOUS = "Continuous"
    """Starts with the nodes it gets and keeps trying for the others."""
    ALL_AT_ONCE = "AllAtOnce"
    """All of the nodes or none: the service's mode where nothing is said. CloudFormation has no word for it."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class GroupPlan:
    """One instance group, as far as the service's limits go.

    Parameters
    ----------
    name
        The instance group's name; it can never be reused for another node type.
    node_type
        What its nodes are to Slurm.
    instance_types
        The instance type, or several in order of preference.
    count
        How many nodes.
    minimum_count
        How many must be there before the group is in service.
    partitions
        The Slurm partitions its nodes are in.
    mounts_fsx
        Whether the service mounts a file system on its nodes.
    """

    name: str
    node_type: NodeType
    instance_types: tuple[str, ...]
    count: int
    minimum_count: int | None = None
    partitions: tuple[str, ...] = ()
    mounts_fsx: bool = False


@dataclass(frozen=True)
class ClusterPlan:
    """A whole cluster, as far as the service's limits go.

    Parameters
    ----------
    groups
        All instance groups.
    provisioning
        How nodes are brought up.
    has_vpc
        Whether the cluster runs in a VPC of the account.
    has_accounting_database
        Whether Slurm's accounting lies in a database outside of the controller.
    has_customer_key
        Whether volumes are encrypted with a key of the account.
    lifecycle_bucket
        The name of the bucket with the lifecycle scripts; `None` where it is not known before deployment.
    """

    groups: tuple[GroupPlan, ...]
    provisioning: ProvisioningMode = ProvisioningMode.CONTINUOUS
    has_vpc: bool = True
    has_accounting_database: bool = False
    has_customer_key: bool = False
    lifecycle_bucket: str | None = None

    def of_type(self, node_type: NodeType) -> tuple[GroupPlan, ...]:
        """The groups of one node type."""
        return tuple(group for group in self.groups if group.node_type is node_type)

    @property
    def nodes(self) -> int:
        """All nodes of the cluster."""
        return sum(group.count for group in self.groups)


@dataclass(frozen=True)
class Partition:
    """A Slurm partition, as Slurm will know it.

    `generic_resource` is how a job asks for all accelerators of a node (``"neuron:16"``, ``"gpu:8"``); `None` where the nodes
    have none or their number is unknown.
    """

    name: str
    instance_group: str
    instance_types: tuple[str, ...]
    nodes: int
    generic_resource: str | None
