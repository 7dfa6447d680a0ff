"""Whether teacher and student fit together on the device that one process of a distillation has."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Precision, Silicon, Task, Workload, find_model, memory_parts
from lean_silicon.sizing.silicon import capability, silicon_of, usable_share
from lean_silicon.training import TrainingHardware

_LOGIT_BYTES = (8, 16, 24)
"""Bytes of each entry of the vocabulary that comparing the two distributions takes: two to six copies in 32 bits."""


@dataclass(frozen=True)
class ProcessMemory:
    """What one process needs, GiB, and what its device has; `None` where that is not known."""

    needed: Quantity | None
    available: float | None

    def require(self, hardware: TrainingHardware) -> None:
        """Raise InvalidValueError if it cannot fit, however favourably it turns out."""
        if self.needed is None or self.available is None or self.needed.low <= self.available:
            return
        raise InvalidValueError(
            f"teacher and student need {self.needed} together on the device of each process, and one of {hardware.instance_type} has "
            f"{self.available:.1f} GiB: every process holds both models. Take a smaller teacher or student, or fewer sequence_tokens; for "
            "large teachers, fine-tune the student on answers that the teacher wrote (BatchTransform), which needs no teacher at hand"
        )


def process_memory(teacher: Workload, training: Workload, hardware: TrainingHardware) -> ProcessMemory:
    """Teacher (weights and one pass) and student (weights, gradients, optimiser, activations) of one sequence at a time."""
    machine = hardware.machine
    accelerators = None if machine is None else machine.accelerators
    if accelerators is None or accelerators.memory_gib_each is None:
        return ProcessMemory(None, None)
    known = capability(accelerators.accelerator.key)
    silicon = silicon_of(accelerators)
    share = accelerators.memory_gib_each * usable_share(accelerators.accelerator.key)
    available = share / (known.cores_per_device if known is not None and silicon is Silicon.NEURON else 1)
    reading = replace(teacher, task=Task.EMBEDDING, precision=Precision.BF16, context_tokens=training.context_tokens)
    held = memory_parts(replace(reading, concurrency=1), devices=1, silicon=silicon)
    learning = memory_parts(replace(training, concurrency=1), devices=1, silicon=silicon)
    vocabulary = _vocabulary(teacher)
    if held is None or learning is None or vocabulary is None:
        return ProcessMemory(None, available)
    needed = learning.total + _compared(vocabulary, training.context_tokens or 0)
    for name, part in held.parts:
        if name != "reserve":
            needed = needed + part
    return ProcessMemory(needed, available)


def processes_of(hardware: TrainingHardware) -> int | None:
    """How many processes an instance has: one for each core; `None` where the type is not known."""
    accelerators = None if hardware.machine is None else hardware.machine.accelerators
    if accelerators is None:
        return None
    known = capability(accelerators.accelerator.key)
    return accelerators.count * (known.cores_per_device if known is not None and not hardware.is_gpu else 1)


def _vocabulary(workload: Workload) -> int | None:
    model = find_model(workload.model) if workload.model else None
    return workload.vocabulary or (model.vocabulary if model is not None else None)


def _compared(vocabulary: int, tokens: int) -> Quantity:
    low, likely, high = (vocabulary * tokens * each / 2**30 for each in _LOGIT_BYTES)
    return Quantity(low, likely, high, "GiB", ("two distributions over the vocabulary",))
