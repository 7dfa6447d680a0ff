"""Texts of which a part is known only at deployment: ARNs, mostly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lean_silicon.templates import TemplateView
from lean_silicon.templates.documents.json_text import text_pieces
from lean_silicon.templates.locations import At

UNKNOWN = "\0"
"""Stands in a text for each part that is known only at deployment. No property of a template can hold it."""


def texts_at(view: TemplateView, at: At) -> Iterator[At]:
    """Every text that may stand there; nothing where none of it is known.

    Unlike a walk it keeps what is written of a text whose rest is unknown: of ``arn:${AWS::Partition}:bedrock:...`` all but the
    partition.
    """
    for found in view.walk_from(at, ""):
        if found.unknown is None:
            if isinstance(found.value, str):
                yield found
        else:
            text = "".join(_known(view, at, piece) for piece in text_pieces(at.value))
            if text.strip(UNKNOWN):
                yield found._replace(value=text, unknown=None)


def shown(text: str) -> str:
    """The text as a message quotes it, with dots for what is unknown."""
    return text.replace(UNKNOWN, "...")


def circumstances(at: At) -> str:
    """Under which conditions a value stands and where it comes from, for the end of a sentence."""
    notes = [f"{name} is {'true' if value else 'false'}" for name, value in at.assumed]
    when = f" (when {' and '.join(notes)})" if notes else ""
    return f"{when} (the {at.origin})" if at.origin else when


def _known(view: TemplateView, at: At, piece: Any) -> str:
    """A piece of a text as far as it has one value."""
    if isinstance(piece, str):
        return piece.replace(UNKNOWN, "")
    values = [
        found.value for found in view.walk_from(at._replace(value=piece, unknown=None), "") if found.unknown is None
    ]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else UNKNOWN
