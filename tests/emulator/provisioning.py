"""What makes, changes and deletes one resource: every type is validated, and then handed to the nearest thing to its service."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from emulator.faults import ResourceFailedError
from emulator.registry_schemas import schema_of
from emulator.sample_attributes import sample_attribute
from emulator.stacks import Resource, Stack


@dataclass(frozen=True)
class Wanted:
    """A resource as the template wants it, every value resolved."""

    stack: Stack
    logical_id: str
    type: str
    properties: dict[str, Any]

    def new_name(self, longest: int = 64) -> str:
        return self.stack.physical_name(self.logical_id, longest)


@dataclass(frozen=True)
class Made:
    """What came of it; `how` says how far the emulator went."""

    physical_id: str
    how: str
    attributes: dict[str, Any] = field(default_factory=dict)
    model: object = None


Outcome = TypeVar("Outcome")


class Handler(Protocol):
    """One way of making resources."""

    def handles(self, type_name: str) -> bool: ...

    def create(self, wanted: Wanted) -> Made: ...

    def update(self, resource: Resource, wanted: Wanted) -> Made: ...

    def delete(self, resource: Resource, stack: Stack) -> None: ...


class Provisioner:
    """Validates what is wanted and asks the first of its `handlers` that knows the type."""

    def __init__(self, handlers: list[Handler]) -> None:
        self.handlers = handlers

    def create(self, wanted: Wanted) -> Made:
        self.validate(wanted)
        return _reasoned(lambda: self._handler(wanted.type).create(_private(wanted)))

    def update(self, resource: Resource, wanted: Wanted) -> Made:
        self.validate(wanted)
        return _reasoned(lambda: self._handler(wanted.type).update(resource, _private(wanted)))

    def delete(self, resource: Resource, stack: Stack) -> None:
        _reasoned(lambda: self._handler(resource.type).delete(resource, stack))

    def validate(self, wanted: Wanted) -> None:
        """Raise unless the registry's schema admits the properties; a custom resource has none."""
        if is_custom(wanted.type):
            return
        violations = schema_of(wanted.type, wanted.stack.region).violations(wanted.properties)
        if violations:
            raise ResourceFailedError(
                f"Properties validation failed for resource {wanted.logical_id} with message: " + " | ".join(violations)
            )

    def replaced_by(self, resource: Resource, wanted: Wanted) -> list[str]:
        """The properties whose change makes `resource` be replaced; empty if it changes in place."""
        if resource.type != wanted.type:
            return ["Type"]
        if is_custom(wanted.type):
            return [name for name in ("ServiceToken",) if resource.properties.get(name) != wanted.properties.get(name)]
        return schema_of(wanted.type, wanted.stack.region).replaced_by(resource.properties, wanted.properties)

    def _handler(self, type_name: str) -> Handler:
        for handler in self.handlers:
            if handler.handles(type_name):
                return handler
        raise ResourceFailedError(f"The emulator cannot make {type_name}, so it does not pretend to.")


def attribute_of(resource: Resource, name: str, region: str) -> Any:
    """What ``Fn::GetAtt`` gives for `name`: what the service said, or a sample where the registry says there is one."""
    if name in resource.attributes:
        return resource.attributes[name]
    if is_custom(resource.type):
        raise ResourceFailedError(f"Vendor response doesn't contain {name} attribute in object {resource.physical_id}")
    if name not in schema_of(resource.type, region).attributes:
        raise ResourceFailedError(
            f"Template error: resource {resource.logical_id} does not support attribute type {name} in Fn::GetAtt"
        )
    if isinstance(resource.properties.get(name), (str, int)):
        return resource.properties[name]
    return sample_attribute(resource.type, name, resource.physical_id, region)


def is_custom(type_name: str) -> bool:
    return type_name.startswith("Custom::") or type_name == "AWS::CloudFormation::CustomResource"


def _private(wanted: Wanted) -> Wanted:
    """`wanted` with properties of its own, since handlers adapt them."""
    return Wanted(wanted.stack, wanted.logical_id, wanted.type, copy.deepcopy(wanted.properties))


def _reasoned(attempt: Callable[[], Outcome]) -> Outcome:
    """The outcome of `attempt`; whatever the service raises is the reason of the failure."""
    try:
        return attempt()
    except ResourceFailedError:
        raise
    except (
        Exception
    ) as fault:  # every service raises its own; each is the resource's failure and none is the emulator's
        description = getattr(fault, "description", None) or getattr(fault, "message", None) or str(fault)
        text = description if isinstance(description, str) else json.dumps(description, default=str)
        raise ResourceFailedError(f"{type(fault).__name__}: {text}") from fault
