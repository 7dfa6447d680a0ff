"""Parts of a memory need, and the reserve that every runtime takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from lean_silicon.quantity import Quantity
from lean_silicon.sizing.vocabulary import Silicon

MemoryParts: TypeAlias = "tuple[tuple[str, Quantity], ...]"

GIB = 2.0**30

# Per device (per host for a CPU), GiB: the driver's context, the runtime's and compiler's buffers, communication buffers.
# A CUDA context with PyTorch's kernels takes about 0.4 GiB and NCCL's buffers up to 1 GiB; a Neuron device holds compiled
# programs and scratch space; a host has an operating system. None of the three is published as one figure, so bands are wide.
_RESERVE = {
    Silicon.GPU: (0.4, 1.0, 2.0),
    Silicon.NEURON: (0.5, 1.5, 4.0),
    Silicon.CPU: (0.5, 1.5, 3.0),
}
# vLLM leaves 10% of an accelerator's memory alone by default (gpu_memory_utilization 0.9), and allocators fragment:
# the high end keeps a ninth of what is used, the likely end nothing, since the margin is a choice.
_HEADROOM = 1 / 9

WORKSPACE = (0.0, 0.05 * GIB, 0.5 * GIB)
"""Bytes per device that matrix libraries allocate beside the tensors they multiply."""


def gib(band_in_bytes: Iterable[float], *sources: str) -> Quantity:
    """Low, likely and high bytes as GiB."""
    low, likely, high = (bound / GIB for bound in band_in_bytes)
    return Quantity(low, likely, high, "GiB", sources)


def with_reserve(parts: MemoryParts, devices: int, silicon: Silicon) -> MemoryParts:
    """The parts and the reserve of the runtime on that many devices."""
    low, likely, high = (bound * devices for bound in _RESERVE[silicon])
    if silicon is not Silicon.CPU:
        high += _HEADROOM * sum(part.high for _, part in parts)
    return (*parts, ("reserve", Quantity(low, likely, high, "GiB", ("docs/sizing.md#reserve",))))
