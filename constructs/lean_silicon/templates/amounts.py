"""How many machines, whether they may be interrupted, and whether a place counts at all."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from lean_silicon.templates.locations import ABSENT, At
from lean_silicon.templates.model import Count
from lean_silicon.templates.paths import Walker
from lean_silicon.templates.places.place import Figure, Figures, Place, Spot, When

_MOST_MACHINES = 10**9
"""A number beyond this is a mistake, and says nothing."""


def gated(walker: Walker, conditions: tuple[When, ...], item: At, root: At) -> Iterator[At]:
    """The item under each set of the template's conditions for which a place counts."""
    if not conditions:
        yield item
        return
    first, rest = conditions[0], conditions[1:]
    for at in _found(walker, first.path, item, root):
        if _holds(walker, first, at):
            yield from gated(walker, rest, item._replace(assumed=at.assumed), root)


def _holds(walker: Walker, when: When, at: At) -> bool:
    if at.absent:
        return when.absent
    if at.unknown is not None:
        return True
    values = at.value if isinstance(at.value, list) else [at.value]
    texts = [_text(found) for value in values for found in walker.values(at._replace(value=value))]
    if when.unlike is not None:
        return not any(_like(text, when.unlike) for text in texts)
    return any(_like(text, when.like) for text in texts)


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text.lower(), pattern.lower())


def _text(at: At) -> str:
    """A scalar as CloudFormation writes it; nothing for everything else."""
    if isinstance(at.value, bool):
        return str(at.value).lower()
    return at.value if isinstance(at.value, str) else ""


def counted(walker: Walker, place: Place, item: At, root: At) -> Count:
    """How many machines a place asks for, as far as the template says."""
    if place.counted is not None and not all(
        _holds(walker, place.counted, at) for at in _found(walker, place.counted.path, item, root)
    ):
        return Count()
    least = _numbers(walker, place.counts.minimum, item, root)
    asked = _numbers(walker, place.counts.desired, item, root)
    most = _numbers(walker, place.counts.maximum, item, root)
    known = [number for number in asked if number is not None]
    if len(known) == len(asked) > 1 and min(known) != max(known):
        # What is asked for depends on something else than the type does: then its bounds are what is known.
        return Count(_smallest(least, known), None, _greatest(most, known))
    return Count(_smallest(least), known[0] if known and len(known) == len(asked) else None, _greatest(most))


def _smallest(numbers: list[int | None], otherwise: list[int] | None = None) -> int | None:
    known = [number for number in numbers if number is not None]
    if known and len(known) == len(numbers):
        return min(known)
    return min(otherwise) if otherwise else None


def _greatest(numbers: list[int | None], otherwise: list[int] | None = None) -> int | None:
    known = [number for number in numbers if number is not None]
    if known and len(known) == len(numbers):
        return max(known)
    return max(otherwise) if otherwise else None


def _numbers(walker: Walker, figures: Figures, item: At, root: At) -> list[int | None]:
    """Every value that a number may have; `None` among them where it may be unknown."""
    if figures is None:
        return []
    if isinstance(figures, int):
        return [figures]
    if isinstance(figures, str):
        figures = Figure(figures)
    if isinstance(figures, Figure):
        return _figure(walker, figures, item, root)
    products: list[int | None] = [1]
    for figure in figures:
        values = _figure(walker, figure, item, root)
        products = [None if left is None or right is None else left * right for left in products for right in values]
    return products[:_MOST_PRODUCTS] if len(products) <= _MOST_PRODUCTS else [None]


_MOST_PRODUCTS = 256


def _figure(walker: Walker, figure: Figure, item: At, root: At) -> list[int | None]:
    numbers: list[int | None] = []
    for at in _found(walker, figure.path, item, root):
        if at.absent:
            absent = figure.absent
            numbers.extend(_numbers(walker, absent, item, root) if isinstance(absent, Figure) else [absent])
        else:
            numbers.append(None if at.unknown is not None else _number(figure, at.value))
    return numbers


def _number(figure: Figure, value: Any) -> int | None:
    word = str(value).lower() if isinstance(value, (bool, str)) else None
    if word is not None and word in dict(figure.words):
        return dict(figure.words)[word]
    number = whole_number(value)
    if number is None or (figure.only_zero and number != 0):
        return None
    return number + figure.plus


def whole_number(value: object) -> int | None:
    """A number of things that a template writes as a number or as a text; `None` for anything else."""
    if isinstance(value, str) and len(value) <= 20:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _MOST_MACHINES:
        return None
    return int(value) if value == int(value) else None


def interruptible(walker: Walker, spot: Spot | bool | None, item: At, root: At) -> bool | None:
    """Whether capacity that may be interrupted is asked for; `None` where that is unknown."""
    if spot is None or isinstance(spot, bool):
        return spot
    verdicts = {_interruptible(spot, at) for at in _found(walker, spot.path, item, root)}
    return verdicts.pop() if len(verdicts) == 1 else None


def _interruptible(spot: Spot, at: At) -> bool | None:
    if at.absent:
        return spot.absent
    if at.unknown is not None:
        return None
    if spot.values:
        text = _text(at).lower()
        return text in {value.lower() for value in spot.values} if text else None
    if spot.below is None and spot.above is None:
        return True
    number = whole_number(at.value)
    if number is None:
        return None
    return number < spot.below if spot.below is not None else number > (spot.above or 0)


def _found(walker: Walker, path: str, item: At, root: At) -> Iterator[At]:
    """What a path leads to, from the item or, with a leading slash, from the root."""
    if path.startswith("/"):
        yield from walker.walk(root._replace(assumed=item.assumed), path[1:])
    elif item.value is ABSENT:
        yield item
    else:
        yield from walker.walk(item, path)
