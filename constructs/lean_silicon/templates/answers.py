"""Possible readings of a place, and what several of them come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from lean_silicon.templates.locations import Assumed, At, described
from lean_silicon.templates.model import Selection
from lean_silicon.templates.places.architectures import ARCHITECTURES

if TYPE_CHECKING:
    from lean_silicon.sizing import Workload


class Answer(NamedTuple):
    """One possible reading of a place.

    Exactly one of `instance_type`, `selection`, `architecture` and `unknown` is set, or none of them: where the place is
    `absent`, where what stands there `starts_nothing` (``db.serverless``), and where it is serverless. `spot` and `declared`
    come from a launch template; `weighted` says that sizes are no numbers of machines.
    """

    path: str
    assumed: Assumed
    instance_type: str | None = None
    selection: Selection | None = None
    architecture: str | None = None
    unknown: str | None = None
    origin: str | None = None
    admitted_only: bool = False
    absent: bool = False
    starts_nothing: bool = False
    weighted: bool = False
    spot: bool | None = None
    declared: Workload | None = None

    @classmethod
    def at(cls, at: At, **said: Any) -> Answer:
        """An answer that stands where a value does."""
        return cls(at.path, at.assumed, origin=at.origin, admitted_only=at.admitted_only, **said)


def expected(at: At, what: str) -> str:
    """The sentence that says what stands where something else is expected."""
    return f"{at.path} is {described(at.value)}, where {what} is expected"


def why_not(at: At, what: str) -> str | None:
    """Why a value cannot be read: that it is unknown, or of the wrong kind; nothing where it is absent."""
    return at.unknown if at.absent or at.unknown is not None else expected(at, what)


def named(at: At, no_types: tuple[str, ...] = ()) -> Answer:
    """The type that a value names."""
    if at.absent or at.unknown is not None:
        return Answer.at(at, absent=at.absent, unknown=at.unknown)
    if not isinstance(at.value, str) or not at.value.strip():
        return Answer.at(at, unknown=expected(at, "the name of an instance type"))
    name = at.value.strip()
    return Answer.at(at, starts_nothing=True) if name in no_types else Answer.at(at, instance_type=name)


def architecture_named(at: At) -> Answer:
    """The architecture that a value names."""
    if at.absent or at.unknown is not None:
        return Answer.at(at, absent=at.absent, unknown=at.unknown)
    named = ARCHITECTURES.get(at.value) if isinstance(at.value, str) else None
    if named is None:
        return Answer.at(at, unknown=expected(at, "the name of an architecture"))
    return Answer.at(at, architecture=named)


def merged(at: At, found: list[Answer]) -> Iterator[Answer]:
    """What several answers come to where AWS takes any of them; what is unknown among them is told by itself."""
    known = [answer for answer in found if answer.instance_type is not None or answer.selection is not None]
    for answer in found:
        if answer.unknown is not None:
            yield answer._replace(assumed=at.assumed)
    if not found or (not known and all(answer.starts_nothing for answer in found)):
        yield Answer.at(at, absent=not found, starts_nothing=bool(found))
    if len(known) == 1:
        yield known[0]._replace(assumed=at.assumed)
    elif known:
        yield _any_of(at, known)


def _any_of(at: At, known: list[Answer]) -> Answer:
    """Several answers as one: a type if they all name the same one, else a selection."""
    first = known[0]
    common = Answer.at(at)._replace(
        origin=next((answer.origin for answer in known if answer.origin is not None), None),
        admitted_only=any(answer.admitted_only for answer in known),
        weighted=any(answer.weighted for answer in known),
        spot=first.spot if all(answer.spot == first.spot for answer in known) else None,
        declared=first.declared,
    )
    if all(answer.instance_type == first.instance_type is not None for answer in known):
        return common._replace(instance_type=first.instance_type)
    label = at.path.rpartition(".")[2]
    admitted: dict[str, None] = {}
    declared: list[Any] = []
    for answer in known:
        admitted.update(dict.fromkeys(_admitted(answer)))
        declared.extend(_declared(answer, label))
    return common._replace(selection=Selection(tuple(admitted), {label: declared}))


def _declared(answer: Answer, label: str) -> list[Any]:
    """What an answer was told to be, as an entry of a longer list."""
    if answer.selection is None:
        return [answer.instance_type]
    requirements = dict(answer.selection.requirements)
    return list(requirements[label]) if list(requirements) == [label] else [requirements]


def _admitted(answer: Answer) -> tuple[str, ...]:
    if answer.selection is not None:
        return answer.selection.admitted
    return (answer.instance_type,) if answer.instance_type is not None else ()
