"""A HyperPod cluster as far as Slurm goes: its instance groups, their node types and partitions, and what depends on conditions."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.templates import Resource, TemplateView
from lean_silicon.templates.locations import Assumed, At, is_expression

_STORAGE = ("FsxLustreConfig", "FsxOpenZfsConfig")


class Group(NamedTuple):
    """An instance group.

    `node_type` and `partitions` (how many it is in) are `None` where unknown, and `node_type` too where it has none; `has_node_type` is
    `None` where that is unknown. `assumed` are the conditions under which the group exists; `file_system` is where it mounts one.
    """

    at: At
    name: str
    node_type: str | None
    has_node_type: bool | None
    partitions: int | None
    file_system: str | None
    may_have_network: bool
    assumed: Assumed

    @property
    def path(self) -> str:
        """Where the group stands."""
        return self.at.path

    @property
    def node_type_path(self) -> str:
        """Where its node type stands."""
        return f"{self.path}.SlurmConfig.NodeType"


class SlurmCluster(NamedTuple):
    """A cluster with Slurm. `complete` says that all of its groups are known; `is_in_api` that the template configures Slurm."""

    resource: Resource
    groups: tuple[Group, ...]
    complete: bool
    is_in_api: bool

    def of_type(self, node_type: str) -> tuple[Group, ...]:
        """The groups that certainly exist and are of that type."""
        return tuple(group for group in self.groups if group.node_type == node_type and not group.assumed)

    def possible(self, node_type: str) -> tuple[Group, ...]:
        """The groups that may exist and be of that type."""
        return tuple(
            group
            for group in self.groups
            if group.node_type == node_type or (group.node_type is None and group.has_node_type is not False)
        )


def slurm_cluster(resource: Resource, view: TemplateView) -> SlurmCluster | None:
    """The cluster, or nothing where it is, or may be, on EKS."""
    if view.is_set(resource, "Orchestrator.Eks") is not False:
        return None
    items = list(view.walk(resource, "InstanceGroups[]"))
    groups = tuple(
        _group(at, view) for at in items if at.unknown is None and not at.absent and isinstance(at.value, dict)
    )
    configured = any(group.has_node_type for group in groups)
    return SlurmCluster(
        resource,
        groups,
        complete=bool(items) and len(groups) == len(items),
        is_in_api=configured or view.is_set(resource, "Orchestrator.Slurm") is True,
    )


def _group(at: At, view: TemplateView) -> Group:
    types = list(view.walk_from(at, "SlurmConfig.NodeType"))
    known = {found.value for found in types if found.unknown is None and isinstance(found.value, str)}
    named = {found.value for found in view.walk_from(at, "InstanceGroupName") if isinstance(found.value, str)}
    is_known = all(found.unknown is None for found in types)
    network = [found for found in view.walk_from(at, "OverrideVpcConfig") if not found.absent]
    return Group(
        at,
        named.pop() if len(named) == 1 else at.path,
        known.pop() if len(known) == 1 and len(types) == 1 else None,
        any(not found.absent for found in types) if is_known else None,
        _partitions(at, view),
        _file_system(at, view),
        bool(network),
        at.assumed,
    )


def _partitions(at: At, view: TemplateView) -> int | None:
    """How many partitions a group names; `None` where that depends on what cannot be known."""
    found = list(view.walk_from(at, "SlurmConfig.PartitionNames"))
    if len(found) != 1 or found[0].unknown is not None:
        return None
    if found[0].absent:
        return 0
    value = found[0].value
    if not isinstance(value, list) or any(is_expression(item) and "Fn::If" in item for item in value):
        return None
    return len(value)


def _file_system(at: At, view: TemplateView) -> str | None:
    """Where a group surely mounts a file system of Amazon FSx."""
    for kind in _STORAGE:
        for found in view.walk_from(at, f"InstanceStorageConfigs[].{kind}"):
            if not found.absent and found.unknown is None and isinstance(found.value, dict):
                return found.path
    return None
