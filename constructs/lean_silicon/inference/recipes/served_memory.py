"""The memory of one copy of a model where it will be served, before and after it is made smaller."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lean_silicon.catalog import InstanceType
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import FitVerdict, Task, Workload, fit, memory_needed
from lean_silicon.sizing.silicon import silicon_of


@dataclass(frozen=True)
class ServedMemory:
    """GiB over the target's devices that one copy uses; `None` where the declaration does not suffice."""

    before: Quantity | None
    after: Quantity | None


def served_memory(before: Workload, most: Workload, least: Workload, target: ServingHardware) -> ServedMemory:
    """Compare them; what is left has at most as many weights as `most` says, and at least as many as `least` does.

    Raises
    ------
    InvalidValueError
        If even the smaller model does not fit the target.
    """
    machine = target.machine
    if machine is None:
        return ServedMemory(None, None)
    judged = fit(most, machine)
    if judged.verdict is FitVerdict.DOES_NOT_FIT:
        raise InvalidValueError(
            f"even made smaller, the model does not fit {target.instance_type}: {judged.why}. Choose a larger target, or take more away"
        )
    devices = max(1, judged.devices)
    whole, part = _needed(most, machine, devices), _needed(least, machine, devices)
    after = None if whole is None or part is None else replace(whole, low=min(part.low, whole.low))
    return ServedMemory(_needed(before, machine, devices), after)


def require_served(workload: Workload, what: str) -> Workload:
    """The workload with its task, or an error where it is not one that answers."""
    if workload.task is not None and not workload.task.infers:
        raise InvalidValueError(
            f"the task of {what} is {workload.task}; declare what the model will serve, for instance Task.INFERENCE: the recipe adds "
            "what the training job is"
        )
    return replace(workload, task=workload.task or Task.INFERENCE)


def _needed(workload: Workload, machine: InstanceType, devices: int) -> Quantity | None:
    return memory_needed(workload, devices=devices, silicon=silicon_of(machine.accelerators))
