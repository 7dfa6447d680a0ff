"""Options for a training run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from lean_silicon.catalog import Catalog, Component, InstanceType
from lean_silicon.footprint.advice.candidates import accelerated, is_offered
from lean_silicon.footprint.advice.draft import Draft
from lean_silicon.footprint.advice.option import Option
from lean_silicon.footprint.consumption import HOURS_PER_MONTH, over
from lean_silicon.footprint.hourly import hourly_footprint
from lean_silicon.footprint.work import per_training_run
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Fit, FitVerdict, Sharding, Task, Workload, fit
from lean_silicon.sizing.training_time import TrainingRun, training_run

UTILISATION = 1.0
"""A training run keeps its accelerators busy; their power at full load is the better estimate."""

FULLY_SHARDED = (
    "weights, gradients and states are taken to be fully sharded (FSDP, ZeRO-3); declare the sharding if not"
)
CHECKPOINTED = "activations are taken to be recomputed (checkpointing); declare it if not"

_COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
_MONTH = Quantity.exact(HOURS_PER_MONTH, "h")


def training_drafts(
    workload: Workload, task: Task, catalog: Catalog, component: Component, region: str | None, *, hours: float | None
) -> Iterator[Draft]:
    """The fewest machines of each type that hold the run and, where `hours` is given, finish within it."""
    for candidate in accelerated(catalog, component, workload.requires, task):
        found = _fewest(workload, task, candidate, hours)
        if found is None or candidate.accelerators is None or not is_offered(catalog, candidate, component, region):
            continue
        instances, judged, run = found
        price = catalog.price(candidate.name, component, region)
        time = instances if run is None else run.device_hours.likely / candidate.accelerators.count
        cost = time * price.usd_per_hour.likely if price else math.inf
        yield Draft(component, candidate, instances, cost, judged, run=run)


def training_option(draft: Draft, catalog: Catalog, region: str | None) -> Option:
    """The draft with everything it costs."""
    single = hourly_footprint(
        draft.instance_type.name, draft.component, region, utilisation=UTILISATION, catalog=catalog
    )
    hourly = single if draft.instances == 1 else single.times(draft.instances)
    accelerators = draft.instance_type.accelerators
    if draft.run is None or accelerators is None:
        spent = over(hourly, _MONTH)
    else:
        spent = per_training_run(single, draft.run.device_hours, accelerators.count)
    return Option(
        component=draft.component,
        instance_type=draft.instance_type,
        instances=draft.instances,
        silicon=draft.silicon,
        fit=draft.fit,
        hourly=hourly,
        spent=spent,
        run=draft.run,
        doubts=tuple(said for said in hourly.assumptions if "price" in said),
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
        judged = fit(as_planned(workload, devices), candidate, instances=instances, task=task)
        run = training_run(workload, accelerators, devices=devices, task=task)
        in_time = hours is None or (run is not None and run.hours.likely <= hours)
        if judged.verdict is FitVerdict.FITS and in_time:
            return instances, judged, run
    return None


def as_planned(workload: Workload, devices: int) -> Workload:
    """The workload with the choices that save memory, where nobody chose: see `FULLY_SHARDED` and `CHECKPOINTED`."""
    sharding = Sharding.FSDP if workload.sharding is None and devices > 1 else workload.sharding
    checkpointing = True if workload.activation_checkpointing is None else workload.activation_checkpointing
    return replace(workload, sharding=sharding, activation_checkpointing=checkpointing)
