"""The line of a finding in its template: looked up only for what is reported, and only where a format wants it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lean_silicon.rules import Finding

_LARGEST = 8 * 1024 * 1024
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Place(NamedTuple):
    """A place in a file, counted from 1."""

    line: int
    column: int


_START = Place(1, 1)


def places_of(findings: Sequence[Finding]) -> list[Place]:
    """Where each finding stands in its template: the property, else the nearest thing around it, else the first line.

    A property inside a document (a state machine's definition) is placed at the property that holds the document. Each template is
    read once and forgotten before the next: findings come by severity, and all trees together would be larger than all else.
    """
    places = [_START] * len(findings)
    by_template: dict[str, list[int]] = {}
    for index, finding in enumerate(findings):
        by_template.setdefault(finding.resource.template.path, []).append(index)
    for path, indexes in by_template.items():
        # A line number is a convenience: whatever is odd about the file, it must not cost the report.
        with contextlib.suppress(Exception):
            lines = _Lines(path)
            for index in indexes:
                finding = findings[index]
                steps = ("Resources", finding.resource.logical_id, *_steps(finding.property_path))
                places[index] = lines.place(steps)
    return places


def _steps(property_path: str) -> tuple[str, ...]:
    return tuple(key or index for key, index in _STEP.findall(property_path))


class _Lines:
    """A template as nodes that know their lines; JSON is read as the YAML that it is."""

    def __init__(self, path: str) -> None:
        self._root = _composed(path)
        self._children: dict[int, dict[str, tuple[Any, Any]]] = {}

    def place(self, steps: Iterable[str]) -> Place:
        """The place of the last step that is there."""
        node, place = self._root, _START
        for step in steps:
            found = self._below(node).get(step)
            if found is None:
                break
            marked, node = found
            place = Place(marked.start_mark.line + 1, marked.start_mark.column + 1)
        return place

    def _below(self, node: Any) -> dict[str, tuple[Any, Any]]:
        """By step (a key, an index) the node that marks it and the node of its value."""
        if id(node) not in self._children:
            self._children[id(node)] = dict(_pairs(node))
        return self._children[id(node)]


def _pairs(node: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if getattr(node, "id", None) == "mapping":
        for key, value in reversed(node.value):  # of a key that stands twice, the first one's line
            if isinstance(key.value, str):
                yield key.value, (key, value)
    elif getattr(node, "id", None) == "sequence":
        for index, item in enumerate(node.value):
            yield str(index), (item, item)


def _composed(path: str) -> Any:
    import yaml

    file = Path(path)
    if not file.is_file() or file.stat().st_size > _LARGEST:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=loader)
