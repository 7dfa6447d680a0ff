"""What an assembly tells of its constructs: where they are, which stack they belong to, and what they acknowledge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lean_silicon.templates.declarations import KEY
from lean_silicon.templates.intrinsics.possibility import shown
from lean_silicon.templates.model import Acknowledgment

_NESTED_STACK_RESOURCE = re.compile(r"(?P<around>.+)/(?P<id>[^/]+)\.NestedStack/(?P=id)\.NestedStackResource")
_DEEPEST_CONSTRUCT = 200
_FRAME = re.compile(r"([^\s()]{1,400}:\d{1,7}(?::\d{1,7})?)\)?$")


@dataclass(slots=True)
class ConstructIndex:
    """What the metadata of a stack tells of its constructs, and of those of its nested stacks.

    Construct paths are without the leading slash. `logical_ids` maps the logical ids of a stack to construct paths, by the
    construct path of the stack; `template_files` has the template of every stack by its construct path; `created_at` the line
    of the user's code that made a construct, where stack traces were kept.
    """

    logical_ids: dict[str, dict[str, str]] = field(default_factory=dict)
    template_files: dict[str, str] = field(default_factory=dict)
    created_at: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, tuple[Acknowledgment, ...]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def stack_of(self, template_file: object) -> str | None:
        """The construct path of the stack that has a template, or `None` if the metadata names none."""
        return next((path for path, file in self.template_files.items() if file == template_file), None)

    def acknowledgments(self, construct_path: str | None) -> tuple[Acknowledgment, ...]:
        """What a construct and those around it acknowledge, the nearest first."""
        if not self.acknowledged or construct_path is None:
            return ()
        found: tuple[Acknowledgment, ...] = ()
        parts = construct_path.split("/", _DEEPEST_CONSTRUCT)
        for end in range(len(parts) + 1):
            found = self.acknowledged.get("/".join(parts[:end]), ()) + found
        return found

    def acknowledge(self, path: str, acknowledged: Mapping[str, Any]) -> None:
        """Note the rules of ours that a construct acknowledges; those of other plugins are theirs."""
        for rule, reason in acknowledged.items():
            plugin, _, rule_id = rule.partition("::")
            if plugin != KEY or not rule_id:
                continue
            if not isinstance(reason, str) or not reason.strip():
                self.problems.append(
                    f"{shown(path)} acknowledges {shown(rule_id)} without a reason; it accepts nothing"
                )
                continue
            entry = Acknowledgment(rule_id, reason.strip(), None, "cdk")
            self.acknowledged[path] = (*self.acknowledged.get(path, ()), entry)


def nested_stack_path(resource_path: str) -> str | None:
    """The construct path of a nested stack, from that of the resource that stands for it in the stack around it."""
    match = _NESTED_STACK_RESOURCE.fullmatch(resource_path)
    return f"{match['around']}/{match['id']}" if match else None


def index_constructs(stack: str, metadata: Mapping[str, Any]) -> ConstructIndex:
    """Go once through the metadata of a stack: ``{"/construct/path": [{"type": ..., "data": ...}]}``."""
    index = ConstructIndex()
    paths = {key: key.lstrip("/") for key in metadata}
    stack_paths = {stack, *filter(None, map(nested_stack_path, paths.values()))}
    for key, path in paths.items():
        for kind, data in _entries(metadata[key]):
            if kind == "aws:cdk:templateFile" and isinstance(data, str):
                index.template_files[path] = data
                stack_paths.add(path)
    for key, path in paths.items():
        for kind, data in _entries(metadata[key]):
            if kind == "aws:cdk:logicalId" and isinstance(data, str):
                index.logical_ids.setdefault(_owner(path, stack_paths), {})[data] = path
            elif kind == "aws:cdk:creationStack":
                line = _users_line(data)
                if line is not None:
                    index.created_at[path] = line
            elif kind == "aws:cdk:acknowledged-rules" and isinstance(data, Mapping):
                index.acknowledge(path, data)
    return index


def _entries(entries: object) -> Iterator[tuple[object, object]]:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping):
            yield entry.get("type"), entry.get("data")


def _owner(path: str, stack_paths: set[str]) -> str:
    """The innermost stack that a construct is in."""
    owner = path
    for _ in range(_DEEPEST_CONSTRUCT):
        owner = owner.rpartition("/")[0]
        if not owner or owner in stack_paths:
            break
    return owner


def _users_line(frames: object) -> str | None:
    """The innermost line of a stack trace that is the user's own: the CDK's and Node's are folded to ``...`` there."""
    for frame in frames if isinstance(frames, list) else ():
        found = _FRAME.search(frame) if isinstance(frame, str) else None
        if found and "node_modules" not in found[1]:
            return found[1]
    return None
