"""How large a fleet is that a template allows: accelerators, money and power, at the least and at the most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lean_silicon.catalog import Component
from lean_silicon.rules.context import Context
from lean_silicon.templates import SiliconUse

_JOBS = frozenset({Component.SAGEMAKER_TRAINING, Component.SAGEMAKER_PROCESSING, Component.SAGEMAKER_TRANSFORM})
_NO_MACHINES_OF_THEIR_OWN = frozenset(
    {
        "AWS::EC2::CapacityReservation",
        "AWS::EC2::CapacityReservationFleet",
        "AWS::SageMaker::InferenceComponent",
    }
)
"""They reserve or share the machines that other resources ask for."""

MEASURES = ("accelerators", "USD/h", "W")


class Amounts(NamedTuple):
    """Of each of `MEASURES`."""

    accelerators: float = 0.0
    usd_per_hour: float = 0.0
    watts: float = 0.0

    def plus(self, other: Amounts) -> Amounts:
        """The sum."""
        return Amounts(
            self.accelerators + other.accelerators, self.usd_per_hour + other.usd_per_hour, self.watts + other.watts
        )

    def times(self, factor: float) -> Amounts:
        """So many of it."""
        return Amounts(self.accelerators * factor, self.usd_per_hour * factor, self.watts * factor)


class Size(NamedTuple):
    """What a fleet comes to at its largest number of machines: for certain, and as likely as may be.

    `certain` takes the low end of every estimate, the smallest of a choice of types or branches, and nothing of what a
    condition may leave out. `possible` takes likely values and the largest. What is not known counts as nothing in both.
    """

    certain: Amounts = Amounts()
    possible: Amounts = Amounts()

    def plus(self, other: Size) -> Size:
        """Of both fleets together."""
        return Size(self.certain.plus(other.certain), self.possible.plus(other.possible))

    def maybe(self) -> Size:
        """Of a fleet that a condition may leave out."""
        return Size(Amounts(), self.possible)


def size_of_resource(uses: Iterable[SiliconUse], context: Context) -> Size:
    """What one resource asks for. The jobs of a state machine or pipeline run one after the other, so the largest counts."""
    uses = list(uses)
    if len(uses) == 1:
        [only] = uses
        ignored = only.admitted_only or only.resource.type in _NO_MACHINES_OF_THEIR_OWN
        return Size() if ignored else _size(only, context)
    places: dict[str, list[SiliconUse]] = {}
    jobs = True
    for use in uses:
        if use.resource.type not in _NO_MACHINES_OF_THEIR_OWN:
            places.setdefault(use.property_path, []).append(use)
            jobs = jobs and use.component in _JOBS
    sizes = [
        _alternatives([_size(use, context) for use in found if not use.admitted_only]) for found in places.values()
    ]
    if not sizes:
        return Size()
    return _largest(sizes) if jobs else _sum(sizes)


def _sum(sizes: Iterable[Size]) -> Size:
    total = Size()
    for size in sizes:
        total = total.plus(size)
    return total


def _largest(sizes: list[Size]) -> Size:
    return Size(
        Amounts(*(max(values) for values in zip(*(size.certain for size in sizes), strict=True))),
        Amounts(*(max(values) for values in zip(*(size.possible for size in sizes), strict=True))),
    )


def _alternatives(sizes: list[Size]) -> Size:
    """What one place comes to that may hold one thing or another."""
    if not sizes:
        return Size()
    least = Amounts(*(min(values) for values in zip(*(size.certain for size in sizes), strict=True)))
    return Size(least, _largest(sizes).possible)


def _size(use: SiliconUse, context: Context) -> Size:
    machines = _machines(use)
    if not machines:
        return Size()
    if use.selection is not None:
        key = ("SIZ004", use.selection.admitted, use.component, context.region_of(use))
        single = context.remembered(key, lambda: _of_selection(use, context))
    elif use.instance_type is not None:
        single = _of_type(use.instance_type, use, context)
    else:
        return Size()
    return Size(single.certain.times(machines), single.possible.times(machines))


def _machines(use: SiliconUse) -> int:
    """The largest number of machines that the template says; a job has at least one."""
    known = [number for number in use.count if number is not None]
    if known:
        return max(0, *known)
    return 1 if use.component in _JOBS else 0


def _of_selection(use: SiliconUse, context: Context) -> Size:
    sizes = [_of_type(name, use, context) for name in use.selection.admitted] if use.selection else []
    return _alternatives(sizes)


def _of_type(name: str, use: SiliconUse, context: Context) -> Size:
    """What one machine comes to."""
    key = ("SIZ004", name, use.component, context.region_of(use))
    return context.remembered(key, lambda: _of_machine(name, use, context))


def _of_machine(name: str, use: SiliconUse, context: Context) -> Size:
    kind = context.find(name)
    footprint = context.footprint(name, use)
    count = float(kind.accelerators.count) if kind is not None and kind.accelerators is not None else 0.0
    cost, power = footprint.cost, footprint.power
    # Interruptible machines cost less than the list price, by how much nobody can tell.
    low_cost = 0.0 if cost is None or use.spot is not False else cost.low
    return Size(
        Amounts(count, low_cost, power.low if power else 0.0),
        Amounts(count, cost.likely if cost else 0.0, power.likely if power else 0.0),
    )
