"""The line of a finding in its template: looked up only for what is reported, and only where a format wants it."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from lean_silicon.rules import Finding

_LARGEST = 8 * 1024 * 1024
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class Place(NamedTuple):
    """A place in a file, counted from 1."""

    line: int
    column: int


def place_of(finding: Finding) -> Place:
    """Where the finding stands in its template: the property, else the nearest thing around it, else the first line.

    A property inside a document (a state machine's definition) is placed at the property that holds the document.
    """
    resource = finding.resource
    steps = ("Resources", resource.logical_id, *_steps(finding.property_path))
    try:
        return _place(resource.template.path, steps)
    except Exception:
        # A line number is a convenience: whatever is odd about the file, it must not cost the report.
        return Place(1, 1)


def _steps(property_path: str) -> tuple[str, ...]:
    return tuple(key or index for key, index in _STEP.findall(property_path))


def _place(path: str, steps: tuple[str, ...]) -> Place:
    node = _composed(path)
    if node is None:
        return Place(1, 1)
    place = Place(1, 1)
    for step in steps:
        found = _child(node, step)
        if found is None:
            break
        marked, node = found
        place = Place(marked.start_mark.line + 1, marked.start_mark.column + 1)
    return place


def _child(node: Any, step: str) -> tuple[Any, Any] | None:
    """The node that marks the step (a key, an item) and the node of its value."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
        item = node.value[int(step)]
        return item, item
    return None


@lru_cache(maxsize=32)
def _composed(path: str) -> Any:
    """The template as nodes that know their lines; JSON is read as the YAML that it is."""
    import yaml

    file = Path(path)
    if not file.is_file() or file.stat().st_size > _LARGEST:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=loader)
