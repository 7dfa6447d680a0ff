"""One template as rules look at it: its resources by type, their properties resolved, who mentions whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from lean_silicon.templates.locations import At
from lean_silicon.templates.model import Resource, SiliconUse, Template
from lean_silicon.templates.paths import Walker
from lean_silicon.templates.places import documents_of
from lean_silicon.templates.uses import silicon_uses

if TYPE_CHECKING:
    from lean_silicon.templates.documents.parts import Request

_IN_SUB = re.compile(r"\$\{([^!${}.]+)(?:[!.][^${}]*)?\}")


_Found = TypeVar("_Found")


class TemplateView:
    """Look-ups over one template, each made once. Nothing here raises, whatever the template holds.

    Parameters
    ----------
    template
        The template to look at.
    uses
        Its uses, where an earlier look found them already.
    """

    def __init__(self, template: Template, uses: tuple[SiliconUse, ...] | None = None) -> None:
        self.template = template
        self._uses = uses
        self._walker = Walker(template)
        self._requests: dict[str, tuple[Request, ...]] = {}
        self._kept: dict[Callable[[TemplateView], Any], Any] = {}

    @cached_property
    def uses(self) -> tuple[SiliconUse, ...]:
        """Every place that asks for silicon."""
        return tuple(silicon_uses(self.template)) if self._uses is None else self._uses

    @cached_property
    def uses_by_resource(self) -> dict[str, tuple[SiliconUse, ...]]:
        """The same, by the logical id of the resource that asks."""
        found: dict[str, list[SiliconUse]] = {}
        for use in self.uses:
            found.setdefault(use.resource.logical_id, []).append(use)
        return {logical_id: tuple(uses) for logical_id, uses in found.items()}

    def kept(self, find: Callable[[TemplateView], _Found]) -> _Found:
        """What `find` finds here, looked for once: see `once_a_view`."""
        if find not in self._kept:
            self._kept[find] = find(self)
        found: _Found = self._kept[find]
        return found

    def resources(self, *types: str) -> tuple[Resource, ...]:
        """The resources of these types, in the order of the template."""
        if len(types) == 1:
            return self._by_type.get(types[0], ())
        return tuple(resource for resource in self.template.resources.values() if resource.type in types)

    def walk(self, resource: Resource, path: str) -> Iterator[At]:
        """Every value that a property path leads to (``"ProductionVariants[].InstanceType"``), through intrinsics.

        A value is `At.value`, unless `At.absent`, or `At.unknown` says why it cannot be known; `At.assumed` are the conditions under
        which it stands, `At.path` is where.
        """
        return self._walker.walk(At(resource.properties, "Properties"), path)

    def walk_from(self, start: At, path: str) -> Iterator[At]:
        """As `walk`, from any place on: a value that a walk led to, the parameters of a request."""
        return self._walker.walk(start, path)

    def raw(self, resource: Resource, path: str) -> Iterator[At]:
        """As `walk`, but what the path leads to is left as it is written, but for ``Fn::If``."""
        return self.raw_from(At(dict(resource.properties), "Properties"), path)

    def raw_from(self, start: At, path: str) -> Iterator[At]:
        """As `raw`, from any place on."""
        return self._walker.raw(start, path)

    def requests(self, resource: Resource) -> tuple[Request, ...]:
        """Every API request that the documents of a resource make: state machines, SageMaker pipelines, SDK calls.

        The action is spelled as there (`lean_silicon.templates.places.action_key` makes it one spelling); what cannot be read is left
        out.
        """
        if not documents_of(resource.type):
            return ()
        found = self._requests.get(resource.logical_id)
        if found is None:
            found = self._requests[resource.logical_id] = tuple(self._requests_of(resource))
        return found

    def known(self, resource: Resource, path: str) -> tuple[Any, ...]:
        """The values that the path leads to and that are known."""
        return tuple(at.value for at in self.walk(resource, path) if at.unknown is None and not at.absent)

    def is_set(self, resource: Resource, path: str) -> bool | None:
        """Whether anything stands there: `None` where some of it cannot be known or depends on a condition."""
        found = list(self.walk(resource, path))
        if any(at.unknown is not None for at in found):
            return None
        present = [not at.absent for at in found]
        if not present or not any(present):
            return False
        return True if all(present) else None

    def mentioned_by(self, resource: Resource) -> frozenset[str]:
        """Logical ids of the template's other resources that a resource refers to (``Ref``, ``Fn::GetAtt``, ``Fn::Sub``)."""
        return self._mentions.get(resource.logical_id, frozenset())

    def mentioning(self, resource: Resource) -> tuple[Resource, ...]:
        """The resources that refer to a resource."""
        wanted = resource.logical_id
        return tuple(self.template.resources[each] for each, mentioned in self._mentions.items() if wanted in mentioned)

    def related(self, resource: Resource, *types: str, reach: int = 2) -> tuple[Resource, ...]:
        """The resources of these types within so many steps of reference, in either direction, nearest first."""
        seen, edge, found = {resource.logical_id}, [resource.logical_id], []
        for _ in range(reach):
            nearby = [each for logical_id in edge for each in self._neighbours.get(logical_id, ()) if each not in seen]
            edge = list(dict.fromkeys(nearby))
            seen.update(edge)
            found += [self.template.resources[each] for each in edge if self.template.resources[each].type in types]
        return tuple(found)

    def _requests_of(self, resource: Resource) -> Iterator[Request]:
        from lean_silicon.templates.documents.parts import Request
        from lean_silicon.templates.documents.reading import parts

        assumed = () if resource.condition is None else ((resource.condition, True),)
        root = At(dict(resource.properties), "Properties", assumed)
        for place in documents_of(resource.type):
            for part in parts(self._walker, place, root, every=True):
                if isinstance(part, Request):
                    yield part

    @staticmethod
    def names_in(value: object) -> frozenset[str]:
        """The logical ids and parameters that intrinsic functions inside a value refer to."""
        return frozenset(_names(value))

    @cached_property
    def _by_type(self) -> dict[str, tuple[Resource, ...]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.template.resources.values():
            found.setdefault(resource.type, []).append(resource)
        return {kind: tuple(resources) for kind, resources in found.items()}

    @cached_property
    def _mentions(self) -> dict[str, frozenset[str]]:
        known = self.template.resources
        return {
            logical_id: frozenset(name for name in _names(resource.properties) if name in known and name != logical_id)
            for logical_id, resource in known.items()
        }

    @cached_property
    def _neighbours(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for logical_id, mentioned in self._mentions.items():
            for other in sorted(mentioned):
                found.setdefault(logical_id, []).append(other)
                found.setdefault(other, []).append(logical_id)
        return found


def once_a_view(find: Callable[[TemplateView], _Found]) -> Callable[[TemplateView], _Found]:
    """Look once for what `find` finds in a template, and keep it as long as the view of that template: no longer than it is judged."""

    @wraps(find)
    def kept(view: TemplateView) -> _Found:
        return view.kept(find)

    return kept


def _names(value: object) -> Iterator[str]:
    """The names that intrinsic functions inside a value refer to. Walks without recursion, so depth is no danger."""
    waiting: list[Any] = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting.extend(here)
        elif isinstance(here, dict):
            reference = here.get("Ref")
            if isinstance(reference, str):
                yield reference
            attribute = here.get("Fn::GetAtt")
            if isinstance(attribute, str):
                yield attribute.partition(".")[0]
            elif isinstance(attribute, list) and attribute and isinstance(attribute[0], str):
                yield attribute[0]
            substituted = here.get("Fn::Sub")
            text = substituted[0] if isinstance(substituted, list) and substituted else substituted
            if isinstance(text, str):
                yield from _IN_SUB.findall(text)
            waiting.extend(here.values())
