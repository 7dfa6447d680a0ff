"""Which kind of silicon a pool is for, told from what its workload is."""

from __future__ import annotations

import re
from enum import Enum

from lean_silicon.catalog import InstanceType, Lifecycle
from lean_silicon.eks.scheduling import NEURON_DEVICES, NVIDIA_GPUS, Silicon
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import CpuVerdict, Requirement, Workload, serves_on_cpu

_FAMILY = re.compile(r"[cmr]\d+(g|i|a)", re.ASCII)
"""Compute-optimised, general-purpose and memory-optimised families, without the variants that are paid for a disk or a faster network."""
_OLDEST_GRAVITON = 8
"""Graviton4, which every region has that offers EKS: 8% to 14% more measured CoreMark for the money than Graviton3 (c8g, m8g, r8g against
c7g, m7g, r7g in the catalogue)."""


class PoolSilicon(str, Enum):
    """What a pool's machines compute with."""

    TRAINIUM = "trainium"
    NEURON = "neuron"
    """Inferentia2 or Trainium."""
    GPU = "gpu"
    GRAVITON = "graviton"
    X86 = "x86"

    @property
    def devices(self) -> Silicon | None:
        """Its devices as Kubernetes knows them; `None` where it has none."""
        if self is PoolSilicon.GPU:
            return NVIDIA_GPUS
        return NEURON_DEVICES if self in (PoolSilicon.TRAINIUM, PoolSilicon.NEURON) else None

    @property
    def accelerator_resource(self) -> str | None:
        """What pods call its devices."""
        return None if self.devices is None else self.devices.resource

    @property
    def usual_architecture(self) -> str:
        """Of the processor beside it, for which its software is built. A few types with GPUs have a Graviton or Grace."""
        return "arm64" if self is PoolSilicon.GRAVITON else "x86_64"

    def takes(self, kind: InstanceType) -> bool:
        """Whether a type computes with it."""
        if self is PoolSilicon.GRAVITON:
            return _is_plain(kind) and kind.is_graviton and (kind.generation or 0) >= _OLDEST_GRAVITON
        if self is PoolSilicon.X86:
            return _is_plain(kind) and kind.architecture == "x86_64"
        accelerators = kind.accelerators
        if accelerators is None or kind.bare_metal:
            return False
        device = accelerators.accelerator
        if self is PoolSilicon.GPU:
            return accelerators.is_gpu and device.maker == "NVIDIA"
        names = ("Trainium",) if self is PoolSilicon.TRAINIUM else ("Inferentia2", "Trainium")
        return device.key.startswith(names)

    def __str__(self) -> str:
        return self.value


def silicon_for(workload: Workload) -> PoolSilicon:
    """The silicon of a workload: Trainium trains, Inferentia2 and Trainium answer, Graviton does the rest.

    Raises
    ------
    InvalidValueError
        If the workload names no task, so that every type would do.
    """
    task = workload.task
    if task is None:
        raise InvalidValueError(
            "the workload of the pool names no task, so the pool would admit every type; declare it, for instance "
            "Workload(task=Task.INFERENCE, parameters=8_000_000_000)"
        )
    if workload.needs(Requirement.CUDA):
        return PoolSilicon.GPU
    if task.trains:
        return PoolSilicon.TRAINIUM
    if task.infers and serves_on_cpu(workload).verdict is not CpuVerdict.SERVES:
        return PoolSilicon.NEURON
    return PoolSilicon.X86 if workload.needs(Requirement.X86) else PoolSilicon.GRAVITON


def _is_plain(kind: InstanceType) -> bool:
    """A steady machine for everything: burstable ones slow down, and bare metal takes long to start."""
    return (
        kind.accelerators is None
        and kind.lifecycle is Lifecycle.CURRENT
        and not kind.burstable
        and not kind.bare_metal
        and _FAMILY.fullmatch(kind.family) is not None
    )
