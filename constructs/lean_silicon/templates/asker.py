"""Reads what the table says may stand at a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from lean_silicon.templates.amounts import interruptible, whole_number
from lean_silicon.templates.answers import Answer, architecture_named, expected, merged, named, why_not
from lean_silicon.templates.locations import ABSENT, Assumed, At
from lean_silicon.templates.model import Selection
from lean_silicon.templates.paths import Walker
from lean_silicon.templates.places import places_of
from lean_silicon.templates.places.place import (
    Accelerators,
    AnyOf,
    Architecture,
    Ask,
    Attributes,
    DefaultArchitecture,
    DefaultType,
    Families,
    Place,
    Reference,
    Serverless,
    Type,
    Unsaid,
)

if TYPE_CHECKING:
    from lean_silicon.templates.model import Resource
    from lean_silicon.templates.references import References

_MOST_COMBINATIONS = 64
"""Combinations of conditions that one list may have before it counts as unknown."""


class _Asked(NamedTuple):
    """The place that is being read, its item and root: whatever an ask descends into, what is said of Spot stands there."""

    place: Place
    item: At
    root: At


class Asker:
    """Reads what stands at the places of one template."""

    def __init__(self, walker: Walker, references: References) -> None:
        self._walker = walker
        self._references = references
        self._readers: dict[type, Callable[..., Iterator[Answer]]] = {
            Type: self._type,
            Families: self._families,
            AnyOf: self._any_of,
            Attributes: self._attributes,
            Reference: self._reference,
            Architecture: self._architecture,
            Accelerators: self._accelerators,
            Serverless: self._serverless,
            DefaultType: self._default_type,
            DefaultArchitecture: self._default_architecture,
            Unsaid: self._unsaid,
        }

    def answers(self, place: Place, item: At, root: At) -> Iterator[Answer]:
        """Every reading of a place, each under its own conditions; nothing where nothing is asked for."""
        for answer in self._first_present(place.asks, item, _Asked(place, item, root)):
            if not answer.absent and not answer.starts_nothing:
                yield answer

    def _first_present(self, asks: tuple[Ask, ...], item: At, asked: _Asked) -> Iterator[Answer]:
        """What the first of several asks finds that is there; the next is asked where it is absent."""
        missing = [item]
        path: str | None = None
        for ask in asks:
            still_missing = []
            for at in missing:
                for answer in self._readers[type(ask)](ask, at, asked):
                    if answer.absent:
                        path = path or answer.path
                        still_missing.append(at._replace(assumed=answer.assumed))
                    elif isinstance(ask, (DefaultType, DefaultArchitecture, Unsaid)) and path is not None:
                        yield answer._replace(path=path)
                    else:
                        yield answer
            missing = still_missing
            if not missing:
                return
        for at in missing:
            yield Answer(path or at.path, at.assumed, absent=True)

    def _type(self, ask: Type, item: At, _: _Asked) -> Iterator[Answer]:
        for at in self._walker.walk(item, ask.path):
            yield named(at, ask.no_types)

    def _families(self, ask: Families, item: At, _: _Asked) -> Iterator[Answer]:
        for at in self._walker.walk(item, ask.path):
            answer = named(at)
            name = answer.instance_type
            admitted: tuple[str, ...] = ()
            if name is not None and "." not in name:
                from lean_silicon.templates.selections import admitted_by_family

                admitted = admitted_by_family(name)
            if admitted:
                yield answer._replace(instance_type=None, selection=Selection(admitted, {"InstanceTypes": [name]}))
            else:
                yield answer

    def _any_of(self, ask: AnyOf, item: At, asked: _Asked) -> Iterator[Answer]:
        for at in self._walker.walk(item, ask.path):
            if at.absent or at.unknown is not None or not isinstance(at.value, list):
                yield Answer.at(at, absent=at.absent, unknown=why_not(at, "a list"))
            else:
                yield from self._combined(ask, at, asked)

    def _combined(self, ask: AnyOf, at: At, asked: _Asked) -> Iterator[Answer]:
        """What the items of a list come to together, under each combination of conditions."""
        combinations: list[tuple[Assumed, list[Answer]]] = [(at.assumed, [])]
        weighted = False
        for index, value in enumerate(at.value):
            extended: list[tuple[Assumed, list[Answer]]] = []
            for assumed, found in combinations:
                here = at._replace(
                    value=ABSENT if value is None else value, path=f"{at.path}[{index}]", assumed=assumed
                )
                readings = list(self._first_present(ask.asks, here, asked))
                weighted = weighted or self._is_weighted(ask, here)
                for reading in readings:
                    so_far = found if len(readings) == 1 else list(found)
                    if not reading.absent:
                        so_far.append(reading)
                    extended.append((reading.assumed, so_far))
            combinations = extended
            if len(combinations) > _MOST_COMBINATIONS:
                yield Answer.at(at, unknown=f"{at.path} has more than {_MOST_COMBINATIONS} combinations of values")
                return
        for assumed, found in combinations:
            for answer in merged(at._replace(assumed=assumed), found):
                yield answer._replace(weighted=weighted or answer.weighted)

    def _is_weighted(self, ask: AnyOf, item: At) -> bool:
        """Whether an item says how many units of capacity one machine counts for."""
        return ask.weight is not None and any(not at.absent for at in self._walker.walk(item, ask.weight))

    def _attributes(self, ask: Attributes, item: At, asked: _Asked) -> Iterator[Answer]:
        for at in self._walker.walk(item, ask.path):
            if at.absent or at.unknown is not None or not isinstance(at.value, dict):
                yield Answer.at(at, absent=at.absent, unknown=why_not(at, "an object"))
                continue
            whole = self._walker.whole(at)
            if whole.unknown is not None:
                yield Answer.at(whole, unknown=whole.unknown)
            else:
                yield from self._selected(ask, whole, asked)

    def _selected(self, ask: Attributes, at: At, asked: _Asked) -> Iterator[Answer]:
        listed = _listed_types(at.value)
        if listed is not None:
            yield from merged(at, [Answer.at(at, instance_type=name) for name in listed])
            return
        from lean_silicon.templates.selections import admitted_by_attributes

        spot = interruptible(self._walker, asked.place.spot, asked.item._replace(assumed=at.assumed), asked.root)
        admitted = admitted_by_attributes(at.value, price_protected=ask.price_protected, spot=spot)
        yield Answer.at(at, selection=Selection(admitted, at.value))

    def _reference(self, ask: Reference, item: At, _: _Asked) -> Iterator[Answer]:
        if not ask.by:
            for at in self._walker.raw(item, ask.path):
                yield from self._target(ask, at)
            return
        for at in self._walker.walk(item, ask.path):
            if at.absent or at.unknown is not None or not isinstance(at.value, dict):
                yield Answer.at(at, absent=at.absent, unknown=why_not(at, "an object"))
                continue
            identified = [found for key in ask.by for found in self._walker.raw(at, key) if not found.absent]
            for found in identified:
                yield from self._target(ask, found._replace(path=at.path))
            if not identified:
                yield Answer.at(at, unknown=f"{at.path} identifies no {_kind(ask.to)}")

    def _target(self, ask: Reference, at: At) -> Iterator[Answer]:
        """What the resource names to which a value refers."""
        if at.absent or at.unknown is not None:
            yield Answer.at(at, absent=at.absent, unknown=at.unknown)
            return
        resource = self._references.target(at.value, ask.to)
        if resource is None:
            name = f" {at.value}" if isinstance(at.value, str) else ""
            yield Answer.at(at, unknown=f"the {_kind(ask.to)}{name} is no resource of this template")
            return
        for place in places_of(resource.type):
            if isinstance(place, Place):
                yield from self._through(ask, at, place, resource)

    def _through(self, ask: Reference, at: At, place: Place, resource: Resource) -> Iterator[Answer]:
        """What a place of another resource says, told where it is referred to."""
        there = At(resource.properties, "Properties", at.assumed)
        origin = f"{_kind(resource.type)} {resource.logical_id}"
        for answer in self._first_present(place.asks, there, _Asked(place, there, there)):
            if answer.absent and not ask.follow:
                answer = answer._replace(absent=False, unknown=f"{origin} names no instance type")
            spot = interruptible(self._walker, place.spot, there._replace(assumed=answer.assumed), there)
            yield answer._replace(
                path=at.path,
                origin=origin if answer.origin is None else f"{origin}, {answer.origin}",
                spot=spot if answer.spot is None else answer.spot,
                declared=resource.declaration.workload,
            )

    def _architecture(self, ask: Architecture, item: At, _: _Asked) -> Iterator[Answer]:
        for at in self._walker.walk(item, ask.path):
            if at.absent and ask.template_path is not None:
                whole_template = At(self._references.template.body, "", at.assumed)
                for common in self._walker.walk(whole_template, ask.template_path):
                    yield architecture_named(common._replace(path=at.path, origin=ask.template_path))
            else:
                yield architecture_named(at)

    def _accelerators(self, ask: Accelerators, item: At, asked: _Asked) -> Iterator[Answer]:
        for at in self._walker.walk(item, ask.path):
            if at.absent or at.unknown is not None:
                yield Answer.at(at, absent=at.absent, unknown=at.unknown)
                continue
            number = whole_number(at.value)
            if number is None:
                yield Answer.at(at, unknown=expected(at, "a whole number"))
            elif number == 0:
                yield Answer.at(at, starts_nothing=True)
            else:
                from lean_silicon.templates.selections import admitted_by_devices

                wanted = {at.path.rpartition(".")[2]: number}
                yield Answer.at(at, selection=Selection(admitted_by_devices(number, asked.place.component), wanted))

    def _serverless(self, ask: Serverless, item: At, _: _Asked) -> Iterator[Answer]:
        for at in self._walker.walk(item, ask.path):
            yield Answer.at(at, absent=at.absent, unknown=at.unknown)

    def _default_type(self, ask: DefaultType, item: At, _: _Asked) -> Iterator[Answer]:
        yield Answer(item.path, item.assumed, instance_type=ask.instance_type, origin=ask.origin)

    def _default_architecture(self, ask: DefaultArchitecture, item: At, _: _Asked) -> Iterator[Answer]:
        yield Answer(item.path, item.assumed, architecture=ask.architecture, origin=ask.origin)

    def _unsaid(self, ask: Unsaid, item: At, _: _Asked) -> Iterator[Answer]:
        yield Answer(item.path, item.assumed, unknown=ask.sentence)


def _kind(resource_type: str) -> str:
    """A resource type as a sentence names it: ``launch template``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", resource_type.rpartition(":")[2]).lower()


def _listed_types(requirements: dict[Any, Any]) -> list[str] | None:
    """The types that attributes name one by one and restrict no further; `None` where there is more to them."""
    ((key, allowed), *others) = requirements.items() if requirements else [("", None)]
    if others or not isinstance(key, str) or key.lower() != "allowedinstancetypes" or not isinstance(allowed, list):
        return None
    names = [name for name in allowed if isinstance(name, str) and name and "*" not in name]
    return names if names and len(names) == len(allowed) else None
