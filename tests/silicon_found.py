"""Small templates, and the silicon that is found in them."""

from __future__ import annotations

from typing import Any

from lean_silicon.templates import SiliconUse, read_template, silicon_uses

A_PARAMETER = {"Type": "String"}
PROD = {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
STAGE = {"Stage": A_PARAMETER}


def resource(resource_type: str, properties: Any = None, **attributes: Any) -> dict[str, Any]:
    """A resource of a template."""
    return {"Type": resource_type, "Properties": {} if properties is None else properties, **attributes}


def found(resources: dict[str, Any], **sections: Any) -> list[SiliconUse]:
    """Every use in a template of these resources."""
    return list(silicon_uses(read_template({**sections, "Resources": resources}, path="template.json")))


def found_in(resource_type: str, properties: Any, **sections: Any) -> list[SiliconUse]:
    """Every use in a template of one resource."""
    return found({"It": resource(resource_type, properties)}, **sections)


def only(resource_type: str, properties: Any, **sections: Any) -> SiliconUse:
    """The one use in a template of one resource."""
    (use,) = found_in(resource_type, properties, **sections)
    return use


def types(uses: list[SiliconUse]) -> list[str | None]:
    """The instance types of uses."""
    return [use.instance_type for use in uses]
