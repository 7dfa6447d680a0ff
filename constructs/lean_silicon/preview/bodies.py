"""Dashboards of templates, with readable words in the place of what only a deployment knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates import App, Resource
from lean_silicon.templates.documents.json_text import text_pieces
from lean_silicon.templates.parsing import require_bounded, strict_json

_TYPE = "AWS::CloudWatch::Dashboard"
_MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Widget:
    """One widget on the grid of 24 columns."""

    kind: str
    x: int
    y: int
    width: int
    height: int
    properties: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.properties.get("title", ""))


@dataclass(frozen=True)
class Dashboard:
    """One dashboard of a stack."""

    stack: str
    name: str
    widgets: tuple[Widget, ...]


def dashboards(app: App) -> Iterator[Dashboard]:
    """Every dashboard of an app.

    Raises
    ------
    UnreadableInputError
        If a body is not what CloudWatch calls one.
    """
    for template in app.templates:
        for resource in template.resources.values():
            if resource.type == _TYPE:
                yield _dashboard(resource, template.stack or template.path)


def _dashboard(resource: Resource, stack: str) -> Dashboard:
    text = "".join(_word(piece) for piece in text_pieces(resource.properties.get("DashboardBody", "")))
    if len(text) > _MOST_CHARACTERS:
        raise UnreadableInputError(
            f"the dashboard {resource.logical_id} of {stack} has {len(text):,} characters; at most {_MOST_CHARACTERS:,} are read, "
            "as many as CloudFormation takes for a whole template"
        )
    try:
        body = strict_json(text)
        require_bounded(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableInputError(f"the dashboard {resource.logical_id} of {stack} is not JSON: {error}") from None
    given = body.get("widgets") if isinstance(body, dict) else None
    if not isinstance(given, list):
        raise UnreadableInputError(f"the dashboard {resource.logical_id} of {stack} has no list of widgets")
    name = resource.properties.get("DashboardName")
    widgets = tuple(_widget(each, f"{resource.logical_id} of {stack}") for each in given)
    return Dashboard(stack, name if isinstance(name, str) else resource.logical_id, widgets)


def _widget(given: Any, where: str) -> Widget:
    if not isinstance(given, dict) or not isinstance(given.get("properties"), dict):
        raise UnreadableInputError(f"a widget of the dashboard {where} has no properties")
    return Widget(
        kind=str(given.get("type", "")),
        x=_whole(given.get("x"), 0),
        y=_whole(given.get("y"), 0),
        width=_whole(given.get("width"), 6),
        height=_whole(given.get("height"), 6),
        properties=given["properties"],
    )


def _whole(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _word(piece: Any) -> str:
    """Text as it is; a function as the name of what it refers to, which a reader recognises."""
    if isinstance(piece, str):
        return piece
    named = _name(piece)
    return "".join(letter for letter in named if letter.isalnum() or letter in "-_.:/") or "deployed"


def _name(value: Any) -> str:
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::GetAtt": str(name)}:
            return name.partition(".")[0]
        case {"Fn::GetStackOutput": {"OutputName": str(name)}}:
            return name
        case {"Fn::ImportValue": str(name)}:
            return name.partition(":")[2] or name
        case {"Fn::Select": [_, parts]} | {"Fn::Split": [_, parts]}:
            return _name(parts)
    return "deployed"
