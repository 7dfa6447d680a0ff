"""What machines are started from: launch templates, launch configurations, and the images that these and their users name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.rules.fit._image_names import image_names
from lean_silicon.rules.fit._machine_images import AMI_TYPES, MachineImage, image_of_path
from lean_silicon.templates import Resource, SiliconUse, TemplateView, once_a_view
from lean_silicon.templates.locations import Assumed, At
from lean_silicon.templates.places.compute import LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE
from lean_silicon.templates.references import References

NODE_GROUP = "AWS::EKS::Nodegroup"
SCALING_GROUP = "AWS::AutoScaling::AutoScalingGroup"
INSTANCE = "AWS::EC2::Instance"
PCS_NODE_GROUP = "AWS::PCS::ComputeNodeGroup"

_BY = ("LaunchTemplateId", "LaunchTemplateName")
_OVERRIDES = "MixedInstancesPolicy.LaunchTemplate.Overrides[].LaunchTemplateSpecification"
_SPECIFIED: dict[str, tuple[tuple[str, tuple[str, ...], str], ...]] = {
    NODE_GROUP: (("LaunchTemplate", ("Id", "Name"), LAUNCH_TEMPLATE),),
    SCALING_GROUP: (
        ("LaunchTemplate", _BY, LAUNCH_TEMPLATE),
        ("MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification", _BY, LAUNCH_TEMPLATE),
        ("LaunchConfigurationName", (), LAUNCH_CONFIGURATION),
    ),
    INSTANCE: (("LaunchTemplate", _BY, LAUNCH_TEMPLATE),),
    PCS_NODE_GROUP: (("CustomLaunchTemplate", ("TemplateId",), LAUNCH_TEMPLATE),),
}
"""Where a resource names what it launches from: path, the keys that identify it (none where the path itself does), its type."""

_IMAGE_AT = {
    LAUNCH_TEMPLATE: "LaunchTemplateData.ImageId",
    LAUNCH_CONFIGURATION: "ImageId",
    INSTANCE: "ImageId",
    PCS_NODE_GROUP: "AmiId",
}
DEFAULT_OF_EKS = MachineImage("the default of EKS", "x86_64", AMI_TYPES["AL2023_X86_64_STANDARD"].lacks)
"""Amazon Linux 2023 from Kubernetes 1.30 on, Amazon Linux 2 before, neither with drivers, both for x86.

The guide names the operating system only; that the variant is the one for x86 without drivers, whatever the instance types, is what
EKS answers: ``[t4g.small] is not a valid instance type for requested amiType AL2_x86_64``, to a group that names none.
"""


class Launch(NamedTuple):
    """What a resource launches from; `source` is `None` where it lies outside of the template. `assumed` says when."""

    source: Resource | None
    assumed: Assumed


class StartedFrom(NamedTuple):
    """An image that a machine starts from, the resource that names it, and where; nothing is named where it is the `default`."""

    image: MachineImage
    source: Resource
    path: str
    default: bool = False


def launches_of(resource: Resource, view: TemplateView, assumed: Assumed = ()) -> Iterator[Launch]:
    """Every launch template or configuration that a resource names, under those conditions."""
    start = At(dict(resource.properties), "Properties", assumed)
    for path, keys, kind in _SPECIFIED.get(resource.type, ()):
        for at in view.walk_from(start, path) if keys else view.raw_from(start, path):
            if at.absent:
                continue
            named = [at] if not keys else [found for key in keys for found in view.raw_from(at, key)]
            named = [found for found in named if not found.absent]
            for found in named or [at.because("nothing is named")]:
                source = None if found.unknown is not None else _references(view).target(found.value, kind)
                yield Launch(source, found.assumed)


def has_several_templates(resource: Resource, view: TemplateView) -> bool:
    """Whether a group has a launch template of its own for some of its types, so that each may have its image."""
    return resource.type == SCALING_GROUP and any(not at.absent for at in view.walk(resource, _OVERRIDES))


def images_of(use: SiliconUse, view: TemplateView) -> Iterator[StartedFrom]:
    """The images that the machines of a use may start from; an image of which nothing is known tells nothing."""
    if use.resource.type == NODE_GROUP:
        yield from _of_node_group(use, view)
    elif not has_several_templates(use.resource, view):
        yield from _named_or_launched(use.resource, view, use.conditions)


def _of_node_group(use: SiliconUse, view: TemplateView) -> Iterator[StartedFrom]:
    """The AMI type of a managed node group, else the image of its launch template, else what EKS takes."""
    start = At(dict(use.resource.properties), "Properties", use.conditions)
    for at in view.walk_from(start, "AmiType"):
        if at.unknown is not None or (not at.absent and not isinstance(at.value, str)):
            continue
        if not at.absent and at.value.upper() in AMI_TYPES:
            yield StartedFrom(AMI_TYPES[at.value.upper()], use.resource, at.path)
        elif at.absent or at.value.upper() == "CUSTOM":
            yield from _launched_or_default(use.resource, view, at)


def _launched_or_default(group: Resource, view: TemplateView, ami_type: At) -> Iterator[StartedFrom]:
    launches = list(launches_of(group, view, ami_type.assumed))
    for launch in launches:
        if launch.source is not None:
            places = _image_places(launch.source, view, launch.assumed)
            yield from _started_from(places, launch.source, view)
            if ami_type.absent and not places:
                yield StartedFrom(DEFAULT_OF_EKS, group, ami_type.path, default=True)
    if ami_type.absent and not launches:
        yield StartedFrom(DEFAULT_OF_EKS, group, ami_type.path, default=True)


def _named_or_launched(resource: Resource, view: TemplateView, assumed: Assumed) -> Iterator[StartedFrom]:
    own = _image_places(resource, view, assumed) if resource.type in _IMAGE_AT else []
    if own:
        yield from _started_from(own, resource, view)
        return
    for launch in launches_of(resource, view, assumed):
        if launch.source is not None:
            yield from _started_from(_image_places(launch.source, view, launch.assumed), launch.source, view)


def _image_places(source: Resource, view: TemplateView, assumed: Assumed) -> list[At]:
    """Where a resource names, or may name, its image."""
    start = At(dict(source.properties), "Properties", assumed)
    return [at for at in view.raw_from(start, _IMAGE_AT[source.type]) if not at.absent]


def _started_from(places: list[At], source: Resource, view: TemplateView) -> Iterator[StartedFrom]:
    for at in places:
        for name in image_names(at, view):
            yield StartedFrom(image_of_path(name.text), source, name.at.path)


@once_a_view
def _references(view: TemplateView) -> References:
    """Who refers to whom in a template."""
    return References(view.template)
