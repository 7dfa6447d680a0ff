"""Walking a property path through a template, through the intrinsic functions on the way.

A path is written as in the table of places: ``ProductionVariants[].InstanceType`` is the instance type of every item,
``*`` stands for every key of an object, ``[0]`` for the first item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lean_silicon.templates.locations import ABSENT, At, Settled, Step, described, is_expression, joined, parse_path

if TYPE_CHECKING:
    from lean_silicon.templates.model import Template
    from lean_silicon.templates.resolver import Resolved, Resolver

_DEEPEST_CHOICE = 32
_DEEPEST_VALUE = 32


class Walker:
    """Follows paths through the values of one template. Resolving begins where the first intrinsic function stands."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._resolver: Resolver | None = None

    def walk(self, start: At, path: str) -> Iterator[At]:
        """Every value that the path leads to, each with the conditions under which it does.

        Where the path ends before its time the place is yielded all the same: as absent, or as unknown where something
        of the wrong kind stands in the way.
        """
        return self._walk(start, parse_path(path), 0)

    def _walk(self, at: At, steps: tuple[Step, ...], index: int) -> Iterator[At]:
        while _is_plain(at):
            if at.unknown is not None or index == len(steps):
                yield at
                return
            if at.value is ABSENT:
                yield at._replace(path=_where_it_would_be(at.path, steps[index:]))
                return
            step = steps[index]
            index += 1
            if step.key is None:
                for child in _children(at, step):
                    yield from self._walk(child, steps, index)
                return
            at = _child(at, step.key, step.other_spelling)
        for here in self.values(at):
            yield from self._walk(here, steps, index)

    def values(self, at: At) -> Iterator[At]:
        """Every value that may stand here, its top level resolved."""
        value = at.value
        if _is_plain(at):
            yield at
            return
        if isinstance(value, Settled):
            for settled in value.values:
                yield from self.values(_resolved(at, settled))
            return
        for resolved in self.resolver.possibilities(value, at.assumed):
            here = _resolved(at, resolved)
            yield here if _is_plain(here) else here.because(f"{at.path} is a function that gives another function")

    def raw(self, start: At, path: str) -> Iterator[At]:
        """As `walk`, but what the path leads to is left as it is written, but for ``Fn::If``: a reference, a document."""
        parents, _, key = path.rpartition(".")
        for parent in self.walk(start, parents):
            if parent.unknown is not None or parent.absent:
                yield parent
            else:
                yield from self.branches(_child(parent, key))

    def whole(self, at: At, depth: int = 0) -> At:
        """The place with everything in its value resolved; unknown where any part is, or may be one thing or another."""
        found = list(self.values(at))
        if len(found) != 1:
            return at.because(f"{at.path} depends on what is chosen at deployment")
        here = found[0]
        if here.unknown is not None or not isinstance(here.value, (dict, list)):
            return here
        if depth >= _DEEPEST_VALUE:
            return here.because(f"{at.path} nests more than {_DEEPEST_VALUE} levels")
        parts = _children(here, Step(every_key=True)) if isinstance(here.value, dict) else _children(here, Step())
        keys = list(here.value) if isinstance(here.value, dict) else range(len(here.value))
        known: dict[Any, Any] = {}
        for key, part in zip(keys, parts, strict=True):
            child = self.whole(part, depth + 1)
            if child.unknown is not None:
                return here.because(child.unknown)
            if child.value is not ABSENT:
                known[key] = child.value
        return here._replace(value=known if isinstance(here.value, dict) else list(known.values()))

    @property
    def resolver(self) -> Resolver:
        """The resolver of the template."""
        if self._resolver is None:
            from lean_silicon.templates.resolver import Resolver

            self._resolver = Resolver(self._template)
        return self._resolver

    def branches(self, at: At, depth: int = 0) -> Iterator[At]:
        """What stands here under each outcome of ``Fn::If``, with every other function left as it is written."""
        value = at.value
        if is_expression(value) and value == {"Ref": "AWS::NoValue"}:
            yield at._replace(value=ABSENT)
            return
        branch = value.get("Fn::If") if is_expression(value) else None
        if (
            not isinstance(branch, list)
            or len(branch) != 3
            or not isinstance(branch[0], str)
            or depth > _DEEPEST_CHOICE
        ):
            yield at
            return
        decided = self.resolver.holds(branch[0], at.assumed)
        for outcome, chosen in ((True, branch[1]), (False, branch[2])):
            if decided is None:
                yield from self.branches(
                    at._replace(value=chosen, assumed=(*at.assumed, (branch[0], outcome))), depth + 1
                )
            elif decided is outcome:
                yield from self.branches(at._replace(value=chosen), depth + 1)


def _is_plain(at: At) -> bool:
    """Whether nothing is left to resolve at the top level of a value."""
    value = at.value
    if at.unknown is not None or isinstance(value, (str, list)):
        return True
    return not (is_expression(value) or isinstance(value, Settled))


def _resolved(at: At, resolved: Resolved) -> At:
    """The place with one of its possible values."""
    absent = resolved.value is None and resolved.unknown is None
    return At(
        ABSENT if absent else resolved.value,
        at.path,
        resolved.conditions or at.assumed,
        resolved.unknown,
        resolved.origin or at.origin,
        resolved.admitted_only or at.admitted_only,
    )


def _where_it_would_be(path: str, steps: tuple[Step, ...]) -> str:
    """The path of a property whose parent is missing already, as far as keys go."""
    for step in steps:
        if step.key is None:
            break
        path = f"{path}.{step.key}"
    return path


def _child(at: At, key: str, other_spelling: str | None = None) -> At:
    """What stands under a key."""
    value = at.value
    if not isinstance(value, (dict, Mapping)):  # a dictionary most often, which is told faster
        return at.because(f"{at.path} is {described(value)}, where an object is expected")
    found = value.get(key)
    if found is None and other_spelling in value:
        key, found = str(other_spelling), value[other_spelling]
    found = ABSENT if found is None else found
    child = At(found, f"{at.path}.{key}", at.assumed, None, at.origin, at.admitted_only)
    if found is ABSENT and "Fn::Transform" in value:
        return child.because(f"{child.path} may be written by the macro that Fn::Transform calls")
    return child


def _children(at: At, step: Step) -> Iterator[At]:
    """What stands under a step that is not a key."""
    value = at.value
    if step.every_key:
        if isinstance(value, dict):
            for key, item in value.items():
                yield _at(at, item, joined(at.path, key))
        else:
            yield at.because(f"{at.path} is {described(value)}, where an object is expected")
    elif not isinstance(value, list):
        yield at.because(f"{at.path} is {described(value)}, where a list is expected")
    elif step.item is None:
        for index, item in enumerate(value):
            yield _at(at, item, f"{at.path}[{index}]")
    else:
        item = value[step.item] if step.item < len(value) else None
        yield _at(at, item, f"{at.path}[{step.item}]")


def _at(parent: At, item: Any, path: str) -> At:
    """The place of an item, under the same assumptions as what holds it."""
    return At(
        ABSENT if item is None else item, path, parent.assumed, parent.unknown, parent.origin, parent.admitted_only
    )
