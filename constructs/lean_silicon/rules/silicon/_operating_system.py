"""Whether a machine runs Windows, which leaves no choice of processor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lean_silicon.templates import Resource, SiliconUse

_TELLING = ("ImageId", "AmiType", "UserData", "Platform", "LaunchTemplateData", "EcsConfiguration", "Ec2Configuration")
_LAUNCHING = ("LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy")
_MAX_DEPTH = 12


def runs_windows(use: SiliconUse) -> bool:
    """Whether anything about the image or the start-up script speaks of Windows.

    A parameter that an image comes from is read as a whole: its default (``/aws/service/ami-windows-latest/...``) or its
    description may name it. The launch template or configuration of a group is looked at too.
    """
    return any(_speaks_of_windows(resource) for resource in (use.resource, *_launched_by(use.resource)))


def _launched_by(resource: Resource) -> Iterator[Resource]:
    """The launch templates and configurations of the same template that the resource refers to."""
    others = resource.template.resources
    for name in _LAUNCHING:
        for text in _texts(resource.properties.get(name), 0):
            if text in others and others[text].type.startswith(("AWS::EC2::Launch", "AWS::AutoScaling::Launch")):
                yield others[text]


def _speaks_of_windows(resource: Resource) -> bool:
    parameters = resource.template.body.get("Parameters")
    for name in _TELLING:
        for text in _texts(resource.properties.get(name), 0):
            lowered = text.lower()
            if "windows" in lowered or "<powershell>" in lowered:
                return True
            parameter = parameters.get(text) if isinstance(parameters, Mapping) else None
            if any("windows" in described.lower() for described in _texts(parameter, 0)):
                return True
    return False


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < _MAX_DEPTH and isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item, depth + 1)
    elif depth < _MAX_DEPTH and isinstance(value, list):
        for item in value:
            yield from _texts(item, depth + 1)
