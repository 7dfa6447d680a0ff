"""CloudFormation's registry schemas, as bundled in cfn-lint: what a resource may say, and what cannot change in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from jsonschema.protocols import Validator

from emulator.faults import ResourceFailedError

Path = tuple[str, ...]
INTEGER = re.compile(r"-?\d+")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def _integer(_: object, value: object) -> bool:
    if isinstance(value, str):
        return INTEGER.fullmatch(value) is not None
    return isinstance(value, (int, float)) and not isinstance(value, bool) and float(value).is_integer()


def _number(_: object, value: object) -> bool:
    if isinstance(value, str):
        return NUMBER.fullmatch(value) is not None
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# CloudFormation reads "1" where a number is meant and 1 where a string is, and takes a document for an object.
LENIENT_TYPES = jsonschema.Draft7Validator.TYPE_CHECKER.redefine_many(
    {
        "string": lambda _, value: isinstance(value, (str, int, float, bool)),
        "integer": _integer,
        "number": _number,
        "boolean": lambda _, value: isinstance(value, bool) or value in ("true", "false"),
        "object": lambda _, value: (
            isinstance(value, dict) or (isinstance(value, str) and value.lstrip().startswith("{"))
        ),
    }
)


def _pattern(_: Validator, pattern: str, value: object, __: object) -> Iterator[jsonschema.ValidationError]:
    if not isinstance(value, str):
        return
    try:
        matches = re.search(pattern, value)
    except re.error:  # a dialect that Python cannot compile: cfn-lint passes over it too
        return
    if matches is None:
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


def _as_meant(keyword: str, read: Callable[[Any], Any]) -> Callable[..., Iterator[jsonschema.ValidationError]]:
    """The standard `keyword`, asked about the value that CloudFormation reads."""
    standard = jsonschema.Draft7Validator.VALIDATORS[keyword]

    def check(
        validator: Validator, limit: object, value: object, schema: object
    ) -> Iterator[jsonschema.ValidationError]:
        meant = read(value)
        if meant is not None:
            yield from standard(validator, limit, meant, schema) or ()

    return check


def _as_number(value: object) -> float | None:
    return float(str(value)) if _number(None, value) else None


def _as_length(value: object) -> str | None:
    return value if isinstance(value, str) else None


KEYWORDS = {
    "pattern": _pattern,
    "format": lambda *_: iter(()),
    "minimum": _as_meant("minimum", _as_number),
    "maximum": _as_meant("maximum", _as_number),
    "minLength": _as_meant("minLength", _as_length),
    "maxLength": _as_meant("maxLength", _as_length),
}
REGISTRY_VALIDATOR = jsonschema.validators.extend(jsonschema.Draft7Validator, KEYWORDS, type_checker=LENIENT_TYPES)


@dataclass(frozen=True)
class RegistrySchema:
    """The schema of one resource type in one region."""

    type_name: str
    document: dict[str, Any]
    validator: Validator
    attributes: frozenset[str]
    """What ``Fn::GetAtt`` gives."""

    def violations(self, properties: dict[str, Any]) -> list[str]:
        """What the resolved `properties` break, as ``#/path: reason``; empty if nothing."""
        found = [
            f"#/{'/'.join(str(part) for part in error.absolute_path)}: {error.message[:300]}"
            for error in self.validator.iter_errors(properties)
        ]
        written = {path[0] for path in self.read_only if len(path) == 1} & set(properties)
        return found + [f"#/{name}: is read-only" for name in sorted(written)]

    def paths(self, kind: str) -> tuple[Path, ...]:
        return tuple(tuple(pointer.split("/")[2:]) for pointer in self.document.get(kind, ()))

    @property
    def create_only(self) -> tuple[Path, ...]:
        """Properties whose change replaces the resource."""
        return self.paths("createOnlyProperties")

    @property
    def read_only(self) -> tuple[Path, ...]:
        """What only the service sets."""
        return self.paths("readOnlyProperties")

    @property
    def primary_identifier(self) -> tuple[Path, ...]:
        return self.paths("primaryIdentifier")

    def replaced_by(self, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        """The create-only properties in which `old` and `new` differ."""
        return [".".join(path) for path in self.create_only if value_at(old, path) != value_at(new, path)]


def value_at(document: object, path: Path) -> object:
    """The value at `path`, with ``*`` for every item of a list; None where there is none."""
    for position, name in enumerate(path):
        if name == "*":
            return [value_at(item, path[position + 1 :]) for item in document] if isinstance(document, list) else None
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document


@cache
def schema_of(type_name: str, region: str) -> RegistrySchema:
    """The schema of `type_name` in `region`.

    Raises
    ------
    ResourceFailedError
        The registry has no such type there.
    """
    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type_name)
    except ResourceNotFoundError as missing:
        raise ResourceFailedError(f"Resource type {type_name} is not in the registry of {region}.") from missing
    return RegistrySchema(type_name, schema.schema, REGISTRY_VALIDATOR(schema.schema), frozenset(schema.get_atts))
