"""YAML as CloudFormation writes it, from the parser's events: short-form tags, no Python objects, every bound kept.

PyYAML's own constructors are not used. They follow aliases without end, let the last of two equal keys win in silence, make
dates of ``2010-09-09`` and numbers of ``12:30``, and recurse as deep as the document does.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates.limits import MAX_NESTING, MAX_NODES
from lean_silicon.templates.parsing import Parsed, too_deep, too_many
from lean_silicon.templates.yaml_scalars import typed_scalar

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_PROBLEMS = 20

SHORT_FORMS = {
    "Ref": "Ref",
    "Condition": "Condition",
    **{
        name: f"Fn::{name}"
        for name in (
            "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "GetAZs", "GetAtt",
            "GetStackOutput", "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub",
            "ToJsonString", "Transform", "ValueOf", "ValueOfAll",
        )
    },
}  # fmt: skip
"""Short-form tag to the function it stands for: the list of the CloudFormation template reference."""


def parse_yaml(text: str) -> Parsed:
    """The value of a YAML document.

    Plain scalars are typed as YAML 1.1 has them, but for what CloudFormation treats as text: dates, times, octal and base-60
    numbers. Keys are always texts.

    Raises
    ------
    UnreadableInputError
        If it is malformed, holds several documents, or goes beyond a limit; with line and column.
    """
    document = _Document()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            document.take(event)
    except yaml.MarkedYAMLError as error:
        raise UnreadableInputError(_syntax_error(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableInputError(f"line {line}: {error.reason} (YAML)") from error
    except yaml.YAMLError as error:
        raise UnreadableInputError(f"it is not YAML: {str(error)[:200]}") from error
    return Parsed(document.value, tuple(document.problems))


def _syntax_error(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
    context = f", {error.context}" if error.context else ""
    if context and error.context_mark is not None and mark is not None and error.context_mark.line != mark.line:
        context += f" that begins in line {error.context_mark.line + 1}"
    return f"{place}{error.problem or 'it is malformed'}{context} (YAML)"


class _Anchored(NamedTuple):
    """A value that aliases may repeat, how many values it holds, and how deep it nests."""

    value: Any
    size: int
    height: int


class _Open:
    """A mapping or list whose end has not been seen."""

    __slots__ = ("anchor", "height", "is_mapping", "key", "line", "merged", "size", "tag", "value")

    def __init__(self, event: Any) -> None:
        self.is_mapping = isinstance(event, yaml.MappingStartEvent)
        self.value: Any = {} if self.is_mapping else []
        self.tag: str | None = event.tag
        self.anchor: str | None = event.anchor
        self.line: int = event.start_mark.line + 1
        self.key: str | None = None
        self.merged: list[Any] = []
        self.size = 1
        self.height = 1


class _Document:
    def __init__(self) -> None:
        self.value: Any = None
        self.problems: list[str] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._documents = 0
        self._size = 0

    def take(self, event: Any) -> None:
        """Add an event of the parser to the document."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._begin(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end()
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                line = event.start_mark.line + 1
                raise UnreadableInputError(f"line {line}: a second document begins; a template file holds one")

    def _scalar(self, event: Any) -> None:
        frame = self._open[-1] if self._open else None
        line = event.start_mark.line + 1
        if frame is not None and frame.is_mapping and frame.key is None:
            if event.tag is not None and event.tag.startswith("!") and event.tag != "!":
                raise UnreadableInputError(
                    f"line {line}: {event.tag[:40]} stands where a key is expected; quote the key"
                )
            self._key(frame, event.value, line)
            if event.anchor is not None:
                self._anchors[event.anchor] = _Anchored(event.value, 1, 0)
            return
        value = self._tagged(event.tag, event.value, line) if event.tag is not None else None
        if event.tag is None:
            value = typed_scalar(event.value) if event.implicit[0] else event.value
        self._add(_Anchored(value, 1, 0), event.anchor, line)

    def _key(self, frame: _Open, key: str, line: int) -> None:
        if key in frame.value:
            self._problem(f"line {line}: the key {key[:80]!r} appears twice in one mapping; only the last one counts")
        frame.key = key

    def _begin(self, event: Any) -> None:
        frame = _Open(event)
        above = self._open[-1] if self._open else None
        if above is not None and above.is_mapping and above.key is None:
            raise UnreadableInputError(
                f"line {frame.line}: a mapping or list stands where a key is expected; quote the text if it is one"
            )
        if len(self._open) >= MAX_NESTING:
            raise UnreadableInputError(f"line {frame.line}: {too_deep()}")
        if frame.anchor is not None:
            self._anchors[frame.anchor] = None
        self._open.append(frame)

    def _end(self) -> None:
        frame = self._open.pop()
        if frame.merged:
            merged: dict[str, Any] = {}
            # What stands in the mapping wins, then the first source.
            for source in (*reversed(frame.merged), frame.value):
                merged.update(source)
            frame.value = merged
        value, height = frame.value, frame.height
        if frame.tag is not None:
            value = self._tagged(frame.tag, value, frame.line)
            height += 1
        self._add(_Anchored(value, frame.size, height), frame.anchor, frame.line)

    def _alias(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if event.anchor not in self._anchors:
            raise UnreadableInputError(f"line {line}: the alias *{event.anchor[:80]} has no anchor before it")
        anchored = self._anchors[event.anchor]
        if anchored is None:
            raise UnreadableInputError(
                f"line {line}: the alias *{event.anchor[:80]} stands inside the value that it repeats"
            )
        frame = self._open[-1] if self._open else None
        if frame is not None and frame.is_mapping and frame.key is None:
            if not isinstance(anchored.value, str):
                raise UnreadableInputError(
                    f"line {line}: an alias stands where a key is expected, and it is not a text"
                )
            self._key(frame, anchored.value, line)
            return
        self._add(anchored, None, line)

    def _add(self, item: _Anchored, anchor: str | None, line: int) -> None:
        """Put a finished value where it belongs."""
        if anchor is not None:
            self._anchors[anchor] = item
        if not self._open:
            self.value = item.value
            return
        frame = self._open[-1]
        frame.size += item.size
        if item.height >= frame.height:
            frame.height = item.height + 1
        if frame.size > MAX_NODES:
            raise UnreadableInputError(f"line {line}: {too_many()}")
        if len(self._open) + item.height > MAX_NESTING:
            raise UnreadableInputError(f"line {line}: {too_deep()}")
        if not frame.is_mapping:
            frame.value.append(item.value)
            return
        key, frame.key = frame.key, None
        if key == "<<":
            self._merge(frame, item.value, line)
        else:
            frame.value[key] = item.value

    def _merge(self, frame: _Open, value: Any, line: int) -> None:
        """A merge key: the mapping takes what the named ones have and it does not."""
        sources = value if isinstance(value, list) else [value]
        if not all(isinstance(source, dict) for source in sources):
            raise UnreadableInputError(f"line {line}: << merges mappings, and here is something else")
        frame.merged += sources

    def _tagged(self, tag: str, value: Any, line: int) -> Any:
        """The function that a short-form tag stands for; any other tag of YAML's own leaves a plain value."""
        if tag.startswith("!") and tag != "!":
            name = SHORT_FORMS.get(tag[1:])
            if name is None:
                self._problem(f"line {line}: {tag[:40]} is not a short form of CloudFormation; its value is unknown")
                name = f"Fn::{tag[1:]}"
            if name == "Fn::GetAtt" and isinstance(value, str):
                value = value.split(".", 1)
            return {name: value}
        kind = tag.removeprefix("tag:yaml.org,2002:")
        if kind in ("int", "float", "bool", "null") and isinstance(value, str):
            return typed_scalar(value)
        if kind not in _PLAIN_TAGS:
            self._problem(f"line {line}: the tag {tag[:80]} is ignored; its value is taken as it is written")
        return value

    def _problem(self, sentence: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(sentence)


_PLAIN_TAGS = frozenset(("!", "str", "map", "seq", "timestamp", "binary", "int", "float", "bool", "null"))
