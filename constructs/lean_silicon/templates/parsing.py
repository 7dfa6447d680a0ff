"""Bytes of a template file to plain values: JSON by itself, YAML by `yaml_parsing`, which is imported only when needed."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.limits import MAX_JSON_BYTES, MAX_NESTING, MAX_NODES, MAX_YAML_BYTES


class Parsed(NamedTuple):
    """The value of a document, and what is odd about it without making it unreadable (keys that appear twice, unknown tags)."""

    value: Any
    problems: tuple[str, ...] = ()


def parse(data: bytes, *, prefer_yaml: bool = False) -> Parsed:
    """The value of a JSON or YAML document, bounded in size, depth and number of values.

    Parameters
    ----------
    data
        The file's content: UTF-8, or UTF-16 or UTF-32 with a byte order mark.
    prefer_yaml
        Whether a text that begins like JSON and is not may still be YAML, as in a file named ``.yaml``.

    Raises
    ------
    UnreadableInputError
        If it is empty, binary, malformed (with line and column), or beyond a limit.
    """
    text = decoded(data)
    first = _NOT_BLANK.search(text)
    if first is None:
        raise UnreadableInputError("it is empty; a CloudFormation template has at least Resources")
    if first[0] in "{[":
        _require_size(len(data), MAX_JSON_BYTES, "JSON")
        try:
            return _from_json(text)
        except UnreadableInputError:
            if not prefer_yaml:
                raise
    _require_size(len(data), MAX_YAML_BYTES, "YAML")
    from lean_silicon.templates.yaml_parsing import parse_yaml  # costs 10 ms that a JSON-only run need not spend

    return parse_yaml(text)


_NOT_BLANK = re.compile(r"\S")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the first half of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(data: bytes) -> str:
    """The text of a file.

    Raises
    ------
    UnreadableInputError
        If it is binary or in another encoding.
    """
    encoding, body = "utf-8", data
    for mark, name in _MARKS:
        if data.startswith(mark):
            encoding, body = name, data[len(mark) :]
            break
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise UnreadableInputError(
            f"line {line}: byte 0x{body[error.start]:02x} is not {encoding.upper()}; save the file as UTF-8"
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableInputError(f"line {line} holds a NUL character: it is a binary file, not a template")
    return text


def _require_size(size: int, allowed: int, language: str) -> None:
    if size > allowed:
        raise UnreadableInputError(
            f"it has {size / 1e6:,.1f} MB; at most {allowed / 1e6:,.0f} MB of {language} are read, "
            "and CloudFormation itself takes 1 MB"
        )


def strict_json(text: str, pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The value of a JSON text without what JSON does not have (``NaN``) or no property takes (``1e400``, a thousand digits).

    Raises
    ------
    ValueError
        If it is not such a text.
    RecursionError
        If it nests deeper than the reader goes.
    """
    return json.loads(
        text, object_pairs_hook=pairs_hook, parse_constant=_not_json, parse_float=_finite, parse_int=_short
    )


def _from_json(text: str) -> Parsed:
    doubled: dict[str, None] = {}

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs) and len(doubled) < _MOST_NAMED:
            counts = Counter(key for key, _ in pairs)
            doubled.update((key, None) for key, count in counts.items() if count > 1)
        return result

    try:
        value = strict_json(text, mapping)
    except json.JSONDecodeError as error:
        raise UnreadableInputError(f"line {error.lineno}, column {error.colno}: {error.msg} (JSON)") from error
    except RecursionError as error:
        raise UnreadableInputError(too_deep()) from error
    except ValueError as error:
        raise UnreadableInputError(f"{error} (JSON)") from error
    require_bounded(value)
    return Parsed(
        value, tuple(f"the key {key[:80]!r} appears twice in one object; only the last one counts" for key in doubled)
    )


_MOST_NAMED = 20


def _not_json(name: str) -> Any:
    raise ValueError(f"{name} is not a number; JSON has no such value")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits[:40]} is too large")
    return number


def _short(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has {len(digits)} digits; no property takes one of more than {_MOST_DIGITS}")
    return int(digits)


_MOST_DIGITS = 30


def too_deep() -> str:
    """The message for a document that nests too deeply."""
    return f"it nests more than {MAX_NESTING} levels of mappings and lists, which no template needs"


def too_many() -> str:
    """The message for a document with too many values."""
    return f"it has more than {MAX_NODES:,} values once its aliases are followed, which no template needs"


def require_bounded(value: object) -> None:
    """Refuse what would make whoever walks the value run out of stack or time: too deep, circular, or too large.

    Raises
    ------
    UnreadableInputError
        If the value nests deeper than `MAX_NESTING` or holds more than `MAX_NODES` mappings and lists.
    """
    level: list[Any] = [value] if isinstance(value, (dict, list)) else []
    total = 0
    for _ in range(MAX_NESTING):
        containers = [
            item
            for container in level
            for item in (container.values() if type(container) is dict else container)
            if type(item) is dict or type(item) is list
        ]
        total += len(containers)
        if not containers:
            return
        if total > MAX_NODES:
            raise UnreadableInputError(too_many())
        level = containers
    raise UnreadableInputError(too_deep())
