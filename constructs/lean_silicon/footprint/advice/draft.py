"""Options before they are costed in full: many are drafted, few are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lean_silicon.catalog import Component, InstanceType
from lean_silicon.sizing import Fit, Precision
from lean_silicon.sizing.speed import Speed
from lean_silicon.sizing.training_time import TrainingRun


class Draft(NamedTuple):
    """Machines that hold a workload, with no more than ranking needs.

    `cost` is USD per hour, or for a training run USD for the run; infinite where no price is known.
    """

    component: Component
    instance_type: InstanceType
    instances: int
    cost: float
    fit: Fit
    replicas: int = 1
    speed: Speed | None = None
    stored: Precision | None = None
    run: TrainingRun | None = None

    @property
    def silicon(self) -> str:
        """What computes: ``"4 × L4"``, or the processor."""
        accelerators = self.instance_type.accelerators
        if accelerators is None:
            return f"{self.instance_type.vcpus} vCPU {self.instance_type.cpu_microarchitecture}"
        share = f"{accelerators.fraction:g} of " if accelerators.fraction < 1 else f"{accelerators.count} × "
        return f"{share}{accelerators.accelerator.key}"


def leanest_of_each(drafts: Iterable[Draft]) -> list[Draft]:
    """Of types that differ in processors, disks or network only, the cheapest; sorted by cost."""
    best: dict[tuple[Component, str, int], Draft] = {}
    for draft in drafts:
        key = (draft.component, draft.silicon, draft.instances)
        if key not in best or _order(draft) < _order(best[key]):
            best[key] = draft
    return sorted(best.values(), key=_order)


def _order(draft: Draft) -> tuple[float, str]:
    return draft.cost, draft.instance_type.name
