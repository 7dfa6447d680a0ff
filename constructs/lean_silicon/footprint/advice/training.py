"""Options for a training run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lean_silicon.catalog import Catalog, Component, InstanceType
from lean_silicon.footprint.advice.candidates import accelerated, is_offered
from lean_silicon.footprint.advice.option import Option
from lean_silicon.footprint.consumption import HOURS_PER_MONTH, over
from lean_silicon.footprint.hourly import hourly_footprint
from lean_silicon.footprint.work import per_training_run
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Fit, FitVerdict, Sharding, Task, Workload, fit
from lean_silicon.sizing.training_time import TrainingRun, training_run

_COUNTS = (1, 2, 4, 8, 16, 32, 64)
_MONTH = Quantity.exact(HOURS_PER_MONTH, "h")
UTILISATION = 1.0
"""A training run keeps its accelerators busy; their power at full load is the better estimate."""

FULLY_SHARDED = (
    "weights, gradients and states are taken to be fully sharded (FSDP or ZeRO-3); declare the sharding if not"
)


def training_options(
    workload: Workload,
    task: Task,
    catalog: Catalog,
    component: Component,
    region: str | None,
    *,
    hours: float | None = None,
) -> Iterator[Option]:
    """The fewest machines of each type that hold the run and, where `hours` is given, finish within it."""
    for candidate in accelerated(catalog, component, workload, task):
        option = _option(workload, task, catalog, component, region, candidate, hours)
        if option is not None:
            yield option


def _option(
    workload: Workload,
    task: Task,
    catalog: Catalog,
    component: Component,
    region: str | None,
    candidate: InstanceType,
    hours: float | None,
) -> Option | None:
    found = _fewest(workload, task, candidate, hours)
    if found is None or not is_offered(catalog, candidate, component, region) or candidate.accelerators is None:
        return None
    instances, judged, run = found
    hourly = hourly_footprint(
        candidate.name, component, region, count=instances, utilisation=UTILISATION, catalog=catalog
    )
    if run is None:
        spent = over(hourly, _MONTH)
    else:
        single = hourly_footprint(candidate.name, component, region, utilisation=UTILISATION, catalog=catalog)
        spent = per_training_run(single, run.device_hours, candidate.accelerators.count)
    doubts = [said for said in hourly.assumptions if "price" in said]
    return Option(
        component=component,
        instance_type=candidate,
        instances=instances,
        fit=judged,
        hourly=hourly,
        monthly=spent,
        run=run,
        doubts=tuple(doubts),
    )


def _fewest(
    workload: Workload, task: Task, candidate: InstanceType, hours: float | None
) -> tuple[int, Fit, TrainingRun | None] | None:
    accelerators = candidate.accelerators
    if accelerators is None:
        return None
    for instances in _COUNTS:
        if instances > 1 and not candidate.efa_interfaces:
            return None  # gradients between machines need a network made for it
        devices = instances * accelerators.count
        judged = fit(as_sharded(workload, devices), candidate, instances=instances, task=task)
        run = training_run(workload, accelerators, devices=devices, task=task)
        in_time = hours is None or (run is not None and run.hours.likely <= hours)
        if judged.verdict is FitVerdict.FITS and in_time:
            return instances, judged, run
    return None


def as_sharded(workload: Workload, devices: int) -> Workload:
    """The workload with everything sharded, where nobody said how and there is more than one device; see `FULLY_SHARDED`."""
    if devices == 1 or workload.sharding is not None:
        return workload
    return replace(workload, sharding=Sharding.FSDP)
