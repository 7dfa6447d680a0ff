"""Finds the silicon of one resource by the table of places, through documents and requests inside its properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from lean_silicon.templates.amounts import counted, gated, interruptible
from lean_silicon.templates.answers import Answer
from lean_silicon.templates.asker import Asker
from lean_silicon.templates.locations import At
from lean_silicon.templates.model import Count, SiliconUse
from lean_silicon.templates.paths import Walker
from lean_silicon.templates.places import places_of, places_of_call
from lean_silicon.templates.places.place import DocumentPlace, Entry, Format, Place
from lean_silicon.templates.references import References

if TYPE_CHECKING:
    from lean_silicon.catalog import Component
    from lean_silicon.sizing import Workload
    from lean_silicon.templates.documents.parts import Demand
    from lean_silicon.templates.model import Resource, Template

_DEEPEST_DOCUMENT = 3
"""Documents inside documents: a manifest inside a request inside a state machine."""


class _Where(NamedTuple):
    """What is known before a place is looked at: whose it is, and what was told of it already."""

    resource: Resource
    root: At
    told: set[tuple[str, Any]]
    name: str | None = None
    depth: int = 0

    def inside(self, parameters: At, name: str | None) -> _Where:
        """The same resource, inside a request that one of its documents makes."""
        return self._replace(root=parameters, name=name or self.name, depth=self.depth + 1)


class Finder:
    """Finds the uses of the resources of one template."""

    def __init__(self, template: Template) -> None:
        self._walker = Walker(template)
        self._references = References(template)
        self._asker = Asker(self._walker, self._references)

    def uses(self, resource: Resource) -> Iterator[SiliconUse]:
        """The uses of one resource; a type without places costs a look-up."""
        entries = places_of(resource.type)
        if not entries:
            return
        condition = resource.condition
        assumed = () if condition is None else ((condition, True),)
        if condition is not None and self._walker.resolver.holds(condition) is False:
            return
        if self._references.is_launched_by_another(resource):
            return
        yield from self._uses(entries, _Where(resource, At(resource.properties, "Properties", assumed), set()))

    def _uses(self, entries: tuple[Entry, ...], where: _Where) -> Iterator[SiliconUse]:
        for entry in entries:
            if isinstance(entry, Place):
                yield from self._at_place(entry, where)
            elif where.depth < _DEEPEST_DOCUMENT:
                yield from self._in_document(entry, where)

    def _at_place(self, place: Place, where: _Where) -> Iterator[SiliconUse]:
        for item in self._walker.walk(where.root, place.item):
            if item.absent:
                continue
            if item.unknown is not None:
                yield from self._untold(Answer.at(item, unknown=item.unknown), place.component, where)
                continue
            for gate in gated(self._walker, place.when, item, where.root):
                for answer in self._asker.answers(place, gate, where.root):
                    yield from self._told(place, answer, gate._replace(assumed=answer.assumed), where)

    def _told(self, place: Place, answer: Answer, item: At, where: _Where) -> Iterator[SiliconUse]:
        """The use that an answer is."""
        if answer.unknown is not None and not self._is_news(answer, where):
            return
        spot = answer.spot if answer.spot is not None else interruptible(self._walker, place.spot, item, where.root)
        yield SiliconUse(
            resource=where.resource,
            property_path=answer.path,
            component=place.component,
            instance_type=answer.instance_type,
            unknown=answer.unknown,
            selection=answer.selection,
            architecture=answer.architecture,
            count=Count() if answer.weighted else counted(self._walker, place, item, where.root),
            purpose=place.purpose,
            conditions=answer.assumed,
            origin=answer.origin,
            admitted_only=answer.admitted_only,
            spot=spot,
            declared=self._declared(self._name(place, item), answer, where),
        )

    def _untold(self, answer: Answer, component: Component, where: _Where) -> Iterator[SiliconUse]:
        """A use of which nothing is known but why; once for each value that hides several places."""
        if self._is_news(answer, where):
            yield SiliconUse(
                resource=where.resource,
                property_path=answer.path,
                component=component,
                unknown=answer.unknown,
                conditions=answer.assumed,
                origin=answer.origin,
                declared=self._declared(None, answer, where),
            )

    @staticmethod
    def _is_news(answer: Answer, where: _Where) -> bool:
        told = (answer.path, answer.assumed)
        if told in where.told:
            return False
        where.told.add(told)
        return True

    def _name(self, place: Place, item: At) -> str | None:
        """The item's own name, under which its workload may be declared."""
        if place.name is None:
            return None
        names = {found.value for found in self._walker.walk(item, place.name) if isinstance(found.value, str)}
        return names.pop() if len(names) == 1 else None

    @staticmethod
    def _declared(name: str | None, answer: Answer, where: _Where) -> Workload | None:
        """The workload declared for the item, else for the state or step, else for the resource, else for what it launches."""
        declaration = where.resource.declaration
        for key in (name, where.name):
            if key is not None and key in declaration.workloads:
                return declaration.workloads[key]
        return declaration.workload if declaration.workload is not None else answer.declared

    def _in_document(self, entry: DocumentPlace, where: _Where) -> Iterator[SiliconUse]:
        from lean_silicon.templates.documents.parts import Demand
        from lean_silicon.templates.documents.reading import parts

        # A custom resource of any other name may look like an SDK call and be none: then there is nothing to tell.
        certain = entry.format is not Format.CALL or entry.of == where.resource.type
        for part in parts(self._walker, entry, where.root):
            if isinstance(part, At):
                if certain:
                    yield from self._untold(Answer.at(part, unknown=part.unknown), entry.component, where)
            elif isinstance(part, Demand):
                yield from self._demanded(part, entry.component, where)
            else:
                inner = where.inside(part.parameters, part.name)
                yield from self._uses(places_of_call(part.service, part.action), inner)

    def _demanded(self, demand: Demand, component: Component, where: _Where) -> Iterator[SiliconUse]:
        """The use that a pod or a pool of nodes is."""
        answer = demand.answer
        if answer.unknown is not None and not self._is_news(answer, where):
            return
        yield SiliconUse(
            resource=where.resource,
            property_path=answer.path,
            component=component,
            instance_type=answer.instance_type,
            unknown=answer.unknown,
            selection=answer.selection,
            conditions=answer.assumed,
            origin=answer.origin,
            admitted_only=answer.admitted_only,
            spot=answer.spot,
            declared=self._declared(demand.name, answer, where),
        )
