"""The data file: its tables in order, one row a line, so that a change is read as a diff."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from scripts.catalog_build.ec2_types import Ec2Type

FORMAT = 1


def rendered(document: Mapping[str, Any]) -> str:
    """The document as JSON text: every table on its own lines, every row of it on one."""
    lines = [f"{_compact(key)}:{_table(value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _table(value: Any) -> str:
    if isinstance(value, list):
        return "[\n" + ",\n".join(_compact(row) for row in value) + "\n]" if value else "[]"
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"{_compact(key)}:{_nested(row)}" for key, row in value.items()) + "\n}"
    return _compact(value)


def _nested(value: Any) -> str:
    """A table inside a table keeps its rows on lines of their own where they are rows."""
    if isinstance(value, dict) and isinstance(value.get("rows"), list):
        rows = ",\n".join(_compact(row) for row in value["rows"])
        rest = ",".join(f"{_compact(key)}:{_compact(each)}" for key, each in value.items() if key != "rows")
        return f'{{{rest},"rows":[\n{rows}\n]}}'
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(_compact(row) for row in value) + "\n]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def without_trailing_unknowns(row: list[Any]) -> list[Any]:
    """A row up to its last known cell."""
    known = len(row)
    while known and row[known - 1] is None:
        known -= 1
    return row[:known]


FLAGS = {"b": "bare_metal", "t": "burstable", "s": "spot", "c": "capacity_block"}
"""Yes-or-no columns, one letter each where the answer is yes; ``null`` where none is known."""


def flags(described: Ec2Type) -> str | None:
    """The yes-or-no columns of a type as letters."""
    if described.bare_metal is None:
        return None
    return "".join(letter for letter, field in FLAGS.items() if getattr(described, field))


def slug(text: str) -> str:
    """A short, stable name for a longer text: ``Intel(R) Xeon(R) Platinum 8488C`` is ``intel-xeon-platinum-8488c``."""
    return "-".join(_words(text.lower().replace("(r)", " ")))


def _words(text: str) -> Iterator[str]:
    word = ""
    for character in text + " ":
        if (character.isascii() and character.isalnum()) or character == ".":
            word += character
        elif word:
            yield word
            word = ""
