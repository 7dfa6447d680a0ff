"""Shared storage follows from the workers' accelerator memory, within what FSx for Lustre sells."""

from __future__ import annotations

import pytest

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod import OpenZfs, WorkerGroup
from lean_silicon.hyperpod.storage_sizing import (
    CHECKPOINT_SECONDS,
    CHECKPOINTS_KEPT,
    LustreSize,
    check_lustre_size,
    lustre_size,
)


@pytest.mark.parametrize("count", [1, 4, 16, 64])
def test_it_keeps_the_checkpoints_and_writes_one_in_time(count: int) -> None:
    memory_gib = count * 16 * 96
    size = lustre_size([WorkerGroup.trainium2(count=count)])
    check_lustre_size(size)
    assert size.capacity_gib >= CHECKPOINTS_KEPT * memory_gib
    assert size.throughput_mb_s * CHECKPOINT_SECONDS >= memory_gib * 1073.74


def test_it_is_the_smallest_that_does() -> None:
    assert lustre_size([WorkerGroup.trainium1(count=1)]) == LustreSize(1200, 500)
    assert lustre_size([WorkerGroup.trainium2(count=4)]) == LustreSize(14400, 500)


def test_without_accelerators_it_is_the_smallest_there_is() -> None:
    workers = [WorkerGroup.cpu("ml.m5.4xlarge", count=9, reason="x86 wheels")]
    assert lustre_size(workers) == LustreSize(1200, 125)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (LustreSize(1000, 125), "capacity_gib is 1000.*The next is 1200"),
        (LustreSize(3000, 125), "capacity_gib is 3000.*The next is 4800"),
        (LustreSize(2400, 200), "throughput_per_tib is 200"),
    ],
)
def test_sizes_that_are_not_sold_are_refused_with_the_next_one(size: LustreSize, said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        check_lustre_size(size)


def test_home_directories_have_sizes_of_their_own() -> None:
    with pytest.raises(InvalidValueError, match="capacity_gib is 10"):
        OpenZfs(capacity_gib=10)
    with pytest.raises(InvalidValueError, match="throughput_mb_s is 100"):
        OpenZfs(throughput_mb_s=100)
