"""On which machine a model fits, on how many of its devices, and how many copies the declared load needs."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from aws_cdk import Token

from lean_silicon.catalog import Component, InstanceType
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint.advice import Option, advise
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.sizing import (
    Fit,
    FitVerdict,
    Precision,
    Requirement,
    Speed,
    Workload,
    fit,
    machine_of,
    missing_keys,
    speed,
)
from lean_silicon.sizing.silicon import capability

# How many machines may share the requests before a larger one is the better answer, as in the engine's own advice.
_COUNTS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Placement:
    """How copies of a model lie on machines.

    Parameters
    ----------
    hardware
        The type.
    fit
        Why its memory suffices, or that this is not known.
    devices_per_copy
        Accelerators of one copy; 0 on processors, and where the type is not known.
    cores_per_device
        Neuron cores of each; 1 for others.
    copies_per_instance
        How many copies one machine holds.
    needed_copies
        How many the declared load needs.
    requests_per_copy
        The share of the declared requests in flight that falls to one copy; `None` where none are declared.
    speed
        What one copy does with them; `None` where too little is declared.
    """

    hardware: ServingHardware
    fit: Fit
    devices_per_copy: int
    cores_per_device: int
    copies_per_instance: int
    needed_copies: int
    requests_per_copy: int | None
    speed: Speed | None

    def on_whole_machines(self, workload: Workload) -> Placement:
        """One copy on all devices of a machine: without inference components a machine runs one container."""
        machine = self.hardware.machine
        if machine is None or self.copies_per_instance == 1 or machine.accelerators is None:
            return self
        instances = self.instances_for(self.needed_copies)
        share = None if workload.concurrency is None else math.ceil(workload.concurrency / instances)
        devices = machine.accelerators.count
        reached = _speed(workload, machine, devices, share)
        return replace(
            self,
            devices_per_copy=devices,
            copies_per_instance=1,
            needed_copies=instances,
            requests_per_copy=share,
            speed=reached,
        )

    def instances_for(self, copies: int) -> int:
        """The machines that hold so many copies."""
        return math.ceil(copies / self.copies_per_instance)


def placed(workload: Workload, hardware: ServingHardware | None, region: str) -> Placement:
    """Where the model goes: on the given hardware, else on the leanest that is offered in the region.

    Raises
    ------
    InvalidValueError
        If the given hardware does not hold it or is not offered there, or nothing lean is known to hold it.
    """
    if hardware is None:
        option = _leanest(workload, region)
        chosen = ServingHardware(option.instance_type.name)
        return _on(workload, chosen, option.instance_type, option.instances)
    hardware.require_offered(region)
    machine = hardware.machine
    if machine is None:
        return Placement(hardware, fit(None, _nothing_known(hardware)), 0, 1, 1, 1, workload.concurrency, None)
    _require_cuda_where_needed(workload, hardware)
    instances = _fewest_instances(workload, machine)
    verdict = fit(workload, machine, instances=instances)
    if verdict.verdict is FitVerdict.DOES_NOT_FIT:
        raise InvalidValueError(
            f"the model does not fit {machine.name}: {verdict.why}. {_what_would(workload, region)}"
        )
    return _on(workload, hardware, machine, instances)


def _on(workload: Workload, hardware: ServingHardware, machine: InstanceType, instances: int) -> Placement:
    verdict = fit(workload, machine, instances=instances)
    accelerators = machine.accelerators
    if accelerators is None:
        devices, cores, each = 0, 1, 1
    else:
        known = capability(accelerators.accelerator.key)
        cores = known.cores_per_device if known is not None else 1
        devices = verdict.devices if verdict.verdict is FitVerdict.FITS else accelerators.count
        each = max(1, accelerators.count // devices)
    copies = instances * each
    share = None if workload.concurrency is None else math.ceil(workload.concurrency / copies)
    reached = _speed(workload, machine, max(1, devices), share)
    return Placement(hardware, verdict, devices, cores, each, copies, share, reached)


def _fewest_instances(workload: Workload, machine: InstanceType) -> int:
    """The fewest machines whose copies hold the requests in flight; one where that cannot be known."""
    for instances in _COUNTS:
        if fit(workload, machine, instances=instances).verdict is FitVerdict.FITS:
            return instances
    return 1


def _speed(workload: Workload, machine: InstanceType, devices: int, share: int | None) -> Speed | None:
    """What one copy does with its share of the requests."""
    if missing_keys(workload) or workload.precision is None:
        return None
    stored = workload.precision
    known = capability(machine.accelerators.accelerator.key) if machine.accelerators else None
    if known is not None:
        stored = known.stored(stored)
    unit = machine_of(machine, devices=devices, precision=stored or Precision.BF16)
    if unit is None:
        return None
    return speed(replace(workload, precision=stored, concurrency=share), unit)


def _leanest(workload: Workload, region: str) -> Option:
    """The leanest type that is no GPU and that SageMaker endpoints offer in the region."""
    if Token.is_unresolved(region):
        raise InvalidValueError(
            "the region of the stack is not known at synth, so no hardware can be chosen that is offered there; give the stack its "
            "region (env=Environment(region=...)), or name the hardware: ServingHardware.neuron(...) or .graviton(...)"
        )
    _require_size(workload)
    found = advise(workload, region, components=(Component.SAGEMAKER_HOSTING,), quantise=False)
    lean = [each for each in found.options if not _is_gpu(each.instance_type)]
    if lean:
        return min(lean, key=lambda option: option.money)
    raise InvalidValueError(_nothing_lean(workload, region, found.options))


def _require_size(workload: Workload) -> None:
    """As the engine would, in the words of the one who writes Python."""
    missing = [re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower() for key in missing_keys(workload)]
    if missing:
        raise InvalidValueError(
            f"the workload does not say {', '.join(missing)}, and without them no hardware can be chosen; declare them: "
            f"Workload(..., {', '.join(f'{name}=...' for name in missing)}), or name the hardware"
        )


def _nothing_lean(workload: Workload, region: str, options: tuple[Option, ...]) -> str:
    needed = advise(workload, region, components=(Component.SAGEMAKER_HOSTING,)).needed
    size = f" (it needs {needed} on one device)" if needed is not None else ""
    ways = ["declare a narrower precision, a shorter context or fewer requests at once, if that is what runs"]
    if options:
        name = options[0].instance_type.name
        ways.append(f'say why only GPUs serve: ServingHardware.gpu({name!r}, reason="...")')
    else:
        ways.append("choose another region, or a smaller model")
    if workload.needs(Requirement.CUDA):
        return f"the workload requires cuda, which neither Inferentia2 nor Graviton has; {ways[-1]}, or drop the requirement"
    return (
        f"no Inferentia2, Trainium or Graviton type that SageMaker endpoints offer in {region} is known to hold the model and answer in "
        f"time{size}; {', or '.join(ways)}"
    )


def _what_would(workload: Workload, region: str) -> str:
    """Which type would hold it, for an error."""
    try:
        enough = _leanest(workload, region)
    except InvalidValueError as error:
        text = str(error)
        return f"{text[0].upper()}{text[1:]}"
    return f"Use {enough.instance_type.name} ({enough.fit.why}), or leave the hardware out"


def _require_cuda_where_needed(workload: Workload, hardware: ServingHardware) -> None:
    if workload.needs(Requirement.CUDA) and not hardware.is_gpu:
        raise InvalidValueError(
            f"the workload requires cuda, which {hardware.instance_type} does not have; use "
            "ServingHardware.gpu(instance_type, reason=...), or drop the requirement"
        )


def _is_gpu(machine: InstanceType) -> bool:
    return machine.accelerators is not None and machine.accelerators.is_gpu


def _nothing_known(hardware: ServingHardware) -> InstanceType:
    return InstanceType(name=hardware.instance_type, base_name="", family="", size="")
