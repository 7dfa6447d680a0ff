"""The network between machines: how many there may be, whether they have EFA, whether they are placed together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.rules.fit._launching import (
    NODE_GROUP,
    PCS_NODE_GROUP,
    SCALING_GROUP,
    has_several_templates,
    launches_of,
)
from lean_silicon.rules.reserved import may_be_reserved
from lean_silicon.templates import Resource, SiliconUse, TemplateView
from lean_silicon.templates.amounts import whole_number
from lean_silicon.templates.locations import At
from lean_silicon.templates.places.compute import LAUNCH_TEMPLATE

JOB_DEFINITION = "AWS::Batch::JobDefinition"
_GROUPS = frozenset({NODE_GROUP, SCALING_GROUP, PCS_NODE_GROUP})
_INTERFACES = "LaunchTemplateData.NetworkInterfaces[].InterfaceType"
_PLACEMENT = "LaunchTemplateData.Placement"
_EFA = ("efa", "efa-only")
_RANGES = "NodeProperties.NodeRangeProperties[]"
_CONTAINERS = (f"{_RANGES}.Container", f"{_RANGES}.EcsProperties.TaskProperties[].Containers[]")
_DEVICE = "/dev/infiniband/uverbs0"


class Lacking(NamedTuple):
    """What the network lacks, as the end of a sentence, and the fix."""

    message: str
    fix: str


_NO_EFA = Lacking(
    "none of their network interfaces is an EFA",
    "Give the group a launch template with NetworkInterfaces of InterfaceType efa (one for each network card, the others efa-only), a "
    "security group that admits itself, and Placement in a cluster placement group; or train on HyperPod or SageMaker, which set this up.",
)
_NO_PLACEMENT = Lacking(
    "they have EFA and no placement group",
    "Name a placement group with Strategy: cluster in the launch template (Placement.GroupName), so that the machines are "
    "close to each other.",
)
_NO_DEVICE = Lacking(
    f"the job hands no EFA device ({_DEVICE}) to its containers",
    f"Add LinuxParameters.Devices with HostPath {_DEVICE} to each node range, and EFA interfaces and a cluster placement group to "
    "the launch template of the compute environment.",
)


def nodes_of(use: SiliconUse, view: TemplateView) -> int | None:
    """How many machines there may be at most; `None` where that is unknown."""
    if use.resource.type == JOB_DEFINITION:
        numbers = [whole_number(each) for each in view.known(use.resource, "NodeProperties.NumNodes")]
        return numbers[0] if len(numbers) == 1 else None
    if use.resource.type not in _GROUPS:
        return None
    return max((number for number in use.count if number is not None), default=None)


def fabric_of(use: SiliconUse, view: TemplateView) -> Lacking | None:
    """What the network between the machines of a use certainly lacks."""
    if use.resource.type == JOB_DEFINITION:
        return None if _may_hand_over(use.resource, view) else _NO_DEVICE
    if has_several_templates(use.resource, view):
        return None
    launches = list(launches_of(use.resource, view, use.conditions))
    sources = [launch.source for launch in launches if launch.source is not None]
    if len(sources) < len(launches):
        return None
    equipped = [_has_efa(source, view) for source in sources]
    if not any(each is not False for each in equipped):
        return _NO_EFA
    if all(equipped) and not _may_be_placed(use, sources, view):
        return _NO_PLACEMENT
    return None


def _has_efa(source: Resource, view: TemplateView) -> bool | None:
    """Whether a launch template has an EFA interface; `None` where that is unknown. A launch configuration cannot have one."""
    if source.type != LAUNCH_TEMPLATE:
        return False
    found = list(view.walk(source, _INTERFACES))
    if any(at.unknown is None and at.value in _EFA for at in found if isinstance(at.value, str)):
        return True
    return None if any(at.unknown is not None for at in found) else False


def _may_be_placed(use: SiliconUse, sources: list[Resource], view: TemplateView) -> bool:
    """Whether the machines are, or may be, in a placement group, or placed by a reservation."""
    if use.resource.type == SCALING_GROUP and view.is_set(use.resource, "PlacementGroup") is not False:
        return True
    if may_be_reserved(use, view):
        return True
    keys = ("GroupName", "GroupId")
    return any(view.is_set(source, f"{_PLACEMENT}.{key}") is not False for source in sources for key in keys)


def _may_hand_over(job: Resource, view: TemplateView) -> bool:
    """Whether any container of a job gets an EFA device, or all devices, or may."""
    return any(
        _is_handed_over(container, view)
        for path in _CONTAINERS
        for container in view.walk(job, path)
        if not container.absent
    )


def _is_handed_over(container: At, view: TemplateView) -> bool:
    if container.unknown is not None:
        return True
    return any(
        at.unknown is not None or "infiniband" in str(at.value) or str(at.value).lower() == "true"
        for at in _handing(container, view)
        if not at.absent
    )


def _handing(container: At, view: TemplateView) -> Iterator[At]:
    yield from view.walk_from(container, "LinuxParameters.Devices[].HostPath")
    yield from view.walk_from(container, "Privileged")
