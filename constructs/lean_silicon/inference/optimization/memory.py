"""What an optimization changes in memory, by the same sizing as the rules use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.optimization.target import OptimizationTarget
from lean_silicon.inference.optimization.techniques import Compilation, Quantization, Technique
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Fit, FitVerdict, Workload, fit, memory_needed
from lean_silicon.sizing.silicon import capability, silicon_of


@dataclass(frozen=True)
class OptimizedMemory:
    """A workload before and after, on the target.

    Parameters
    ----------
    before, after
        What is declared, and the same in the precision that the weights have afterwards.
    memory_before, memory_after
        GiB over the target's accelerators that one copy of the model uses; `None` where the declaration does not suffice.
    fit_after
        Whether it fits the target.
    """

    before: Workload
    after: Workload
    memory_before: Quantity | None
    memory_after: Quantity | None
    fit_after: Fit | None


def optimized_memory(
    workload: Workload, techniques: Sequence[Technique], target: OptimizationTarget
) -> OptimizedMemory:
    """Compare memory before and after.

    Raises
    ------
    InvalidValueError
        If the weights are as narrow already, or the model does not fit the target even afterwards.
    """
    after = _quantised(workload, techniques)
    machine = target.machine
    judged = None if machine is None else fit(after, machine)
    if judged is not None and judged.verdict is FitVerdict.DOES_NOT_FIT:
        raise InvalidValueError(
            f"even optimized, the model does not fit {target.instance_type}: {judged.why}. Choose a larger target, or a smaller model"
        )
    devices = judged.devices if judged is not None else 1
    return OptimizedMemory(workload, after, _memory(workload, target, devices), _memory(after, target, devices), judged)


def compilation_settings(technique: Compilation, memory: OptimizedMemory, target: OptimizationTarget) -> dict[str, str]:
    """The settings of the compiled model that follow from the workload, as the containers name them.

    Neuron's graphs have a fixed length and a fixed batch: what is not declared is not compiled for.

    Raises
    ------
    InvalidValueError
        If the graphs cannot be sized.
    """
    workload = memory.after
    known = capability(target.accelerator)
    devices = memory.fit_after.devices if memory.fit_after else 1
    cores = technique.tensor_parallel or devices * (known.cores_per_device if known else 1)
    settings = {"OPTION_TENSOR_PARALLEL_DEGREE": str(cores)}
    if not target.is_neuron:
        return settings
    if workload.context_tokens is None or workload.concurrency is None:
        raise InvalidValueError(
            "compiling for Neuron fixes the length and the batch of the graphs; declare context_tokens and concurrency in the workload"
        )
    return {
        **settings,
        "OPTION_N_POSITIONS": str(workload.context_tokens),
        "OPTION_ROLLING_BATCH": "auto",
        "OPTION_MAX_ROLLING_BATCH_SIZE": str(workload.concurrency),
        "OPTION_DTYPE": str(workload.precision or "bf16"),
    }


def _quantised(workload: Workload, techniques: Sequence[Technique]) -> Workload:
    method = next((each.method for each in techniques if isinstance(each, Quantization)), None)
    if method is None:
        return workload
    declared = workload.precision
    if declared is not None and declared.bytes_per_parameter <= method.precision.bytes_per_parameter:
        raise InvalidValueError(
            f"{method} would store the weights in {method.precision}, but the workload declares {declared} already; declare the precision "
            "before the job, or leave Quantization out"
        )
    return replace(workload, precision=method.precision)


def _memory(workload: Workload, target: OptimizationTarget, devices: int) -> Quantity | None:
    machine = target.machine
    if machine is None:
        return None
    return memory_needed(workload, devices=devices, silicon=silicon_of(machine.accelerators))
