"""What a template would change, told before anything is touched."""

from __future__ import annotations

from typing import Any

from emulator.faults import ResourceFailedError
from emulator.provisioning import Provisioner, Wanted
from emulator.scope import StackScope
from emulator.stacks import Resource, Stack, StackStore


def changes_between(
    stack: Stack, template: dict[str, Any], parameters: dict[str, str], store: StackStore, provisioner: Provisioner
) -> list[dict[str, Any]]:
    """The changes that `template` makes to `stack`, in the form of the API."""
    try:
        scope = StackScope(stack, store, template, parameters)
        definitions = scope.definitions()
    except ResourceFailedError:  # a parameter is missing: told when it is executed
        return [_change("Add", name, each["Type"]) for name, each in template["Resources"].items()]
    changes = []
    for name, definition in definitions.items():
        old = stack.resources.get(name)
        if old is None:
            changes.append(_change("Add", name, definition["Type"]))
        elif (modified := _modified(scope, provisioner, stack, old, definition)) is not None:
            changes.append(modified)
    gone = [each for name, each in stack.resources.items() if name not in definitions]
    return changes + [_change("Remove", each.logical_id, each.type, each.physical_id) for each in gone]


def _modified(
    scope: StackScope, provisioner: Provisioner, stack: Stack, old: Resource, definition: dict[str, Any]
) -> dict[str, Any] | None:
    try:
        properties = scope.resolve(definition.get("Properties") or {})
    except ResourceFailedError:  # it refers to what is still to be made
        if definition == old.definition:
            return None
        return {**_change("Modify", old.logical_id, old.type, old.physical_id), "Replacement": "Conditional"}
    if properties == old.properties and definition["Type"] == old.type:
        return None
    wanted = Wanted(stack, old.logical_id, definition["Type"], properties)
    replacing = provisioner.replaced_by(old, wanted)
    names = sorted(name for name in {*properties, *old.properties} if properties.get(name) != old.properties.get(name))
    return {
        **_change("Modify", old.logical_id, old.type, old.physical_id),
        "Replacement": "True" if replacing else "False",
        "Scope": ["Properties"],
        "Details": [
            {
                "Target": {
                    "Attribute": "Properties",
                    "Name": name,
                    "RequiresRecreation": "Always"
                    if any(path.split(".")[0] == name for path in replacing)
                    else "Never",
                },
                "Evaluation": "Static",
                "ChangeSource": "DirectModification",
            }
            for name in names
        ],
    }


def _change(action: str, logical_id: str, type_name: str, physical_id: str | None = None) -> dict[str, Any]:
    return {
        "Action": action,
        "LogicalResourceId": logical_id,
        "ResourceType": type_name,
        "PhysicalResourceId": physical_id,
    }
