"""Resources of a template that name a machine for other resources: launch templates and launch configurations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from lean_silicon.templates.model import Resource, Template
from lean_silicon.templates.places.compute import LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, LAUNCHERS

_NAME_PROPERTIES = {LAUNCH_TEMPLATE: "LaunchTemplateName", LAUNCH_CONFIGURATION: "LaunchConfigurationName"}


class References:
    """Who refers to whom, as far as silicon goes."""

    def __init__(self, template: Template) -> None:
        self.template = template

    def target(self, value: object, resource_type: str) -> Resource | None:
        """The resource of a type that a value refers to, by reference or by name; `None` where this template has none."""
        for logical_id in _mentioned(value):
            resource = self.template.resources.get(logical_id)
            if resource is not None and resource.type == resource_type:
                return resource
        return self._named.get((resource_type, value)) if isinstance(value, str) else None

    def is_launched_by_another(self, resource: Resource) -> bool:
        """Whether a launch template is told where another resource of the template starts machines from it."""
        return resource.type in _NAME_PROPERTIES and resource.logical_id in self._launched

    @cached_property
    def _named(self) -> dict[tuple[str, str], Resource]:
        found = {}
        for resource in self.template.resources.values():
            key = _NAME_PROPERTIES.get(resource.type)
            name = resource.properties.get(key) if key is not None else None
            if isinstance(name, str):
                found[resource.type, name] = resource
        return found

    @cached_property
    def _launched(self) -> frozenset[str]:
        """Logical ids and names of everything that a resource which starts machines mentions."""
        mentioned: set[str] = set()
        names = {name: resource.logical_id for (_, name), resource in self._named.items()}
        for resource in self.template.resources.values():
            if resource.type in LAUNCHERS:
                for value in _scalars(resource.properties):
                    mentioned.update(_mentioned(value))
                    if isinstance(value, str) and value in names:
                        mentioned.add(names[value])
        return frozenset(mentioned)


def _mentioned(value: object) -> Iterator[str]:
    """The logical ids that an intrinsic function refers to."""
    if not isinstance(value, dict) or len(value) != 1:
        return
    ((function, argument),) = value.items()
    if function == "Ref" and isinstance(argument, str):
        yield argument
    elif function == "Fn::GetAtt" and isinstance(argument, str):
        yield argument.partition(".")[0]
    elif function == "Fn::GetAtt" and isinstance(argument, list) and argument and isinstance(argument[0], str):
        yield argument[0]
    elif function == "Fn::Sub" and isinstance(argument, str):
        for name in re.findall(r"\$\{([^!${}][^${}]*)\}", argument):
            yield name.partition(".")[0]


def _scalars(value: Any) -> Iterator[Any]:
    """Every text and every function call inside a value."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            if len(here) == 1:
                yield here
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)
        elif isinstance(here, str):
            yield here
