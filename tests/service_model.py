"""Requests against AWS's service models, more strictly than the SDK: lengths, patterns and choices too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator


def refusals(service: str, operation: str, request: dict[str, Any]) -> list[str]:
    """Why the service would refuse the request; nothing where it would not."""
    model = botocore.session.get_session().get_service_model(service)
    shape = model.operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(request, shape)
    return [report.generate_report()] if report.has_errors() else list(_broken(shape, request, operation))


def _broken(shape: Shape, value: Any, where: str) -> Iterator[str]:
    size = len(value) if isinstance(value, (str, list, dict)) else value
    if not isinstance(shape, StructureShape):
        for bound, breaks in (("min", lambda limit: size < limit), ("max", lambda limit: size > limit)):
            if bound in shape.metadata and breaks(shape.metadata[bound]):
                yield f"{where}: {size} is beyond the {bound}imum of {shape.metadata[bound]}"
    if isinstance(shape, StructureShape):
        for name, each in value.items():
            yield from _broken(shape.members[name], each, f"{where}.{name}")
    elif isinstance(shape, MapShape):
        for name, each in value.items():
            yield from _broken(shape.key, name, f"{where} key")
            yield from _broken(shape.value, each, f"{where}[{name}]")
    elif isinstance(shape, ListShape):
        for position, each in enumerate(value):
            yield from _broken(shape.member, each, f"{where}[{position}]")
    elif isinstance(shape, StringShape):
        yield from _broken_text(shape, value, where)


def _broken_text(shape: StringShape, value: str, where: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield f"{where}: {value!r} is not among {shape.enum}"
    # Java's classes of letters and the like have no counterpart here.
    pattern = shape.metadata.get("pattern", "")
    if pattern and "\\p{" not in pattern and not re.fullmatch(pattern, value):
        yield f"{where}: {value!r} does not match {pattern}"
