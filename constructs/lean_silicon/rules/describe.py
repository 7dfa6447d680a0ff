"""Words for machines, as they stand in messages."""

from __future__ import annotations

from lean_silicon.catalog import InstanceType
from lean_silicon.footprint import Footprint
from lean_silicon.rules.context import Context
from lean_silicon.templates import SiliconUse


def machine(kind: InstanceType) -> str:
    """A type with its accelerators: ``ml.p4d.24xlarge (8 × A100, 320 GiB)``."""
    accelerators = kind.accelerators
    if accelerators is None:
        processor = " ".join(word for word in (kind.cpu_maker, kind.cpu_microarchitecture) if word) or kind.architecture
        details = [f"{kind.vcpus} vCPU" if kind.vcpus else None, processor]
        known = ", ".join(detail for detail in details if detail)
        return f"{kind.name} ({known})" if known else kind.name
    share = f"{accelerators.fraction:g} of a" if accelerators.fraction < 1 else f"{accelerators.count} ×"
    memory = f", {accelerators.memory_gib:.4g} GiB" if accelerators.memory_gib else ""
    return f"{kind.name} ({share} {accelerators.accelerator.key}{memory})"


def offered(kind: InstanceType, present: InstanceType, use: SiliconUse, context: Context) -> str:
    """Where a type is offered: in the use's region, or where none is known, in how many of those that offer the present one."""
    region = context.region_of(use)
    if region is not None:
        return f"{machine(kind)} is offered for {use.component} in {region}"
    here, there = context.offer(present.name, use).regions, set(context.offer(kind.name, use).regions)
    both = sum(1 for each in here if each in there)
    return (
        f"{machine(kind)} is offered for {use.component} in {both} of the {len(here)} regions that offer the present type "
        "(the template names no region: give the stack an env with one, or the check a region)"
    )


def priced_by(footprint: Footprint) -> tuple[str, ...]:
    """Where the prices come from, as a source of a finding."""
    sources = footprint.cost.sources if footprint.cost else ()
    return (f"prices: {', '.join(sources)} (`lean-silicon catalog sources`)",) if sources else ()


def purpose(use: SiliconUse) -> str:
    """What the silicon is for, and whether that was declared or concluded from the resource."""
    if use.task is None:
        return "for a purpose that is not declared"
    if use.task_is_assumed:
        return f"for {use.task} (assumed from {use.resource.type}; declare the workload if it is not)"
    return f"for {use.task} (declared)"
