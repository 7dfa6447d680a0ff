"""How large and how fast the shared file system must be, from the workers that write to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.worker_group import WorkerGroup

CHECKPOINTS_KEPT = 2
"""Whole checkpoints that fit at once. An assumption: the last good one and the one being written."""
CHECKPOINT_SECONDS = 1800
"""Time in which the whole accelerator memory can be written. An assumption, and generous: a checkpoint is less than that memory."""
SMALLEST_GIB = 1200
"""The smallest persistent SSD file system (Amazon FSx for Lustre User Guide; sizes are 1200, 2400 and multiples of 2400 GiB)."""
STEP_GIB = 2400
THROUGHPUTS = (125, 250, 500, 1000)
"""MB/s for each TiB of a PERSISTENT_2 file system (Amazon FSx for Lustre User Guide)."""
_MB_IN_GIB = 1073.741824
_GIB_IN_TIB = 1024


class LustreSize(NamedTuple):
    """A size and a speed that FSx for Lustre offers: GiB, and MB/s for each TiB of them."""

    capacity_gib: int
    throughput_per_tib: int

    @property
    def throughput_mb_s(self) -> float:
        """Throughput of the whole file system, MB/s."""
        return self.capacity_gib / _GIB_IN_TIB * self.throughput_per_tib


def lustre_size(workers: Sequence[WorkerGroup]) -> LustreSize:
    """The smallest file system that keeps the checkpoints of a fleet, and the lowest throughput that writes one in time.

    Accelerator memory stands in for the size of a checkpoint, which it bounds from above. Where it is unknown the smallest is taken.
    """
    memory_gib = sum(group.accelerator_memory_gib or 0 for group in workers)
    capacity = _offered_capacity(memory_gib * CHECKPOINTS_KEPT)
    needed = memory_gib * _MB_IN_GIB / CHECKPOINT_SECONDS
    for throughput in THROUGHPUTS:
        size = LustreSize(capacity, throughput)
        if size.throughput_mb_s >= needed:
            return size
    return LustreSize(capacity, THROUGHPUTS[-1])


def check_lustre_size(size: LustreSize) -> None:
    """Check that FSx for Lustre offers the size.

    Raises
    ------
    InvalidValueError
        If it does not.
    """
    capacity, throughput = size
    if capacity != SMALLEST_GIB and (capacity <= 0 or capacity % STEP_GIB):
        raise InvalidValueError(
            f"capacity_gib is {capacity}; FSx for Lustre takes {SMALLEST_GIB}, {STEP_GIB} or a multiple of {STEP_GIB}. "
            f"The next is {_offered_capacity(capacity)}"
        )
    if throughput not in THROUGHPUTS:
        allowed = ", ".join(str(each) for each in THROUGHPUTS)
        raise InvalidValueError(
            f"throughput_per_tib is {throughput}; FSx for Lustre takes {allowed} MB/s for each TiB. Use one of them"
        )


def _offered_capacity(gib: float) -> int:
    return SMALLEST_GIB if gib <= SMALLEST_GIB else math.ceil(gib / STEP_GIB) * STEP_GIB
