"""The leanest machine that still does what a place of a template asks for."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.catalog import Catalog, Component, InstanceType, Lifecycle
from lean_silicon.estimates.demand import Demand
from lean_silicon.estimates.row import Alternative
from lean_silicon.footprint import Footprint, hourly_footprint, saving
from lean_silicon.footprint.advice.draft import Draft, leanest_of_each
from lean_silicon.footprint.advice.inference import inference_drafts
from lean_silicon.footprint.advice.training import UTILISATION, training_drafts
from lean_silicon.footprint.consumption import Consumption, change, over
from lean_silicon.footprint.work import per_training_run
from lean_silicon.sizing import Task, Workload, missing_keys
from lean_silicon.sizing.training_time import training_run
from lean_silicon.templates import SiliconUse


class _Offer(NamedTuple):
    """A processor type with what a plain comparison needs."""

    usd_per_hour: float
    name: str
    vcpus: int
    memory_gib: float
    architecture: str
    generation: int
    coremark: int | None

    def is_as_large_as(self, present: InstanceType) -> bool:
        """Whether it lacks nothing: neither vCPUs nor memory, nor speed by CoreMark, or by generation where that is not measured."""
        if self.vcpus < (present.vcpus or 0) or self.memory_gib < (present.memory_gib or 0.0):
            return False
        if self.coremark is not None and present.coremark is not None:
            return self.coremark >= present.coremark
        return self.generation >= (present.generation or 0)


class Alternatives:
    """Finds alternatives, and remembers them: templates repeat themselves."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._drafts: dict[tuple[Workload, Component, str | None], Draft | None] = {}
        self._offers: dict[tuple[Component, str | None], list[_Offer]] = {}

    def find(
        self, use: SiliconUse, present: InstanceType, single: Footprint, demand: Demand, region: str | None
    ) -> Alternative | None:
        """The leanest that still does, if it costs less; `single` is one machine of the present type for an hour."""
        workload, task = use.declared, use.task
        if workload is None or task is None or missing_keys(workload, task=task):
            return self._as_large(present, use.component, single, demand, region)
        draft = self._leanest(workload, task, use.component, region)
        if draft is None or draft.instance_type.name == present.name:
            return None
        if task.trains:
            return self._shorter_run(workload, task, draft, present, single, region)
        return self._smaller(draft, single, demand, region)

    def _smaller(self, draft: Draft, single: Footprint, demand: Demand, region: str | None) -> Alternative | None:
        """Other machines for the same answers, all month."""
        if demand.hours is None:
            return None
        name = draft.instance_type.name
        instead = hourly_footprint(
            name,
            draft.component,
            region,
            count=draft.instances,
            utilisation=demand.utilisation,
            catalog=self._catalog,
        )
        saves = over(saving(single.times(demand.machines.likely), instead), demand.hours)
        return _if_leaner(name, draft.instances, saves, draft.fit.why, over(instead, demand.hours))

    def _shorter_run(
        self,
        workload: Workload,
        task: Task,
        draft: Draft,
        present: InstanceType,
        single: Footprint,
        region: str | None,
    ) -> Alternative | None:
        """Other machines for the same training run, where its tokens are declared."""
        accelerators = present.accelerators
        if draft.run is None or draft.instance_type.accelerators is None or accelerators is None:
            return None
        run = training_run(workload, accelerators, devices=accelerators.count, task=task)
        if run is None:
            return None
        name = draft.instance_type.name
        other = hourly_footprint(name, draft.component, region, utilisation=UTILISATION, catalog=self._catalog)
        now = per_training_run(single, run.device_hours, accelerators.count)
        instead = per_training_run(other, draft.run.device_hours, draft.instance_type.accelerators.count)
        saves = change(instead, now, site=other.site)
        return _if_leaner(name, draft.instances, saves, draft.fit.why, instead)

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
        self, present: InstanceType, component: Component, single: Footprint, demand: Demand, region: str | None
    ) -> Alternative | None:
        """Where nobody says what for: a processor type that lacks nothing of the present one."""
        if present.accelerators is not None or present.vcpus is None or present.memory_gib is None:
            return None
        if demand.hours is None:
            return None
        offer = self._cheapest_as_large(present, component, region)
        if offer is None:
            return None
        instead = hourly_footprint(offer.name, component, region, utilisation=demand.utilisation, catalog=self._catalog)
        saves = over(saving(single, instead), demand.hours, demand.machines)
        needs = "" if offer.architecture == present.architecture else f", if the software runs on {offer.architecture}"
        why = f"{offer.vcpus} vCPU and {offer.memory_gib:g} GiB, no smaller and no slower than now{needs}"
        uses = over(instead, demand.hours, demand.machines)
        return _if_leaner(offer.name, demand.machines.likely, saves, why, uses)

    def _cheapest_as_large(self, present: InstanceType, component: Component, region: str | None) -> _Offer | None:
        """The cheapest type that lacks nothing; `None` where that is the present one."""
        for offer in self._sorted_offers(component, region):
            if offer.name == present.name:
                return None
            if offer.is_as_large_as(present):
                return offer
        return None

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
                    candidate.generation or 0,
                    candidate.coremark,
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


def _if_leaner(name: str, machines: float, saves: Consumption, why: str, uses: Consumption) -> Alternative | None:
    if saves.cost is None or saves.cost.likely <= 0:
        return None
    return Alternative(name, machines, saves, why, uses)
