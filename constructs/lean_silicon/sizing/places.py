"""Where one replica of a model may live: which devices, and how many such places share the requests."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.sizing.shape import shape_of
from lean_silicon.sizing.silicon import replica_sizes
from lean_silicon.sizing.vocabulary import Silicon, Task
from lean_silicon.sizing.workload import Workload


class Devices(NamedTuple):
    """The accelerators of a machine, in what memory depends on: types with the same ones share a verdict."""

    key: str
    silicon: Silicon
    how_many: int
    memory_gib: float
    fraction: float


class Place(NamedTuple):
    """Where one replica may live: how many devices, their memory, and how many such places share the requests."""

    devices: int
    memory_gib: float
    replicas: int
    label: str
    splits: bool = True

    @property
    def has(self) -> str:
        """The verb that goes with the label."""
        return "have" if self.devices > 1 else "has"


def places_of(workload: Workload, devices: Devices, instances: int, task: Task | None) -> tuple[Place, ...]:
    """The possible places, smallest first; the last one is everything there is for one model."""
    key, count, each = devices.key, devices.how_many, devices.memory_gib
    if task is not None and task.trains:
        total = count * instances
        return (Place(total, total * each, 1, f"{total} × {key}"),)
    shape = shape_of(workload)
    sizes = replica_sizes(key, count, devices.fraction, shape.attention_heads if shape else None)
    places = [Place(size, size * each, instances * (count // size), f"{size} × {key}") for size in sizes]
    if sizes[-1] < count:
        # Pipeline parallelism can use any number of devices, so a model is too large only where all together are too small.
        places.append(Place(count, count * each, instances, f"{count} × {key}", splits=False))
    return tuple(places)
