"""Machines and the images that they start from: EKS node groups, Auto Scaling groups, instances, launch templates."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import InstanceType
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.rules.fit._disagreement import Disagreement
from lean_silicon.rules.fit._launching import (
    INSTANCE,
    NODE_GROUP,
    SCALING_GROUP,
    StartedFrom,
    has_several_templates,
    images_of,
)
from lean_silicon.rules.wording import when
from lean_silicon.templates import Resource, SiliconUse, TemplateView
from lean_silicon.templates.places.compute import LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE

MACHINES = frozenset({NODE_GROUP, SCALING_GROUP, INSTANCE, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION})
_LISTS = ("InstanceTypes", "Overrides")
_SHOWN = 3


def of_machines(resource: Resource, context: Context) -> Iterator[Disagreement]:
    """The first disagreement of a resource that starts machines."""
    view = context.view(resource.template)
    for use in view.uses_by_resource.get(resource.logical_id, ()):
        if use.admitted_only:
            continue
        kinds = _named(use, context)
        found = next(_of_use(use, kinds, view), None)
        if found is not None:
            yield found
            return


def _named(use: SiliconUse, context: Context) -> list[InstanceType]:
    """The types that a use lists by name. What is selected by attributes is left out: EC2 selects by the image's architecture."""
    names: list[object] = [use.instance_type]
    if use.selection is not None:
        lists = [
            items for key, items in use.selection.requirements.items() if key in _LISTS and isinstance(items, list)
        ]
        names = lists[0] if len(lists) == 1 else []
    kinds = [context.find(name) for name in names if isinstance(name, str)]
    known = [kind for kind in kinds if kind is not None and kind.architecture is not None]
    return known if len(known) == len(names) else []


def _of_use(use: SiliconUse, kinds: list[InstanceType], view: TemplateView) -> Iterator[Disagreement]:
    if not kinds:
        return
    architectures = {kind.architecture for kind in kinds}
    if len(architectures) > 1:
        if not has_several_templates(use.resource, view):
            yield _mixed(use, kinds)
        return
    for started in images_of(use, view):
        if started.image.architecture is not None and started.image.architecture not in architectures:
            yield _other_image(use, kinds, started)


def _mixed(use: SiliconUse, kinds: list[InstanceType]) -> Disagreement:
    arm = [kind for kind in kinds if kind.architecture == "arm64"]
    x86 = [kind for kind in kinds if kind.architecture != "arm64"]
    return Disagreement(
        f"{_shown(arm)} {_is(arm)} arm64 and {_shown(x86)} {_is(x86)} x86_64, but all of them start from one image, which is for one of "
        f"the two{when(use.conditions)}",
        use.property_path,
        "Make a group for each architecture, with its image."
        if use.resource.type == NODE_GROUP
        else "Make a group for each architecture, or give each override a launch template (LaunchTemplateSpecification) with its image.",
    )


def _other_image(use: SiliconUse, kinds: list[InstanceType], started: StartedFrom) -> Disagreement:
    image = started.image
    named = f"{image.name} (no AmiType and no image are named)" if started.default else image.name
    where = f" of {started.source.logical_id}" if started.source is not use.resource else ""
    architecture = kinds[0].architecture
    if use.resource.type == NODE_GROUP and started.source is use.resource:
        standard = "AL2023_ARM_64_STANDARD" if architecture == "arm64" else "AL2023_x86_64_STANDARD"
        fix = f"Name an AmiType for {architecture}, such as {standard}"
    else:
        fix = f"Start from the image for {architecture}"
    return Disagreement(
        f"{_shown(kinds)} {_is(kinds)} {architecture}; the image{where} is for {image.architecture}: {named}{when(use.conditions)}",
        use.property_path,
        f"{fix}, or use {image.architecture} types.",
        kinds[0].name if len(kinds) == 1 else None,
        certain=not started.default,
    )


def _shown(kinds: list[InstanceType]) -> str:
    more = f" and {len(kinds) - _SHOWN} more types" if len(kinds) > _SHOWN else ""
    return ", ".join(machine(kind) for kind in kinds[:_SHOWN]) + more


def _is(kinds: list[InstanceType]) -> str:
    return "is" if len(kinds) == 1 else "are"
