"""Which instance types may be advised at all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lean_silicon.catalog import Catalog, Component, InstanceType, Lifecycle
from lean_silicon.sizing import Requirement, Task
from lean_silicon.sizing.silicon import capability

INFERENCE_COMPONENTS = (Component.EC2, Component.SAGEMAKER_HOSTING, Component.SAGEMAKER_HYPERPOD)
TRAINING_COMPONENTS = (Component.EC2, Component.SAGEMAKER_TRAINING, Component.SAGEMAKER_HYPERPOD)


@lru_cache(maxsize=64)
def accelerated(
    catalog: Catalog, component: Component, requires: tuple[Requirement, ...], task: Task
) -> tuple[InstanceType, ...]:
    """Current accelerated types that today's software runs the task on, and that have what is required."""
    return tuple(
        candidate for candidate in _eligible(catalog, component, requires) if _suits(candidate, requires, task)
    )


@lru_cache(maxsize=64)
def processors(catalog: Catalog, component: Component, requires: tuple[Requirement, ...]) -> tuple[InstanceType, ...]:
    """Current Graviton types, or x86 ones where the software cannot do without; none where it needs CUDA."""
    if Requirement.CUDA in requires:
        return ()
    wanted = "x86_64" if Requirement.X86 in requires else "arm64"
    return tuple(
        candidate
        for candidate in _eligible(catalog, component, requires)
        if candidate.accelerators is None and candidate.architecture == wanted
    )


def is_offered(catalog: Catalog, candidate: InstanceType, component: Component, region: str | None) -> bool:
    """Whether the component is known to offer it there; with no region, anywhere."""
    return catalog.offer(candidate.name, component, region).is_offered


def _eligible(catalog: Catalog, component: Component, requires: tuple[Requirement, ...]) -> Iterator[InstanceType]:
    """Neither retired nor burstable (it slows down when busy) nor bare metal (dearer than its virtual twin)."""
    for candidate in catalog.types(component):
        if candidate.lifecycle is not Lifecycle.CURRENT or candidate.burstable or candidate.bare_metal:
            continue
        if Requirement.X86 in requires and candidate.architecture != "x86_64":
            continue
        yield candidate


def _suits(candidate: InstanceType, requires: tuple[Requirement, ...], task: Task) -> bool:
    if candidate.accelerators is None:
        return False
    if Requirement.CUDA in requires and candidate.accelerators.accelerator.maker != "NVIDIA":
        return False
    known = capability(candidate.accelerators.accelerator.key)
    if known is None or known.transformers == "no":
        return False
    if task.trains:
        return known.mfu is not None
    return known.transformers == "yes" or not task.generates
