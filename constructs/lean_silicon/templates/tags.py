"""The tags of a resource: its own, else those of its stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lean_silicon.templates.model import Resource
from lean_silicon.templates.resolver import Resolver


def tag_of(resource: Resource, key: str) -> str | None:
    """The value of a tag, with its key in any case; `None` where neither the resource nor its stack has it, or it is not resolved.

    Examples
    --------
    >>> from lean_silicon.templates import read_template
    >>> tagged = {"Type": "AWS::SageMaker::Endpoint", "Properties": {"Tags": [{"Key": "Team", "Value": "search"}]}}
    >>> tag_of(read_template({"Resources": {"Chat": tagged}}, path="t").resources["Chat"], "team")
    'search'
    """
    wanted = key.casefold()
    for name, value in _tags(resource):
        if isinstance(name, str) and name.casefold() == wanted:
            return _text(value, resource)
    return next((value for name, value in resource.template.tags.items() if name.casefold() == wanted), None)


def _tags(resource: Resource) -> Iterator[tuple[Any, Any]]:
    """As lists of keys and values, as a mapping, or, for launch templates, by what they start."""
    declared = resource.properties.get("Tags")
    if isinstance(declared, Mapping):
        yield from declared.items()
    yield from _listed(declared)
    specifications = resource.properties.get("TagSpecifications")
    for specification in specifications if isinstance(specifications, list) else ():
        if isinstance(specification, Mapping):
            yield from _listed(specification.get("Tags"))


def _listed(tags: object) -> Iterator[tuple[Any, Any]]:
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, Mapping):
            yield tag.get("Key"), tag.get("Value")


def _text(value: object, resource: Resource) -> str | None:
    found = value if isinstance(value, str) else Resolver(resource.template).plain(value)
    return found if isinstance(found, str) else None
