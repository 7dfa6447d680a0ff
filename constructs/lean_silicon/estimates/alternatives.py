"""The leanest machine that still does what a place of a template asks for."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.catalog import Catalog, Component, InstanceType, Lifecycle
from lean_silicon.estimates.demand import Demand
from lean_silicon.estimates.row import Alternative
from lean_silicon.footprint import Quantity, hourly_footprint
from lean_silicon.footprint.advice.draft import Draft, leanest_of_each
from lean_silicon.footprint.advice.inference import inference_drafts
from lean_silicon.footprint.advice.training import UTILISATION, training_drafts
from lean_silicon.footprint.consumption import HOURS_PER_MONTH, Consumption, change, over
from lean_silicon.footprint.work import per_training_run
from lean_silicon.sizing import Task, Workload, missing_keys
from lean_silicon.templates import SiliconUse

_MONTH = Quantity.exact(HOURS_PER_MONTH, "h")


class _Offer(NamedTuple):
    """A processor type with what a plain comparison needs."""

    usd_per_hour: float
    name: str
    vcpus: int
    memory_gib: float
    architecture: str


class Alternatives:
    """Finds alternatives, and remembers them: templates repeat themselves."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._drafts: dict[tuple[Workload, Component, str | None], Draft | None] = {}
        self._offers: dict[tuple[Component, str | None], list[_Offer]] = {}

    def find(
        self, use: SiliconUse, present: InstanceType, demand: Demand, spent: Consumption, region: str | None
    ) -> Alternative | None:
        """The leanest that still does, if it costs less; `spent` is what the present one costs (in a month, or on the run)."""
        workload, task = use.declared, use.task
        if workload is not None and task is not None and not missing_keys(workload, task=task):
            return self._for_workload(workload, task, use.component, present, spent, region)
        if present.accelerators is not None:
            return None
        return self._as_large(present, use.component, demand, spent, region)

    def _for_workload(
        self,
        workload: Workload,
        task: Task,
        component: Component,
        present: InstanceType,
        spent: Consumption,
        region: str | None,
    ) -> Alternative | None:
        draft = self._leanest(workload, task, component, region)
        if draft is None or draft.instance_type.name == present.name:
            return None
        single = hourly_footprint(draft.instance_type.name, component, region, catalog=self._catalog)
        if draft.run is not None and draft.instance_type.accelerators is not None:
            busy = hourly_footprint(
                draft.instance_type.name, component, region, utilisation=UTILISATION, catalog=self._catalog
            )
            instead = per_training_run(busy, draft.run.device_hours, draft.instance_type.accelerators.count)
        elif task.trains:
            return None
        else:
            instead = over(single.times(draft.instances), _MONTH)
        return _if_leaner(
            draft.instance_type.name, draft.instances, change(instead, spent, site=single.site), draft.fit.why
        )

    def _leanest(self, workload: Workload, task: Task, component: Component, region: str | None) -> Draft | None:
        key = (workload, component, region)
        if key not in self._drafts:
            if task.trains:
                drafts = training_drafts(workload, task, self._catalog, component, region, hours=None)
            elif task.infers:
                drafts = inference_drafts(workload, task, self._catalog, component, region)
            else:
                drafts = iter(())
            self._drafts[key] = next(iter(leanest_of_each(drafts)), None)
        return self._drafts[key]

    def _as_large(
        self, present: InstanceType, component: Component, demand: Demand, spent: Consumption, region: str | None
    ) -> Alternative | None:
        """Where nobody says what for: a processor type that lacks nothing of the present one."""
        if present.vcpus is None or present.memory_gib is None or demand.hours is None:
            return None
        for offer in self._sorted_offers(component, region):
            if offer.name == present.name:
                return None
            if offer.vcpus >= present.vcpus and offer.memory_gib >= present.memory_gib:
                break
        else:
            return None
        hourly = hourly_footprint(offer.name, component, region, utilisation=demand.utilisation, catalog=self._catalog)
        instead = over(hourly, demand.hours, demand.machines)
        needs = "" if offer.architecture == present.architecture else f", if the software runs on {offer.architecture}"
        why = f"{offer.vcpus} vCPU and {offer.memory_gib:g} GiB, no less than now{needs}"
        return _if_leaner(offer.name, demand.machines.likely, change(instead, spent, site=hourly.site), why)

    def _sorted_offers(self, component: Component, region: str | None) -> list[_Offer]:
        key = (component, region)
        if key not in self._offers:
            self._offers[key] = sorted(self._offers_of(component, region))
        return self._offers[key]

    def _offers_of(self, component: Component, region: str | None) -> list[_Offer]:
        found = []
        for candidate in self._catalog.types(component):
            if not _is_plain(candidate):
                continue
            price = self._catalog.price(candidate.name, component, region)
            if price is None or not self._catalog.offer(candidate.name, component, region).is_offered:
                continue
            found.append(
                _Offer(
                    price.usd_per_hour.likely,
                    candidate.name,
                    candidate.vcpus or 0,
                    candidate.memory_gib or 0.0,
                    candidate.architecture or "",
                )
            )
        return found


def _is_plain(candidate: InstanceType) -> bool:
    return (
        candidate.accelerators is None
        and candidate.lifecycle is Lifecycle.CURRENT
        and not candidate.burstable
        and not candidate.bare_metal
        and candidate.architecture in ("arm64", "x86_64")
    )


def _if_leaner(name: str, machines: float, saves: Consumption, why: str) -> Alternative | None:
    if saves.cost is None or saves.cost.likely <= 0:
        return None
    return Alternative(name, machines, saves, why)
