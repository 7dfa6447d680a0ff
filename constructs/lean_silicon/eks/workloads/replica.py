"""How one replica of a model sits on Neuron devices: how many, at which tensor parallel degree, on which machines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from lean_silicon.catalog import InstanceType
from lean_silicon.eks.workloads.nodes import allocatable
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import FitVerdict, Silicon, Workload, fit, memory_parts
from lean_silicon.sizing.silicon import Capability, capability, replica_sizes

_BESIDE_WEIGHTS_GIB = 8
"""Host memory of the server beside the weights, which pass through it as they are loaded. Assumed: Python, the Neuron runtime and vLLM."""


class Replica(NamedTuple):
    """One replica.

    `devices` are Neuron devices, `degree` is vLLM's tensor parallel size in NeuronCores (logical ones on Trainium2), `requests` is how many
    requests it answers at once, `machines` are the types that hold it, `vcpus` and `memory_gib` what it asks of them.
    """

    devices: int
    degree: int
    requests: int
    context_tokens: int
    machines: tuple[InstanceType, ...]
    vcpus: int
    memory_gib: int


def plan_replica(workload: Workload, machines: Sequence[InstanceType], *, replicas: int, degree: int | None) -> Replica:
    """Plan a replica of a workload that `replicas` of them share.

    Parameters
    ----------
    workload
        With the context and the requests at once.
    machines
        The types that there may be, the preferred first.
    replicas
        How many share the requests.
    degree
        The tensor parallel degree. Default: the smallest that holds the model.

    Raises
    ------
    InvalidValueError
        If the declaration does not suffice, the machines are no Neuron machines, the degree does not divide their devices, or none of them
        has enough for a replica.
    """
    context, requests = _dimensions(workload, replicas)
    share = replace(workload, concurrency=requests)
    refused: list[str] = []
    for key in _keys(machines):
        alike = [kind for kind in machines if _key(kind) == key]
        found = _on(key, alike, share, degree, refused)
        if found is not None:
            devices, fitting = found
            vcpus, memory = _least_share(fitting, devices)
            # A degree below the cores of a device leaves cores idle, but it is what somebody asked for
            cores = degree or devices * _known(key).cores_per_device
            return Replica(devices, cores, requests, context, tuple(fitting), vcpus, memory)
    raise InvalidValueError(
        f"no machine of these nodes holds a replica: {'; '.join(refused)}. Use nodes with more memory, another tensor parallel degree, "
        "a narrower precision, or a smaller model"
    )


def _dimensions(workload: Workload, replicas: int) -> tuple[int, int]:
    """The context and the requests at once of one replica, which the compiler builds into the model."""
    missing = [name for name in ("context_tokens", "concurrency") if getattr(workload, name) is None]
    if missing:
        raise InvalidValueError(
            f"the workload does not declare {' and '.join(missing)}, which are compiled into the model; declare them, for instance "
            "context_tokens=8192, concurrency=8"
        )
    return int(workload.context_tokens or 0), math.ceil((workload.concurrency or 0) / replicas)


def _keys(machines: Sequence[InstanceType]) -> list[str]:
    others = [kind.name for kind in machines if kind.accelerators is None or not kind.accelerators.is_neuron]
    if others or not machines:
        raise InvalidValueError(
            f"the nodes are {', '.join(others) or 'none'}, which have no Neuron devices; use a pool or group of Inferentia2 or "
            "Trainium, or a deployment of your own"
        )
    return list(dict.fromkeys(_key(kind) for kind in machines))


def _on(
    key: str, machines: Sequence[InstanceType], share: Workload, degree: int | None, refused: list[str]
) -> tuple[int, list[InstanceType]] | None:
    """The number of devices, and the machines of one kind of silicon that can have replicas of it; why not goes to `refused`."""
    known = _known(key)
    largest = max(_count(kind) for kind in machines)
    for devices in _device_counts(known, largest, degree):
        trial = _with_devices(machines[0], devices)
        judged = fit(share, trial)
        if judged.verdict is FitVerdict.DOES_NOT_FIT or (judged.verdict is FitVerdict.UNKNOWN and degree is None):
            refused.append(f"{devices} × {key}: {judged.why}")
            continue
        dividing = [kind for kind in machines if _count(kind) % devices == 0]
        if not dividing:
            if degree is not None:
                raise InvalidValueError(_indivisible(degree, devices, machines, known))
            refused.append(
                f"{devices} × {key} do not divide the devices of {', '.join(kind.name for kind in machines)}"
            )
            continue
        enough = [kind for kind in dividing if _shortage(kind, devices, share) is None]
        if enough:
            return devices, enough
        refused += [f"{kind.name}: {_shortage(kind, devices, share)}" for kind in dividing]
    return None


def _device_counts(known: Capability, largest: int, degree: int | None) -> tuple[int, ...]:
    if degree is None:
        return replica_sizes(known.key, largest)
    if degree not in known.tensor_parallel:
        raise InvalidValueError(
            f"the tensor parallel degree is {degree}; on {known.key} it must be one of {', '.join(map(str, known.tensor_parallel))} "
            "(NeuronCores). Leave it out for the smallest that holds the model"
        )
    return (max(1, degree // known.cores_per_device),)


def _indivisible(degree: int, devices: int, machines: Sequence[InstanceType], known: Capability) -> str:
    have = ", ".join(f"{kind.name} has {_count(kind)}" for kind in machines)
    fine = sorted(
        {
            size
            for size in known.tensor_parallel
            for kind in machines
            if _count(kind) % max(1, size // known.cores_per_device) == 0 and size >= known.cores_per_device
        }
    )
    return (
        f"the tensor parallel degree is {degree}, which takes {devices} Neuron devices, and that does not divide the devices of any "
        f"machine: {have}, so some would always be idle. Use {' or '.join(map(str, fine))}, or other machines"
    )


def _shortage(kind: InstanceType, devices: int, share: Workload) -> str | None:
    """What a machine lacks for as many replicas as its devices are for."""
    _, memory = _least_share([kind], devices)
    weights = _weights_gib(share)
    if weights is None or memory >= weights + _BESIDE_WEIGHTS_GIB:
        return None
    return (
        f"its {kind.memory_gib:g} GiB of host memory leave {memory} GiB to a replica of {devices} devices, and loading takes "
        f"{weights + _BESIDE_WEIGHTS_GIB:.0f} GiB ({weights:.0f} GiB of weights)"
    )


def _least_share(machines: Sequence[InstanceType], devices: int) -> tuple[int, int]:
    """What every one of the machines has for a replica: vCPUs and GiB, in proportion to the devices."""
    shares = [(allocatable(kind), devices / _count(kind)) for kind in machines]
    return (
        min(max(1, math.floor(have.vcpus * part)) for have, part in shares),
        min(max(1, math.floor(have.memory_gib * part)) for have, part in shares),
    )


def _weights_gib(workload: Workload) -> float | None:
    need = memory_parts(workload, silicon=Silicon.NEURON)
    return None if need is None else dict(need.parts)["weights"].likely


def _with_devices(kind: InstanceType, devices: int) -> InstanceType:
    """The machine as if it had so many devices only."""
    accelerators = kind.accelerators
    return kind if accelerators is None else kind._replace(accelerators=replace(accelerators, count=devices))


def _known(key: str) -> Capability:
    found = capability(key)
    if found is None or found.transformers != "yes":
        raise InvalidValueError(f"vLLM does not run on {key}; use Inferentia2 or Trainium")
    return found


def _key(kind: InstanceType) -> str:
    return "" if kind.accelerators is None else kind.accelerators.accelerator.key


def _count(kind: InstanceType) -> int:
    return 0 if kind.accelerators is None else kind.accelerators.count
