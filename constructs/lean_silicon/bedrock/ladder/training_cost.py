"""What the training of a rung takes: on the hardware that was chosen for it, else on the leanest Trainium."""

from __future__ import annotations

from functools import lru_cache

from aws_cdk import Token

from lean_silicon.catalog import Component
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Consumption, hourly_footprint, per_training_run
from lean_silicon.footprint.advice import Option, advise
from lean_silicon.sizing import Workload, missing_keys, training_run
from lean_silicon.training import TrainingHardware

_BUSY = 1.0
"""A training run keeps its accelerators busy, as the engine's own advice takes it."""


def training_cost(
    workload: Workload, region: str, hardware: TrainingHardware | None
) -> tuple[Consumption, tuple[str, ...]]:
    """What the run takes, on demand, and what that rests on.

    Parameters
    ----------
    workload
        What is trained, with its tokens.
    region
        Where.
    hardware
        What was chosen; `None` leaves it to the engine.
    """
    if workload.training_tokens is None:
        return Consumption(), ("what training takes is unknown: training_tokens is not declared",)
    if hardware is not None:
        return _on(hardware, workload, region)
    missing = missing_keys(workload)
    if missing:
        return Consumption(), (f"what training takes is unknown: {', '.join(missing)} is not declared",)
    option = _leanest_trainium(workload, region)
    if option is None:
        return Consumption(), (f"no Trainium type that SageMaker trains on in {region} holds the run",)
    hours = f" for {option.run.hours}" if option.run is not None else ""
    return option.spent, (f"trained on {option.label}{hours}, on demand",)


def _on(hardware: TrainingHardware, workload: Workload, region: str) -> tuple[Consumption, tuple[str, ...]]:
    machine, count = hardware.machine, hardware.count
    if machine is None or machine.accelerators is None or Token.is_unresolved(count):
        return Consumption(), ("what training takes is unknown: the instances are not known at synth",)
    devices = machine.accelerators.count
    run = training_run(workload, machine.accelerators, devices=count * devices)
    if run is None:
        return Consumption(), (f"how long {hardware.instance_type} trains is unknown: parameters are not declared",)
    single = hourly_footprint(hardware.instance_type, Component.SAGEMAKER_TRAINING, region, utilisation=_BUSY)
    spent = per_training_run(single, run.device_hours, devices)
    return spent, (f"trained on {count} × {hardware.instance_type} for {run.hours}, on demand",)


@lru_cache(maxsize=64)
def _leanest_trainium(workload: Workload, region: str) -> Option | None:
    """The leanest of the Trainium types, which this library's training jobs run on."""
    try:
        found = advise(workload, region, components=(Component.SAGEMAKER_TRAINING,))
    except InvalidValueError:
        return None
    return next((each for each in found.options if "Trainium" in each.silicon), None)
