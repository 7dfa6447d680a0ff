"""What an assembly tells of its constructs: where they are, which stack they belong to, and what they acknowledge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lean_silicon.templates.declarations import KEY
from lean_silicon.templates.intrinsics.possibility import shown
from lean_silicon.templates.model import Acknowledgment

_NESTED_STACK_RESOURCE = re.compile(r"(?P<around>.+)/(?P<id>[^/]+)\.NestedStack/(?P=id)\.NestedStackResource")
_NESTED_STACK_SUFFIX = ".NestedStackResource"
_DEEPEST_CONSTRUCT = 200


class ConstructIndex:
    """What the metadata of a stack tells of its constructs, and of those of its nested stacks.

    Construct paths are without the leading slash. `logical_ids` maps the logical ids of a stack to construct paths, by the
    construct path of the stack; `template_files` has the template of every stack by its construct path; `stack_traces` what was
    kept of the code that made a construct.
    """

    def __init__(self) -> None:
        self.logical_ids: dict[str, dict[str, str]] = {}
        self.template_files: dict[str, str] = {}
        self.stack_traces: dict[str, object] = {}
        self.acknowledged: dict[str, tuple[Acknowledgment, ...]] = {}
        self.problems: list[str] = []

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
                    f"{shown(path)} acknowledges {shown(rule_id)} without a reason; it accepts nothing in this report, "
                    "whatever the CDK makes of it"
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
    stack_paths = {stack}
    logical_ids: list[tuple[str, str]] = []
    for key, entries in metadata.items():
        path = key.lstrip("/")
        nested = nested_stack_path(path) if path.endswith(_NESTED_STACK_SUFFIX) else None
        if nested is not None:
            stack_paths.add(nested)
        for entry in entries if isinstance(entries, list) else ():
            if not isinstance(entry, dict):
                continue
            kind, data = entry.get("type"), entry.get("data")
            if kind == "aws:cdk:logicalId" and isinstance(data, str):
                logical_ids.append((path, data))
            elif kind == "aws:cdk:creationStack":
                index.stack_traces[path] = data
            elif kind == "aws:cdk:templateFile" and isinstance(data, str):
                index.template_files[path] = data
                stack_paths.add(path)
            elif kind == "aws:cdk:acknowledged-rules" and isinstance(data, Mapping):
                index.acknowledge(path, data)
    for path, logical_id in logical_ids:
        index.logical_ids.setdefault(_owner(path, stack_paths), {})[logical_id] = path
    return index


def _owner(path: str, stack_paths: set[str]) -> str:
    """The innermost stack that a construct is in."""
    owner = path
    for _ in range(_DEEPEST_CONSTRUCT):
        owner = owner.rpartition("/")[0]
        if not owner or owner in stack_paths:
            break
    return owner
