"""The search for a type on which a declared workload fits, with room to spare and fast enough."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from lean_silicon.catalog import InstanceType, Lifecycle
from lean_silicon.rules.context import Context
from lean_silicon.sizing import (
    CpuVerdict,
    Fit,
    FitVerdict,
    Requirement,
    Task,
    Workload,
    fit,
    missing_keys,
    serves_on_cpu,
)
from lean_silicon.sizing.pace import (
    SECONDS_PER_REQUEST,
    SECONDS_PER_TOKEN,
    SECONDS_TO_FIRST_TOKEN,
    keeps_up,
    nobody_waits,
    service_of,
)
from lean_silicon.sizing.speed import SECONDS_A_DAY, Speed
from lean_silicon.templates import SiliconUse

_LONGEST_PROMPT = "the first token of an answer to the longest prompt"
"""Hardly any prompt is the longest, so here the likely time counts against the limit, and not the slow end."""


class Room(NamedTuple):
    """A type on which the workload fits.

    `fit` says why, without the head-room; `doubt` says why it may be too slow, and is `None` where even the slow end of the
    estimate keeps within MLPerf Inference's limits (docs/sizing.md) and the declared tokens of a day; of the time to the
    first token after the longest prompt, where the likely one does.
    """

    kind: InstanceType
    fit: Fit
    doubt: str | None


def with_room(
    use: SiliconUse,
    context: Context,
    workload: Workload,
    suits: Callable[[InstanceType], bool],
    *,
    named: str = "",
    instances: int = 1,
) -> Room | None:
    """The cheapest offered type that suits and holds the workload with the policy's head-room; one without doubts goes first.

    What `advise` would not take for the same workload is none either: a type that even the fast end of the estimate calls too slow,
    a processor that is not certain to be fast enough, machines that a day's tokens outrun. Where too little is declared to size the
    workload, none fits.
    """
    if missing_keys(workload, task=use.task):
        return None
    priced = [
        (price.usd_per_hour.likely, candidate.name, candidate)
        for candidate in context.types(use.component, named=named)
        if candidate.lifecycle not in (Lifecycle.RETIRED, Lifecycle.END_OF_LIFE)
        and suits(candidate)
        and _has_what_is_required(candidate, workload)
        and (price := context.price(candidate.name, use)) is not None
    ]
    doubtful: Room | None = None
    for _, _, candidate in sorted(priced, key=lambda entry: entry[:2]):
        room = _room_on(candidate, workload, use.task, context.settings.head_room, instances)
        if room is None or not context.offer(candidate.name, use).is_offered:
            continue
        if room.doubt is None:
            return room
        doubtful = doubtful or room
    return doubtful


def named_like(present: InstanceType, context: Context) -> str:
    """A pattern for the names of the types with the same accelerator, or of the same family where there is none."""
    if present.accelerators is None:
        return re.escape(f"{present.family}.")
    key = present.accelerators.accelerator.key
    families = context.remembered(("families", key), lambda: sorted(context.catalog.families(key)))
    return rf"(?:{'|'.join(map(re.escape, families))})\."


def is_a_smaller_sibling(candidate: InstanceType, present: InstanceType) -> bool:
    """The same accelerator in no greater number behind the same architecture; for processors a type of the same family."""
    if candidate.architecture != present.architecture or bool(candidate.bare_metal) != bool(present.bare_metal):
        return False
    new, old = candidate.accelerators, present.accelerators
    if new is None or old is None:
        return new is old and candidate.family == present.family
    if new.accelerator.key != old.accelerator.key or new.count * new.fraction > old.count * old.fraction:
        return False
    return (candidate.vcpus or 0) <= (present.vcpus or 0)


def _has_what_is_required(candidate: InstanceType, workload: Workload) -> bool:
    if workload.needs(Requirement.X86) and candidate.architecture != "x86_64":
        return False
    maker = candidate.accelerators.accelerator.maker if candidate.accelerators else None
    return not workload.needs(Requirement.CUDA) or maker == "NVIDIA"


def _room_on(
    candidate: InstanceType, workload: Workload, task: Task | None, head_room: float, instances: int
) -> Room | None:
    """The verdict on one type, or nothing where the workload does not fit with head-room or is certainly too slow there."""
    judged = fit(workload, _smaller_by(candidate, head_room), instances=instances, task=task)
    if judged.verdict is not FitVerdict.FITS or task is None:
        return None
    whole = fit(workload, candidate, instances=instances, task=task)
    if task.trains:
        return Room(candidate, whole, None)
    if candidate.accelerators is None:
        service = serves_on_cpu(workload, candidate, task=task)
        if service.verdict is not CpuVerdict.SERVES or service.speed is None:
            return None
        return Room(candidate, whole, None) if keeps_up(workload, task, service.speed, instances) else None
    reached = service_of(workload, task, candidate, devices=judged.devices, instances=instances)
    if reached is None:
        return Room(candidate, whole, "how fast it answers cannot be estimated")
    return _timely(Room(candidate, whole, None), reached.speed, workload, task, reached.replicas)


def _smaller_by(candidate: InstanceType, head_room: float) -> InstanceType:
    """The type with only the memory that is left when the head-room is kept free."""
    share = 1 / (1 + head_room)
    accelerators = candidate.accelerators
    if accelerators is None:
        memory = None if candidate.memory_gib is None else candidate.memory_gib * share
        return candidate._replace(memory_gib=memory)
    each = None if accelerators.memory_gib_each is None else accelerators.memory_gib_each * share
    return candidate._replace(accelerators=replace(accelerators, memory_gib_each=each))


def _timely(room: Room, reached: Speed, workload: Workload, task: Task, replicas: int) -> Room | None:
    """The type with what is doubtful of its speed; nothing where even the fast end of the band is too slow."""
    if not keeps_up(workload, task, reached, replicas):
        return None
    waits = nobody_waits(workload, task)
    demands = []
    if not waits and reached.seconds_per_token is not None:
        demands.append(("a token", reached.seconds_per_token, SECONDS_PER_TOKEN))
        demands.append((_LONGEST_PROMPT, reached.seconds_to_answer, SECONDS_TO_FIRST_TOKEN))
    elif not waits:
        demands.append(("an answer", reached.seconds_to_answer, SECONDS_PER_REQUEST))
    if workload.tokens_per_day is not None:
        busy = (1 / replicas) * workload.tokens_per_day
        day = replace(
            reached.seconds_to_answer,
            low=busy / reached.tokens_per_second.high,
            likely=busy / reached.tokens_per_second.likely,
            high=busy / reached.tokens_per_second.low,
        )
        demands.append(("a day's tokens", day, float(SECONDS_A_DAY)))
    if any(time.low > limit for _, time, limit in demands):
        return None
    doubts = [
        f"{what} may take {time}, against a limit of {limit:g} s"
        for what, time, limit in demands
        if (time.likely if what == _LONGEST_PROMPT else time.high) > limit
    ]
    if waits and workload.tokens_per_day is None:
        doubts.append("how much there is to do is not declared (TokensPerDay)")
    return room._replace(doubt="; ".join(doubts) or None)
