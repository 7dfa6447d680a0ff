"""Words for machines, as they stand in messages."""

from __future__ import annotations

from lean_silicon.catalog import InstanceType
from lean_silicon.templates import SiliconUse


def machine(kind: InstanceType) -> str:
    """A type with its accelerators: ``ml.p4d.24xlarge (8 × A100, 320 GiB)``."""
    accelerators = kind.accelerators
    if accelerators is None:
        details = [f"{kind.vcpus} vCPU" if kind.vcpus else None, kind.cpu_model or kind.architecture]
        known = ", ".join(detail for detail in details if detail)
        return f"{kind.name} ({known})" if known else kind.name
    share = f"{accelerators.fraction:g} of a" if accelerators.fraction < 1 else f"{accelerators.count} ×"
    memory = f", {accelerators.memory_gib:g} GiB" if accelerators.memory_gib else ""
    return f"{kind.name} ({share} {accelerators.accelerator.key}{memory})"


def region(code: str | None) -> str:
    """Where: the region, or that it is unknown."""
    return code or "a region that the template does not name"


def purpose(use: SiliconUse) -> str:
    """What the silicon is for, and whether that was declared or concluded from the resource."""
    if use.task is None:
        return "for a purpose that is not declared"
    if use.task_is_assumed:
        return f"for {use.task} (assumed from {use.resource.type}; declare the workload if it is not)"
    return f"for {use.task} (declared)"
