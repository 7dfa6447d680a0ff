"""Options for a model that answers."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lean_silicon.catalog import Catalog, Component, InstanceType
from lean_silicon.footprint.advice.candidates import accelerated, is_offered, processors
from lean_silicon.footprint.advice.option import Option
from lean_silicon.footprint.consumption import HOURS_PER_MONTH, over
from lean_silicon.footprint.hourly import UTILISATION, hourly_footprint
from lean_silicon.footprint.work import per_million_tokens
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import CpuVerdict, Fit, FitVerdict, Precision, Task, Traffic, Workload, fit, serves_on_cpu
from lean_silicon.sizing.machine import machine_of
from lean_silicon.sizing.processors import SECONDS_PER_REQUEST, SECONDS_PER_TOKEN
from lean_silicon.sizing.silicon import capability
from lean_silicon.sizing.speed import Speed, speed

# How many machines may share the requests before a larger one is the better answer.
_COUNTS = (1, 2, 4, 8)
# Requests cluster: machines that answer live traffic are planned for twice the mean load. Batch work can be spread out.
_PEAK_TO_MEAN = 2.0
_MONTH = Quantity.exact(HOURS_PER_MONTH, "h")


def inference_options(
    workload: Workload, task: Task, catalog: Catalog, component: Component, region: str | None
) -> Iterator[Option]:
    """Every option of a component: accelerators that hold the model and keep up, and processors that serve it."""
    for candidate in accelerated(catalog, component, workload, task):
        option = _accelerated_option(workload, task, catalog, component, region, candidate)
        if option is not None:
            yield option
    for candidate in processors(catalog, component, workload):
        option = _processor_option(workload, task, catalog, component, region, candidate)
        if option is not None:
            yield option


def _accelerated_option(
    workload: Workload,
    task: Task,
    catalog: Catalog,
    component: Component,
    region: str | None,
    candidate: InstanceType,
) -> Option | None:
    """The fewest machines of a type that hold the workload, if they are fast enough and offered."""
    for instances in _COUNTS:
        judged = fit(workload, candidate, instances=instances, task=task)
        if judged.verdict is FitVerdict.FITS:
            break
    else:
        return None
    if not is_offered(catalog, candidate, component, region):
        return None
    count = candidate.accelerators.count if candidate.accelerators else 1
    replicas = instances * max(1, count // judged.devices)
    stored = _stored(candidate, workload.precision)
    machine = machine_of(candidate, devices=judged.devices, precision=stored or Precision.BF16)
    reached = speed(_share(workload, replicas), machine, task=task) if machine else None
    if reached is None or _is_too_slow(reached, workload, task):
        return None
    instances, replicas = _enough_for_the_day(workload, task, reached, instances, replicas)
    return _option(catalog, component, region, candidate, instances, judged, reached, replicas, workload, task, stored)


def _processor_option(
    workload: Workload,
    task: Task,
    catalog: Catalog,
    component: Component,
    region: str | None,
    candidate: InstanceType,
) -> Option | None:
    judged = fit(workload, candidate, task=task)
    if judged.verdict is not FitVerdict.FITS:
        return None
    service = serves_on_cpu(workload, candidate, task=task)
    if service.verdict is not CpuVerdict.SERVES or service.speed is None:
        return None
    if not is_offered(catalog, candidate, component, region):
        return None
    instances, replicas = _enough_for_the_day(workload, task, service.speed, 1, 1)
    return _option(
        catalog, component, region, candidate, instances, judged, service.speed, replicas, workload, task, None
    )


def _option(
    catalog: Catalog,
    component: Component,
    region: str | None,
    candidate: InstanceType,
    instances: int,
    judged: Fit,
    reached: Speed,
    replicas: int,
    workload: Workload,
    task: Task,
    stored: Precision | None,
) -> Option:
    busy = _busy(workload, reached, replicas)
    utilisation = UTILISATION if busy is None else min(1.0, busy)
    hourly = hourly_footprint(
        candidate.name, component, region, count=instances, utilisation=utilisation, catalog=catalog
    )
    full = hourly_footprint(candidate.name, component, region, count=instances, utilisation=1.0, catalog=catalog)
    return Option(
        component=component,
        instance_type=candidate,
        instances=instances,
        fit=judged,
        hourly=hourly,
        monthly=over(hourly, _MONTH),
        precision=stored if stored is not workload.precision else None,
        speed=reached,
        replicas=replicas,
        busy=busy,
        per_million_tokens=per_million_tokens(full, reached.tokens_per_second * replicas),
        doubts=tuple(_doubts(reached, workload, task, hourly.assumptions)),
    )


def _share(workload: Workload, replicas: int) -> Workload:
    """The workload with the requests of one replica."""
    if workload.concurrency is None or replicas == 1:
        return workload
    fields = {name: getattr(workload, name) for name in workload.__dataclass_fields__}
    return Workload(**{**fields, "concurrency": math.ceil(workload.concurrency / replicas)})


def _stored(candidate: InstanceType, precision: Precision | None) -> Precision | None:
    known = capability(candidate.accelerators.accelerator.key) if candidate.accelerators else None
    return precision if known is None or precision is None else known.stored(precision)


def _waits(workload: Workload, task: Task) -> bool:
    """Whether nobody waits for the answers."""
    return task is Task.BATCH_INFERENCE or (isinstance(workload.traffic, Traffic) and workload.traffic.waits)


def _limit(reached: Speed) -> tuple[str, Quantity, float]:
    if reached.seconds_per_token is not None:
        return "a token", reached.seconds_per_token, SECONDS_PER_TOKEN
    return "an answer", reached.seconds_to_answer, SECONDS_PER_REQUEST


def _is_too_slow(reached: Speed, workload: Workload, task: Task) -> bool:
    """Whether even the fast end of the band misses MLPerf Inference's limit."""
    _, time, limit = _limit(reached)
    return not _waits(workload, task) and time.low > limit


def _doubts(reached: Speed, workload: Workload, task: Task, assumptions: tuple[str, ...]) -> Iterator[str]:
    what, time, limit = _limit(reached)
    if not _waits(workload, task) and time.high > limit:
        yield f"{what} may take longer than {limit:g} s: {time}"
    yield from (said for said in assumptions if "price" in said)


def _enough_for_the_day(
    workload: Workload, task: Task, reached: Speed, instances: int, replicas: int
) -> tuple[int, int]:
    """As many machines as a day's tokens need, at least those that hold the requests in flight."""
    if workload.tokens_per_day is None:
        return instances, replicas
    per_machine = reached.tokens_per_day.likely * replicas / instances
    peak = 1.0 if _waits(workload, task) else _PEAK_TO_MEAN
    needed = max(instances, math.ceil(workload.tokens_per_day * peak / per_machine))
    return needed, replicas * needed // instances


def _busy(workload: Workload, reached: Speed, replicas: int) -> float | None:
    if workload.tokens_per_day is None:
        return None
    return workload.tokens_per_day / (reached.tokens_per_day.likely * replicas)
