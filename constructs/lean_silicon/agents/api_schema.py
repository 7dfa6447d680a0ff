"""Descriptions of APIs whose operations become tools: OpenAPI in JSON, or Smithy in its JSON form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aws_cdk import aws_bedrockagentcore as agentcore

from lean_silicon.exceptions import InvalidValueError

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_LARGEST_TEMPLATE = 1_000_000
"""Of CloudFormation, in S3 ("Understand CloudFormation quotas" in its User Guide: 1 MB)."""


@dataclass(frozen=True)
class ApiDescription:
    """An API, described. Use `from_file` or give the document itself.

    Parameters
    ----------
    document
        OpenAPI 3 or Smithy, as JSON knows it.

    Raises
    ------
    InvalidValueError
        If an operation of an OpenAPI document has no ``operationId`` of its own, which is its tool's name, something is referred to that is
        not in the document, or it is larger than a template may be.

    Examples
    --------
    ``ApiDescription.from_file("orders.json")``
    """

    document: Mapping[str, Any]

    def __post_init__(self) -> None:
        operations = _operations(self.document)
        nameless = [path for path, operation in operations if "operationId" not in operation]
        if nameless:
            raise InvalidValueError(
                f"operations {', '.join(nameless)} have no operationId; the gateway names tools by it. Add one to each, such as getOrder"
            )
        names = [str(operation["operationId"]) for _, operation in operations]
        if len(set(names)) != len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise InvalidValueError(
                f"operationId {', '.join(twice)} is there more than once; the gateway names tools by it"
            )
        missing = sorted({each for each in _references(self.document) if not _is_there(self.document, each)})
        if missing and "openapi" in self.document:
            raise InvalidValueError(
                f"{', '.join(missing)} is referred to and not in the document; AgentCore reads one file. Bundle what it needs into it"
            )
        size = len(json.dumps(self.document))
        if size > _LARGEST_TEMPLATE:
            raise InvalidValueError(
                f"the description has {size:,} characters and a template may have {_LARGEST_TEMPLATE:,}; leave out the operations that no "
                "agent needs: models read the description of every tool"
            )

    @classmethod
    def from_file(cls, path: str | Path) -> ApiDescription:
        """A file in JSON.

        Raises
        ------
        InvalidValueError
            If it is not there or no JSON object.
        """
        place = Path(path)
        if not place.is_file():
            raise InvalidValueError(f"API description {str(path)!r} does not exist (looked in {Path.cwd()})")
        try:
            document = json.loads(place.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InvalidValueError(
                f"API description {str(path)!r} is no JSON ({error}); convert it to JSON"
            ) from error
        if not isinstance(document, dict):
            raise InvalidValueError(
                f"API description {str(path)!r} is no JSON object; give an OpenAPI or Smithy document"
            )
        return cls(document)

    @property
    def operations(self) -> frozenset[str] | None:
        """The names of its tools; `None` where they are not known, as of Smithy."""
        if "openapi" not in self.document:
            return None
        return frozenset(str(operation["operationId"]) for _, operation in _operations(self.document))

    def to_schema(self) -> agentcore.ApiSchema:
        """As the gateway takes it; the CDK checks that it is what AgentCore understands of OpenAPI."""
        return agentcore.ApiSchema.from_inline(json.dumps(self.document, sort_keys=True))


def _operations(document: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    paths = document.get("paths", {}) if "openapi" in document else {}
    if not isinstance(paths, Mapping) or not all(isinstance(methods, Mapping) for methods in paths.values()):
        raise InvalidValueError(
            "paths of an OpenAPI document must be an object of objects: {'/orders': {'get': {...}}}"
        )
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method in _METHODS
    ]


def _references(value: Any) -> Iterator[str]:
    match value:
        case {"$ref": str(target), **others}:
            yield target
            yield from _references(others)
        case dict():
            for each in value.values():
                yield from _references(each)
        case list():
            for each in value:
                yield from _references(each)


def _is_there(document: Any, reference: str) -> bool:
    """Whether a reference leads somewhere in the document (JSON Pointer, RFC 6901)."""
    if not reference.startswith("#/"):
        return False
    for part in reference.removeprefix("#/").split("/"):
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(document, list) and name.isdecimal() and int(name) < len(document):
            document = document[int(name)]
        elif isinstance(document, Mapping) and name in document:
            document = document[name]
        else:
            return False
    return True
