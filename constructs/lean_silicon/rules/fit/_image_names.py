"""The text that names an image, through functions and parameters, as far as it is written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lean_silicon.templates import TemplateView
from lean_silicon.templates.documents.json_text import text_pieces
from lean_silicon.templates.locations import At, is_expression

FROM_A_MAP = "\ue010"
"""Stands for a part that a mapping gives, whose values the template holds all the same."""
SOMETHING = "\ue011"
"""Stands for a part that only a deployment knows."""


class ImageName(NamedTuple):
    """A text that names an image, with marks for what cannot be known, and where it stands."""

    text: str
    at: At


def image_names(at: At, view: TemplateView) -> Iterator[ImageName]:
    """Every text that may stand at a place which was walked to as it is written (`TemplateView.raw_from`).

    A parameter that is read from the SSM Parameter Store gives the path that it is read from by default.
    """
    if at.absent or at.unknown is not None:
        return
    if isinstance(at.value, str):
        yield ImageName(at.value, at)
        return
    public = _default_path(at.value, view)
    if public is not None:
        yield ImageName(public, at)
        return
    if not is_expression(at.value):
        return
    for found in view.walk_from(At({"Value": at.value}, at.path, at.assumed), "Value"):
        here = found._replace(path=at.path)
        if found.unknown is not None:
            yield ImageName("".join(_written(piece) for piece in text_pieces(at.value)), here)
        elif isinstance(found.value, str):
            yield ImageName(found.value, here)


def _default_path(value: object, view: TemplateView) -> str | None:
    """The path that a parameter of the type ``AWS::SSM::Parameter::Value<...>`` is read from by default."""
    name = value.get("Ref") if isinstance(value, Mapping) else None
    parameters = view.template.body.get("Parameters")
    declared = parameters.get(name) if isinstance(parameters, Mapping) and isinstance(name, str) else None
    if not isinstance(declared, Mapping) or not str(declared.get("Type")).startswith("AWS::SSM::Parameter::Value"):
        return None
    default = declared.get("Default")
    return default if isinstance(default, str) else None


def _written(piece: object) -> str:
    if isinstance(piece, str):
        return piece
    return FROM_A_MAP if isinstance(piece, Mapping) and "Fn::FindInMap" in piece else SOMETHING
