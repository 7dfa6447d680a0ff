"""Places inside a template: how they are written, what stands at them, and how a message names it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from lean_silicon.templates.resolver import Resolved

Assumed = tuple[tuple[str, bool], ...]
"""Conditions of the template that are taken as decided, in the order in which they were met."""


class _Absent:
    """The value of a property that is not there (or is ``AWS::NoValue``)."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True)
class Settled:
    """A value of an embedded document whose possibilities are decided by the document's own language.

    The `values` may be expressions of the template; the language of the document has had its say already.
    """

    values: tuple[Resolved, ...]


class At(NamedTuple):
    """A value and where it stands.

    `value` is `ABSENT` where there is none; where `unknown` says why it cannot be known, it means nothing.
    """

    value: Any
    path: str
    assumed: Assumed = ()
    unknown: str | None = None
    origin: str | None = None
    admitted_only: bool = False

    @property
    def absent(self) -> bool:
        """Whether nothing stands here."""
        return self.value is ABSENT and self.unknown is None

    def because(self, unknown: str) -> At:
        """The same place, with a value that cannot be known."""
        return self._replace(value=None, unknown=unknown)


class Step(NamedTuple):
    """One step of a path: into a key, into every item (``[]``), every key (``*``), or one item.

    API requests write the first letter of a key large or small depending on the service, hence `other_spelling`.
    """

    key: str | None = None
    other_spelling: str | None = None
    item: int | None = None
    every_key: bool = False


@cache
def parse_path(path: str) -> tuple[Step, ...]:
    """The steps of a path as the table writes it."""
    steps: list[Step] = []
    for part in re.findall(r"\[\d*\]|\*|[^.\[\]*]+", path):
        if part == "*":
            steps.append(Step(every_key=True))
        elif part.startswith("["):
            steps.append(Step(item=int(part[1:-1])) if part != "[]" else Step())
        else:
            steps.append(Step(part, part[0].swapcase() + part[1:]))
    return tuple(steps)


def joined(path: str, key: object) -> str:
    """The path of a key, quoted where it would not read as one (``States["Train the model"]``)."""
    text = str(key)
    if re.fullmatch(r"[\w-]+(::[\w-]+)*", text):
        return f"{path}.{text}" if path else text
    return f"{path}[{json.dumps(text, ensure_ascii=False)}]"


def is_expression(value: object) -> bool:
    """Whether a value is an intrinsic function."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    (key,) = value
    return key == "Ref" or (isinstance(key, str) and key.startswith("Fn::"))


def described(value: object) -> str:
    """What a value is, as a message says it: short, on one line."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        text = value if len(value) <= 60 else value[:57] + "..."
        return f"the text {json.dumps(text, ensure_ascii=False)}" if text else "an empty text"
    if isinstance(value, (int, float)):
        text = str(value) if isinstance(value, float) or abs(value) < 10**20 else "of more than 20 digits"
        return f"the number {text}"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "an object" if isinstance(value, dict) else f"a value of type {type(value).__name__}"
