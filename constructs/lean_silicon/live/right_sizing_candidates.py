"""Which smaller types would have held what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lean_silicon.catalog import InstanceType, Lifecycle
from lean_silicon.live.measurements import Measure, Utilisation
from lean_silicon.rules import Context
from lean_silicon.rules.size.smaller import is_a_smaller_sibling, named_like
from lean_silicon.templates import SiliconUse

_ENDED = (Lifecycle.RETIRED, Lifecycle.END_OF_LIFE)


class Need(NamedTuple):
    """What is needed of each thing that a machine has, in that thing's unit; `None` is unmeasured."""

    vcpus: float | None
    memory_gib: float | None
    devices: float | None
    device_memory_gib: float | None


def need_of(present: InstanceType, known: Mapping[Measure, Utilisation], head_room: float) -> Need:
    """What was used at its height, and the head-room. Processors and accelerators may be full for a moment; memory may not."""
    accelerators = present.accelerators

    def used(measure: Measure, whole: float | None) -> float | None:
        found = known.get(measure)
        if found is None or whole is None:
            return None
        is_memory = measure in (Measure.MEMORY, Measure.ACCELERATOR_MEMORY)
        return whole * (found.peak if is_memory else found.high) / 100 * (1 + head_room)

    return Need(
        used(Measure.PROCESSORS, present.vcpus),
        used(Measure.MEMORY, present.memory_gib),
        used(Measure.ACCELERATORS, accelerators.count * accelerators.fraction if accelerators else None),
        used(Measure.ACCELERATOR_MEMORY, accelerators.memory_gib if accelerators else None),
    )


def candidates(use: SiliconUse, present: InstanceType, context: Context) -> Iterator[InstanceType]:
    """Smaller types of the same kind that are offered there and cost less, the cheapest first.

    Of a burstable type there are none: how long its processors may be busy depends on credits, which are not in the catalogue.
    """
    price = context.price(present.name, use)
    if price is None or present.burstable:
        return
    priced = []
    for each in context.types(use.component, named=named_like(present, context)):
        other = context.price(each.name, use)
        if other is None or each.name == present.name or not is_a_smaller_sibling(each, present):
            continue
        if other.usd_per_hour.likely < price.usd_per_hour.likely and each.lifecycle not in _ENDED:
            priced.append((other.usd_per_hour.likely, each.name, each))
    for _, _, each in sorted(priced, key=lambda entry: entry[:2]):
        if context.offer(each.name, use).is_offered:
            yield each


UNMEASURED_WHY = {
    Measure.PROCESSORS: "processors are not measured",
    Measure.MEMORY: "memory is not measured",
    Measure.ACCELERATORS: "accelerators are not measured",
    Measure.ACCELERATOR_MEMORY: "accelerator memory is not measured",
}


def lacks(candidate: InstanceType, present: InstanceType, need: Need) -> tuple[str, ...]:
    """Why a type would not have done; nothing where it would. What it has as much of as the present one needs no measurement."""
    new, old = candidate.accelerators, present.accelerators
    amounts = (
        (Measure.PROCESSORS, candidate.vcpus, present.vcpus, need.vcpus),
        (Measure.MEMORY, candidate.memory_gib, present.memory_gib, need.memory_gib),
        (
            Measure.ACCELERATORS,
            new.count * new.fraction if new else None,
            old.count * old.fraction if old else None,
            need.devices,
        ),
        (
            Measure.ACCELERATOR_MEMORY,
            new.memory_gib if new else None,
            old.memory_gib if old else None,
            need.device_memory_gib,
        ),
    )
    return tuple(why for each in amounts if (why := _lack(*each)) is not None)


def _lack(measure: Measure, offered_amount: float | None, present: float | None, needed: float | None) -> str | None:
    if present is None and offered_amount is None:
        return None
    if present is not None and offered_amount is not None and offered_amount >= present:
        return None
    if needed is None:
        return UNMEASURED_WHY[measure]
    return None if offered_amount is not None and offered_amount >= needed else f"{measure} would not do"
