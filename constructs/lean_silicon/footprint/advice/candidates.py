"""Which instance types may be advised at all."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Catalog, Component, InstanceType, Lifecycle
from lean_silicon.sizing import Requirement, Task, Workload
from lean_silicon.sizing.silicon import capability

INFERENCE_COMPONENTS = (Component.EC2, Component.SAGEMAKER_HOSTING, Component.SAGEMAKER_HYPERPOD)
TRAINING_COMPONENTS = (Component.EC2, Component.SAGEMAKER_TRAINING, Component.SAGEMAKER_HYPERPOD)


def accelerated(catalog: Catalog, component: Component, workload: Workload, task: Task) -> Iterator[InstanceType]:
    """Current accelerated types that today's software runs the task on, and that have what the workload requires."""
    for candidate in catalog.types(component):
        if candidate.accelerators is None or not _is_eligible(candidate, workload):
            continue
        known = capability(candidate.accelerators.accelerator.key)
        if known is None or not _runs(known.transformers, task) or (task.trains and known.mfu is None):
            continue
        if workload.needs(Requirement.CUDA) and candidate.accelerators.accelerator.maker != "NVIDIA":
            continue
        yield candidate


def processors(catalog: Catalog, component: Component, workload: Workload) -> Iterator[InstanceType]:
    """Current Graviton types, or x86 ones where the workload cannot do without; none where it needs CUDA."""
    if workload.needs(Requirement.CUDA):
        return
    wanted = "x86_64" if workload.needs(Requirement.X86) else "arm64"
    for candidate in catalog.types(component):
        if candidate.accelerators is None and candidate.architecture == wanted and _is_eligible(candidate, workload):
            yield candidate


def is_offered(catalog: Catalog, candidate: InstanceType, component: Component, region: str | None) -> bool:
    """Whether the component is known to offer it there; with no region, anywhere."""
    return catalog.offer(candidate.name, component, region).is_offered


def _is_eligible(candidate: InstanceType, workload: Workload) -> bool:
    """Neither retired nor burstable (it slows down when busy) nor bare metal (dearer than its virtual twin)."""
    if candidate.lifecycle is not Lifecycle.CURRENT or candidate.burstable or candidate.bare_metal:
        return False
    return not (workload.needs(Requirement.X86) and candidate.architecture != "x86_64")


def _runs(transformers: str, task: Task) -> bool:
    return transformers == "yes" or (transformers == "encoders" and not task.generates and not task.trains)
