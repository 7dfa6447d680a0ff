"""How much memory a workload needs, in parts that add up, and which part of the declaration is missing."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce

from lean_silicon.quantity import Quantity
from lean_silicon.sizing.inference_memory import cache_memory, inference_activations, stored_weights
from lean_silicon.sizing.parts import GIB, MemoryParts, with_reserve
from lean_silicon.sizing.shape import Shape, shape_of
from lean_silicon.sizing.training_memory import training_parts
from lean_silicon.sizing.vocabulary import Adapter, Precision, Silicon, Task
from lean_silicon.sizing.workload import Workload


@dataclass(frozen=True)
class MemoryNeed:
    """The memory of a workload, GiB over all its devices, part by part.

    Parameters
    ----------
    parts
        Name and size of each part: weights, cache, activations, gradients, optimiser, reserve.
    basis
        Where the model's numbers come from, for a report.
    """

    parts: MemoryParts
    basis: str

    @cached_property
    def total(self) -> Quantity:
        """The sum of the parts, GiB."""
        return reduce(operator.add, (part for _, part in self.parts))


def memory_needed(
    workload: Workload, *, devices: int = 1, silicon: Silicon = Silicon.GPU, task: Task | None = None
) -> Quantity | None:
    """The memory that one replica needs over all its devices, GiB; `None` where the declaration does not suffice.

    Parameters
    ----------
    workload
        What is declared. `missing_keys` says what else is needed.
    devices
        The accelerators that share it: tensor parallel for inference, sharded as declared for training.
    silicon
        What kind they are; decides the runtime's reserve. For ``Silicon.CPU`` the memory is the host's and `devices` counts hosts.
    task
        What the resource is for, where the workload names no task.
    """
    need = memory_parts(workload, devices=devices, silicon=silicon, task=task)
    return None if need is None else need.total


@lru_cache(maxsize=2048)
def memory_parts(
    workload: Workload, *, devices: int = 1, silicon: Silicon = Silicon.GPU, task: Task | None = None
) -> MemoryNeed | None:
    """As `memory_needed`, part by part."""
    purpose = workload.task or task
    shape = shape_of(workload)
    if purpose is None or shape is None or missing_keys(workload, task=purpose):
        return None
    if not (purpose.trains or purpose.infers):
        return None
    parts_of = training_parts if purpose.trains else _inference_parts
    parts = parts_of(workload, shape, purpose, devices)
    return MemoryNeed(with_reserve(parts, devices, silicon), shape.basis)


@lru_cache(maxsize=256)
def least_memory(workload: Workload, *, task: Task | None = None) -> Quantity | None:
    """What the workload needs at the very least, GiB, however its missing keys turn out; `None` if nothing can be said.

    The low end is the weights alone, in 4 bits where no precision is declared; only that end means anything.
    """
    purpose = workload.task or task
    shape = shape_of(workload)
    if shape is None or purpose is None or not (purpose.trains or purpose.infers):
        return None
    if purpose.trains and workload.offload:
        return None
    narrowest = workload.precision or Precision.INT4
    if workload.adapter is Adapter.QLORA:
        narrowest = Precision.INT4
    elif purpose.trains and purpose is not Task.PEFT and workload.adapter is None:
        # Weights and gradients in 16 bits at least, with no optimiser state at all.
        trained = workload.trainable_parameters or shape.parameters
        return Quantity.exact(2 * (shape.parameters + trained) / GIB, "GiB", "least")
    return stored_weights(shape, narrowest)


@lru_cache(maxsize=256)
def missing_keys(workload: Workload, *, task: Task | None = None) -> tuple[str, ...]:
    """The metadata keys without which the memory cannot be known, in the order to declare them."""
    purpose = workload.task or task
    missing = [] if purpose else ["Task"]
    if shape_of(workload) is None:
        missing.append("Parameters")
    if purpose is None:
        return tuple(missing)
    if workload.precision is None and _needs_precision(workload, purpose):
        missing.append("Precision")
    if workload.context_tokens is None and (purpose.generates or purpose.trains):
        missing.append("ContextTokens")
    if workload.concurrency is None and purpose.generates:
        missing.append("Concurrency")
    return tuple(missing)


def _needs_precision(workload: Workload, task: Task) -> bool:
    """Full training takes 16 bytes a parameter in 16 and in 32 bits; QLoRA says 4 bits; all else depends on it."""
    if workload.adapter is Adapter.QLORA and task.trains:
        return False
    return task.infers or task is Task.PEFT or workload.adapter is not None


def _inference_parts(workload: Workload, shape: Shape, task: Task, devices: int) -> MemoryParts:
    precision = workload.precision
    if precision is None:
        raise AssertionError("missing_keys() demands a precision for inference")
    parts: MemoryParts = (("weights", stored_weights(shape, precision)),)
    if task.generates:
        parts += (("cache", cache_memory(workload, shape, devices)),)
    return (*parts, ("activations", inference_activations(workload, shape, devices)))
