"""Options for a model that answers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lean_silicon.catalog import Catalog, Component, InstanceType
from lean_silicon.footprint.advice.candidates import accelerated, is_offered, processors
from lean_silicon.footprint.advice.draft import Draft
from lean_silicon.footprint.advice.option import Option
from lean_silicon.footprint.consumption import HOURS_PER_MONTH, over
from lean_silicon.footprint.footprint import Footprint
from lean_silicon.footprint.hourly import UTILISATION, hourly_footprint
from lean_silicon.footprint.work import per_million_tokens
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import (
    CpuVerdict,
    Fit,
    FitVerdict,
    Precision,
    Task,
    Workload,
    fit,
    serves_on_cpu,
)
from lean_silicon.sizing.pace import is_too_slow, nobody_waits, pace_of, replicas_for_the_day, service_of
from lean_silicon.sizing.speed import Speed

# How many machines may share the requests before a larger one is the better answer.
_COUNTS = (1, 2, 4, 8)
_MONTH = Quantity.exact(HOURS_PER_MONTH, "h")


def inference_drafts(
    workload: Workload, task: Task, catalog: Catalog, component: Component, region: str | None
) -> Iterator[Draft]:
    """Every draft of a component: accelerators that hold the model and keep up, and processors that serve it."""
    for candidate in accelerated(catalog, component, workload.requires, task):
        found = _on_accelerators(workload, task, candidate)
        if found is not None and is_offered(catalog, candidate, component, region):
            yield _draft(found, candidate, catalog, component, region)
    for candidate in processors(catalog, component, workload.requires):
        found = _on_processors(workload, task, candidate)
        if found is not None and is_offered(catalog, candidate, component, region):
            yield _draft(found, candidate, catalog, component, region)


def inference_option(draft: Draft, workload: Workload, task: Task, catalog: Catalog, region: str | None) -> Option:
    """The draft with everything it costs."""
    reached = draft.speed
    if reached is None:
        raise AssertionError("a draft for inference has a speed")
    busy = None
    if workload.tokens_per_day is not None:
        busy = workload.tokens_per_day / (reached.tokens_per_day.likely * draft.replicas)

    def hourly_at(utilisation: float) -> Footprint:
        return hourly_footprint(
            draft.instance_type.name,
            draft.component,
            region,
            count=draft.instances,
            utilisation=utilisation,
            catalog=catalog,
        )

    hourly = hourly_at(UTILISATION if busy is None else min(1.0, busy))
    return Option(
        component=draft.component,
        instance_type=draft.instance_type,
        instances=draft.instances,
        silicon=draft.silicon,
        fit=draft.fit,
        hourly=hourly,
        spent=over(hourly, _MONTH),
        precision=draft.stored if draft.stored is not workload.precision else None,
        speed=reached,
        replicas=draft.replicas,
        busy=busy,
        per_million_tokens=per_million_tokens(hourly_at(1.0), reached.tokens_per_second * draft.replicas),
        doubts=tuple(_doubts(reached, workload, task, hourly.assumptions)),
    )


def _on_accelerators(
    workload: Workload, task: Task, candidate: InstanceType
) -> tuple[int, int, Fit, Speed, Precision | None] | None:
    """The fewest machines of a type that hold the workload, if they are fast enough."""
    judged = None
    for instances in _COUNTS:
        judged = fit(workload, candidate, instances=instances, task=task)
        if judged.verdict is FitVerdict.FITS:
            break
    if judged is None or judged.verdict is not FitVerdict.FITS or candidate.accelerators is None:
        return None
    service = service_of(workload, task, candidate, devices=judged.devices, instances=instances)
    if service is None or is_too_slow(service.speed, workload, task):
        return None
    enough = _enough_for_the_day(workload, task, service.speed, instances, service.replicas)
    return (*enough, judged, service.speed, service.stored)


def _on_processors(
    workload: Workload, task: Task, candidate: InstanceType
) -> tuple[int, int, Fit, Speed, Precision | None] | None:
    judged = fit(workload, candidate, task=task)
    if judged.verdict is not FitVerdict.FITS:
        return None
    service = serves_on_cpu(workload, candidate, task=task)
    if service.verdict is not CpuVerdict.SERVES or service.speed is None:
        return None
    return (*_enough_for_the_day(workload, task, service.speed, 1, 1), judged, service.speed, workload.precision)


def _draft(
    found: tuple[int, int, Fit, Speed, Precision | None],
    candidate: InstanceType,
    catalog: Catalog,
    component: Component,
    region: str | None,
) -> Draft:
    instances, replicas, judged, reached, stored = found
    price = catalog.price(candidate.name, component, region)
    cost = instances * price.usd_per_hour.likely if price else math.inf
    return Draft(component, candidate, instances, cost, judged, replicas, reached, stored)


def _doubts(reached: Speed, workload: Workload, task: Task, assumptions: tuple[str, ...]) -> Iterator[str]:
    what, time, limit = pace_of(reached)
    if not nobody_waits(workload, task) and time.high > limit:
        yield f"{what} may take longer than {limit:g} s: {time}"
    yield from (said for said in assumptions if "price" in said)


def _enough_for_the_day(
    workload: Workload, task: Task, reached: Speed, instances: int, replicas: int
) -> tuple[int, int]:
    """As many machines as a day's tokens need, at least those that hold the requests in flight, and their replicas."""
    busy = replicas_for_the_day(workload, task, reached)
    if busy is None:
        return instances, replicas
    needed = max(instances, math.ceil(busy * instances / replicas))
    return needed, replicas * needed // instances
