"""The nouns of a template: resources, and the silicon they ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from lean_silicon.catalog import Component
from lean_silicon.sizing import Task, Workload

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""No metadata, no arguments: one empty mapping for everybody, since most resources have none."""


class Acknowledgment(NamedTuple):
    """A finding that somebody accepts, with a reason.

    `rule_id` is the bare id (``"SIL001"``); `expires` an ISO date or `None`; `origin` says where it was written:
    ``"metadata"`` (the template's ``LeanSilicon`` block) or ``"cdk"`` (``Validations.acknowledge``).
    """

    rule_id: str
    reason: str
    expires: str | None
    origin: str


class EvidenceRecord(NamedTuple):
    """One entry of ``Metadata: LeanSilicon: Evidence:``, as declared; rules interpret it."""

    rung: str | None
    declared: Mapping[str, Any]


class Declaration(NamedTuple):
    """What is declared for one resource: its ``LeanSilicon`` metadata, and what its surroundings acknowledge.

    `problems` names everything that was not understood. Resources that declare nothing share one instance. `workloads` are
    those of its named parts: a variant, an instance group, a state, a step.
    """

    workload: Workload | None = None
    evidence: tuple[EvidenceRecord, ...] = ()
    acknowledgments: tuple[Acknowledgment, ...] = ()
    problems: tuple[str, ...] = ()
    workloads: Mapping[str, Workload] = NOTHING


def _nothing() -> Mapping[str, Any]:
    return NOTHING


_FRAME = re.compile(r"([^\s()]{1,400}:\d{1,7}(?::\d{1,7})?)\)?$")

UNDECLARED = Declaration()
"""Nothing declared: one instance for everybody."""


@dataclass(slots=True, eq=False)
class Resource:
    """One resource of a template, as written: intrinsics are still in `properties`.

    `construct_path` is the CDK's (``"MyStack/Cluster/Resource"``) where the assembly knows it; `stack_trace` what the assembly keeps of the
    code that made it, where it was synthesized with stack traces; `created_at` the line of the user's own code in that
    (``"lib/stack.ts:12:5"``).
    """

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    template: Template
    construct_path: str | None = None
    condition: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=_nothing)
    declaration: Declaration = UNDECLARED
    stack_trace: object = None

    @property
    def created_at(self) -> str | None:
        """The innermost line of the stack trace that is the user's own: the CDK's and Node's are folded to ``...`` there."""
        for frame in self.stack_trace if isinstance(self.stack_trace, list) else ():
            found = _FRAME.search(frame) if isinstance(frame, str) else None
            if found and "node_modules" not in found[1]:
                return found[1]
        return None


@dataclass(slots=True, eq=False)
class Template:
    """One CloudFormation template, read.

    `path` is the file as a report names it; `stack` the stack's name where known; `region` is `None` where neither the
    assembly nor the caller names one. `problems` are parts of it that could not be read; the rest was.

    A nested stack knows the template that contains it (`parent`) and the parameters that it is passed there (`arguments`,
    still with the parent's intrinsics). `tags` are those that the assembly's manifest puts on the whole stack.
    """

    path: str
    body: Mapping[str, Any]
    resources: dict[str, Resource] = field(default_factory=dict)
    stack: str | None = None
    region: str | None = None
    construct_path: str | None = None
    problems: tuple[str, ...] = ()
    account: str | None = None
    parent: Template | None = None
    arguments: Mapping[str, Any] = field(default_factory=_nothing)
    tags: Mapping[str, str] = field(default_factory=_nothing)


class Count(NamedTuple):
    """How many machines: the least, the number asked for, the most. `None` is unknown."""

    minimum: int | None = None
    desired: int | None = None
    maximum: int | None = None


class Selection(NamedTuple):
    """A flexible choice of machines (Karpenter, mixed instances, attribute-based, HyperPod requirements).

    `admitted` are the types of the catalogue that it admits, in a stable order; `requirements` is what it asks for, as declared.
    """

    admitted: tuple[str, ...]
    requirements: Mapping[str, Any]


@dataclass(frozen=True)
class SiliconUse:
    """One place where a template asks for silicon.

    Parameters
    ----------
    resource
        The resource that asks.
    property_path
        Where, from the resource on: ``"Properties.ProductionVariants[0].InstanceType"``.
    component
        The service component that will run it.
    instance_type
        The name asked for, or `None` where it is unknown or a `selection` stands in its place.
    unknown
        Why the instance type could not be resolved, as a sentence; `None` where it could.
    selection
        What a flexible selection admits.
    architecture
        ``"arm64"`` or ``"x86_64"`` where the place names an architecture and no type (Lambda, Fargate, CodeBuild).
    count
        How many.
    purpose
        What the resource is for by its nature: a training job trains, an endpoint infers. `None` where it could be anything.
    conditions
        The template's conditions under which this use exists, with the value each has.
    origin
        Where the value comes from if not a literal: ``"default of parameter InstanceType"``, ``"mapping Sizes"``.
    admitted_only
        `True` where the template merely allows this type (an allowed value of a parameter without default).
    spot
        Whether interruptible capacity was asked for; `None` where unknown.
    declared
        The workload declared for this very place, else for its resource; `None` if none is.
    """

    resource: Resource
    property_path: str
    component: Component
    instance_type: str | None = None
    unknown: str | None = None
    selection: Selection | None = None
    architecture: str | None = None
    count: Count = Count()
    purpose: Task | None = None
    conditions: tuple[tuple[str, bool], ...] = ()
    origin: str | None = None
    admitted_only: bool = False
    spot: bool | None = None
    declared: Workload | None = None

    @property
    def region(self) -> str | None:
        """The region of its template, or `None` where unknown."""
        return self.resource.template.region

    @property
    def task(self) -> Task | None:
        """What it is for: as declared, else by the resource's nature."""
        if self.declared is not None and self.declared.task is not None:
            return self.declared.task
        return self.purpose

    @property
    def task_is_assumed(self) -> bool:
        """Whether the task was concluded from the resource, not declared."""
        return self.purpose is not None and (self.declared is None or self.declared.task is None)


class Unreadable(NamedTuple):
    """An input that could not be read, and why."""

    path: str
    error: str


class Skipped(NamedTuple):
    """A file of a searched folder that is not a template, and how that was seen."""

    path: str
    reason: str


@dataclass(slots=True)
class App:
    """Everything that was read from the paths given: the templates, what could not be read, and what is no template."""

    templates: list[Template] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
