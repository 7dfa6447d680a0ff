"""Whether a machine runs Windows, which leaves no choice of processor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lean_silicon.templates import SiliconUse

_TELLING = ("ImageId", "AmiType", "UserData", "Platform", "LaunchTemplateData", "EcsConfiguration", "Ec2Configuration")
_MAX_DEPTH = 12


def runs_windows(use: SiliconUse) -> bool:
    """Whether anything about the image or the start-up script of the resource speaks of Windows.

    A parameter that an image comes from is followed to its default: `/aws/service/ami-windows-latest/...` names it.
    """
    properties = use.resource.properties
    parameters = use.resource.template.body.get("Parameters")
    for name in _TELLING:
        for text in _texts(properties.get(name), 0):
            lowered = text.lower()
            if "windows" in lowered or "<powershell>" in lowered:
                return True
            parameter = parameters.get(text) if isinstance(parameters, Mapping) else None
            if isinstance(parameter, Mapping) and "windows" in str(parameter.get("Default", "")).lower():
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
