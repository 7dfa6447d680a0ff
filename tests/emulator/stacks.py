"""Stacks, their resources, their events and the exports between them."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "123456789012"
GONE = "DELETE_COMPLETE"
STACK_TYPE = "AWS::CloudFormation::Stack"


def now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


@dataclass
class Resource:
    """A resource that stands.

    `definition` is what the template said, `properties` what that resolved to; `how` says in words how far the emulator went
    (its API, validated and recorded, ...).
    """

    logical_id: str
    type: str
    definition: dict[str, Any]
    properties: dict[str, Any]
    physical_id: str
    attributes: dict[str, Any]
    how: str
    needs: set[str] = field(default_factory=set)
    model: object = None
    status: str = "CREATE_COMPLETE"
    changed: dt.datetime = field(default_factory=now)


@dataclass(frozen=True)
class Event:
    """One line of a stack's history."""

    stack_id: str
    stack_name: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    at: dt.datetime = field(default_factory=now)


@dataclass
class ChangeSet:
    """What a template would change, reviewed and then executed."""

    id: str
    name: str
    kind: str
    template_text: str
    parameters: dict[str, str]
    tags: dict[str, str]
    changes: list[dict[str, Any]]
    status: str = "CREATE_COMPLETE"
    execution: str = "AVAILABLE"
    reason: str = ""
    created: dt.datetime = field(default_factory=now)


@dataclass
class Stack:
    """A stack as it stands; `template` and `parameters` are those of its last success."""

    name: str
    region: str
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    template_text: str = ""
    template: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    protected: bool = False
    created: dt.datetime = field(default_factory=now)
    updated: dt.datetime | None = None
    unique: str = field(default_factory=lambda: str(uuid.uuid4()))
    made: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def id(self) -> str:
        return f"arn:aws:cloudformation:{self.region}:{ACCOUNT}:stack/{self.name}/{self.unique}"

    def tell(self, status: str, reason: str = "") -> None:
        """The stack itself comes to `status`."""
        self.status, self.reason = status, reason
        self.events.append(Event(self.id, self.name, self.name, self.id, STACK_TYPE, status, reason))

    def tell_of(self, logical_id: str, type_name: str, physical_id: str, status: str, reason: str = "") -> None:
        """One resource comes to `status`."""
        self.events.append(Event(self.id, self.name, logical_id, physical_id, type_name, status, reason))

    def physical_name(self, logical_id: str, longest: int = 64) -> str:
        """A new name for a resource that was given none: of the stack, of the resource, and never used before."""
        self.made[logical_id] += 1
        seed = f"{self.id}/{logical_id}/{self.made[logical_id]}"
        unique = hashlib.sha256(seed.encode()).hexdigest()[:12]
        room = max(longest - len(unique) - 2, 2)
        return f"{self.name[: room // 2]}-{logical_id[: room - min(len(self.name), room // 2)]}-{unique}"


class StackStore:
    """All stacks of all regions."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._stacks: list[Stack] = []

    def __iter__(self) -> Iterator[Stack]:
        with self.lock:
            return iter(list(self._stacks))

    def add(self, stack: Stack) -> None:
        with self.lock:
            self._stacks.append(stack)

    def find(self, region: str, name_or_id: str) -> Stack | None:
        """The stack of that id, even when it is deleted, or the living one of that name."""
        for stack in reversed(list(self)):
            if stack.id == name_or_id or (stack.region == region and stack.name == name_or_id and stack.status != GONE):
                return stack
        return None

    def exports(self, region: str) -> dict[str, tuple[str, Stack]]:
        """What the living stacks of `region` export: name to value and exporter."""
        found: dict[str, tuple[str, Stack]] = {}
        for stack in self:
            if stack.region != region or stack.status == GONE:
                continue
            for output in stack.outputs.values():
                if "ExportName" in output:
                    found[output["ExportName"]] = (output["OutputValue"], stack)
        return found

    def importers(self, region: str, export: str) -> list[str]:
        """The names of the stacks that import `export`."""
        return [each.name for each in self if each.region == region and each.status != GONE and export in each.imports]
