"""How much a training run computes, and how many accelerators it keeps busy for how long."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.catalog import AcceleratorSet
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.quantity import Quantity
from lean_silicon.sizing.shape import shape_of
from lean_silicon.sizing.silicon import capability
from lean_silicon.sizing.vocabulary import Task
from lean_silicon.sizing.workload import Workload

# Operations per active weight and token: 2 forward, 2 for the gradients of activations, 2 for those of weights (Kaplan et al.,
# arXiv:2001.08361). An adapter leaves the weights' gradients out. MFU counts the model's operations only, so that recomputing
# activations does not enter here; it lowers the utilisation reached, which the bands of silicon.csv include.
_FULL = 6.0
_FROZEN = 4.0


class TrainingRun(NamedTuple):
    """What a training run takes.

    Parameters
    ----------
    operations
        Floating-point operations of the model, in exaFLOP (10^18).
    device_hours
        Accelerators times hours.
    hours
        With the number of accelerators asked for.
    """

    operations: Quantity
    device_hours: Quantity
    hours: Quantity


def training_operations(workload: Workload, *, task: Task | None = None) -> Quantity | None:
    """Operations of the whole run, exaFLOP: ``6 × active weights × tokens``, or 4 where the weights are frozen and an adapter is trained.

    `None` where the task does not train, or parameters or training tokens are not declared. The high end adds the attention's
    ``6 × layers × hidden size × sequence`` per token, which is small until sequences are long.
    """
    purpose, shape = workload.task or task, shape_of(workload)
    if purpose is None or not purpose.trains or shape is None or workload.training_tokens is None:
        return None
    frozen = purpose is Task.PEFT or workload.adapter is not None
    per_weight = _FROZEN if frozen else _FULL
    weights = per_weight * shape.active_parameters
    if frozen:
        weights += 2.0 * (workload.trainable_parameters or 0)
    sequence = workload.context_tokens or 0
    attention = per_weight * shape.layers.high * shape.hidden_size.high * sequence
    likely = per_weight * shape.layers.likely * shape.hidden_size.likely * sequence
    exa = workload.training_tokens / 1e18
    source = "6ND, arXiv:2001.08361"
    return Quantity(weights * exa, (weights + likely) * exa, (weights + attention) * exa, "EFLOP", (source,))


def training_run(
    workload: Workload, accelerators: AcceleratorSet, *, devices: int, task: Task | None = None
) -> TrainingRun | None:
    """How long `devices` accelerators need; `None` where the declaration does not suffice or the silicon does not train.

    Raises
    ------
    InvalidValueError
        If `devices` is not positive.
    """
    if devices < 1:
        raise InvalidValueError(f"devices is {devices}; it must be a positive whole number")
    operations = training_operations(workload, task=task)
    known = capability(accelerators.accelerator.key)
    peak = accelerators.accelerator.bf16_tflops
    if operations is None or known is None or known.mfu is None or peak is None:
        return None
    # exaFLOP per hour and device: TFLOPS × 3,600 s / 10^6.
    reached = [peak * accelerators.fraction * share * 3600 / 1e6 for share in known.mfu]
    rate = Quantity(reached[0], reached[1], reached[2], "EFLOP/h", (f"silicon.csv: {known.key}",))
    device_hours = operations.per(rate, "device hours")
    return TrainingRun(operations, device_hours, (device_hours / devices).in_unit("h", 1))
