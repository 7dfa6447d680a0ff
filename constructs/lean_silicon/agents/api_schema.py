"""Descriptions of APIs whose operations become tools: OpenAPI in JSON, or Smithy in its JSON form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import aws_bedrockagentcore as agentcore

from lean_silicon.exceptions import InvalidValueError

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


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
        If an operation of an OpenAPI document has no ``operationId``, which would be its tool's name.

    Examples
    --------
    ``ApiDescription.from_file("orders.json")``
    """

    document: Mapping[str, Any]

    def __post_init__(self) -> None:
        nameless = [path for path, operation in _operations(self.document) if "operationId" not in operation]
        if nameless:
            raise InvalidValueError(
                f"operations {', '.join(nameless)} have no operationId; the gateway names tools by it. Add one to each, such as getOrder"
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
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method in _METHODS
    ]
