"""CloudFormation's properties as a service's API wants them: the same members in another case, tags in another form."""

from __future__ import annotations

import json
import uuid
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from emulator.faults import ResourceFailedError

LOWER_CASE = {"VectorBucketName", "IndexName"}


def as_request(operation: OperationModel, properties: dict[str, Any], name: str) -> dict[str, Any]:
    """`properties` as the input of `operation`, with `name` for a required name that is not given.

    Raises
    ------
    ResourceFailedError
        A property that the API does not have, or the API model refuses a value.
    """
    shape = operation.input_shape
    if not isinstance(shape, StructureShape):
        raise ResourceFailedError(f"{operation.name} takes no input.")
    request = _structure(shape, properties, operation.name)
    for member in shape.required_members:
        if member not in request and is_name(member):
            longest = shape.members[member].metadata.get("max", 63)
            request[member] = _fitting(shape.members[member], name, longest)
    report = ParamValidator().validate({**_tokens(shape), **request}, shape)
    if report.has_errors():
        raise ResourceFailedError(f"{operation.name}: {report.generate_report()}")
    return request


def is_name(member: str) -> bool:
    """Whether CloudFormation makes a value for `member` when the template gives none."""
    return (
        member.lower() == "name"
        or member.endswith("Name")
        or member in ("StatementId", "DBInstanceIdentifier", "DBClusterIdentifier")
    )


def _fitting(shape: Shape, name: str, longest: int) -> str:
    """`name` in the case and the length that the member takes; its unique part is its end."""
    lowered = name.lower() if shape.name in LOWER_CASE else name
    return lowered[-longest:].strip("-")


def _tokens(shape: StructureShape) -> dict[str, str]:
    """What botocore fills in by itself."""
    return {
        name: str(uuid.uuid4()) for name, member in shape.members.items() if member.metadata.get("idempotencyToken")
    }


def _convert(shape: Shape, value: Any, place: str) -> Any:
    if isinstance(shape, MapShape):
        if isinstance(value, list) and all(isinstance(each, dict) and "Key" in each for each in value):
            value = {each["Key"]: each.get("Value", "") for each in value}
        return (
            {key: _convert(shape.value, each, place) for key, each in value.items()}
            if isinstance(value, dict)
            else value
        )
    if isinstance(shape, StructureShape):
        return _structure(shape, value, place) if isinstance(value, dict) and not shape.is_document_type else value
    if isinstance(shape, ListShape):
        if isinstance(value, dict) and _is_tag(shape.member):
            value = [{"Key": key, "Value": each} for key, each in value.items()]
        return [_convert(shape.member, each, place) for each in value] if isinstance(value, list) else value
    return _scalar(shape, value)


def _structure(shape: StructureShape, value: dict[str, Any], place: str) -> dict[str, Any]:
    if shape.is_document_type:
        return value
    members = {name.lower(): name for name in shape.members}
    made = {}
    for key, each in value.items():
        member = members.get(key.lower())
        if member is None:
            raise ResourceFailedError(f"{place}: {shape.name} has no member {key}")
        made[member] = _convert(shape.members[member], each, f"{place}.{member}")
    return made


def _scalar(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StringShape):
        if isinstance(value, bool):
            return str(value).lower()
        return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
    if isinstance(value, str) and shape.type_name in ("integer", "long"):
        return int(value)
    if isinstance(value, str) and shape.type_name in ("float", "double"):
        return float(value)
    return value == "true" if isinstance(value, str) and shape.type_name == "boolean" else value


def _is_tag(shape: Shape) -> bool:
    return isinstance(shape, StructureShape) and {name.lower() for name in shape.members} == {"key", "value"}
