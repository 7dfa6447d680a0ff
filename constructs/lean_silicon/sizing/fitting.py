"""Whether a workload's memory fits an instance type."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from lean_silicon.catalog import InstanceType
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.quantity import Quantity
from lean_silicon.sizing.memory import least_memory, memory_parts, missing_keys
from lean_silicon.sizing.places import Devices, Place, places_of
from lean_silicon.sizing.shape import billions, shape_of
from lean_silicon.sizing.silicon import capability, silicon_of, usable_share
from lean_silicon.sizing.vocabulary import Precision, Silicon, Task
from lean_silicon.sizing.workload import Workload


class FitVerdict(str, Enum):
    """Whether the memory suffices."""

    FITS = "fits"
    DOES_NOT_FIT = "does-not-fit"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


class Fit(NamedTuple):
    """A verdict on memory, with its numbers.

    Parameters
    ----------
    verdict
        ``DOES_NOT_FIT`` only where even the low end of the band exceeds the memory, ``FITS`` only where the high end is within it.
    needed
        GiB, for what `available_gib` counts; `None` where the declaration does not suffice.
    available_gib
        Memory that software gets of the devices that one replica uses (of all of them for training), or the host's where there are none.
    why
        One sentence for a report, with the numbers.
    devices
        How many devices (hosts, where there are none) one replica uses.
    """

    verdict: FitVerdict
    needed: Quantity | None
    available_gib: float | None
    why: str
    devices: int = 1


def fit(workload: Workload | None, instance_type: InstanceType, *, instances: int = 1, task: Task | None = None) -> Fit:
    """Judge whether the memory of `instances` machines of a type holds the workload.

    Parameters
    ----------
    workload
        What is declared; `None` where nothing is.
    instance_type
        The machine.
    instances
        For training they share one model, for inference each answers its share of the requests.
    task
        What the resource is for, where the workload names no task.

    Raises
    ------
    InvalidValueError
        If `instances` is not positive.
    """
    if instances < 1:
        raise InvalidValueError(f"instances is {instances}; it must be a positive whole number")
    if workload is None:
        return _unknown("no workload is declared")
    purpose = workload.task or task
    if purpose is not None and not (purpose.trains or purpose.infers):
        return _unknown(f"a task of {purpose} has no model to size")
    accelerators = instance_type.accelerators
    if accelerators is None:
        if instance_type.memory_gib is None or not instance_type.specified:
            return _unknown(f"the memory of {instance_type.name} is unknown")
        return _fit_hosts(workload, instance_type.memory_gib, instances, purpose)
    if accelerators.memory_gib_each is None:
        return _unknown(f"the accelerator memory of {instance_type.name} is unknown")
    devices = Devices(
        accelerators.accelerator.key,
        silicon_of(accelerators),
        accelerators.count,
        accelerators.memory_gib_each * usable_share(accelerators.accelerator.key),
        accelerators.fraction,
    )
    return _fit_devices(workload, devices, instances, purpose)


@lru_cache(maxsize=4096)
def _fit_hosts(workload: Workload, memory_gib: float, instances: int, task: Task | None) -> Fit:
    """Without accelerators the memory of the machines counts."""
    hosts = instances if task is not None and task.trains else 1
    label = "the host" if hosts == 1 else f"{hosts} hosts together"
    place = Place(hosts, hosts * memory_gib, instances // hosts, label)
    if missing_keys(workload, task=task):
        return _fit_of_least(workload, place, task)
    return _best_fit(workload, (place,), Silicon.CPU, task)


@lru_cache(maxsize=4096)
def _fit_devices(workload: Workload, devices: Devices, instances: int, task: Task | None) -> Fit:
    places = places_of(workload, devices, instances, task)
    stored = _as_stored(workload, devices.key)
    if missing_keys(stored, task=task):
        return _fit_of_least(stored, places[-1], task)
    return _best_fit(stored, places, devices.silicon, task)


def _as_stored(workload: Workload, key: str) -> Workload:
    """The workload with its weights in a format that the accelerator can hold."""
    known = capability(key)
    if workload.precision is None or known is None:
        return workload
    stored = known.stored(workload.precision)
    return workload if stored is workload.precision else replace(workload, precision=stored)


def _best_fit(workload: Workload, places: tuple[Place, ...], silicon: Silicon, task: Task | None) -> Fit:
    """The smallest place where it fits; else what the largest says."""
    for place in places:
        needed, sentence = _need(workload, place.devices, place.replicas, silicon, task)
        if needed.high <= place.memory_gib and place.splits:
            return _verdict(FitVerdict.FITS, needed, place, sentence, "fits")
    if needed.low > place.memory_gib:
        return _verdict(FitVerdict.DOES_NOT_FIT, needed, place, sentence, "does not fit")
    if needed.high <= place.memory_gib:
        return _verdict(
            FitVerdict.UNKNOWN, needed, place, sentence, "fits if the software can split the model that way"
        )
    return _verdict(FitVerdict.UNKNOWN, needed, place, sentence, "may or may not fit")


def _verdict(verdict: FitVerdict, needed: Quantity, place: Place, sentence: str, words: str) -> Fit:
    why = f"{sentence}; {place.label} {place.has} {place.memory_gib:,.1f} GiB, so it {words}"
    return Fit(verdict, needed, place.memory_gib, why, place.devices)


@lru_cache(maxsize=4096)
def _need(workload: Workload, devices: int, replicas: int, silicon: Silicon, task: Task | None) -> tuple[Quantity, str]:
    """What one of `replicas` replicas needs, and a sentence that says it."""
    need = memory_parts(_share(workload, replicas, task), devices=devices, silicon=silicon, task=task)
    if need is None:
        raise AssertionError("missing_keys() was empty, so the memory is known")
    total = need.total
    each = f" for each of {replicas} replicas" if replicas > 1 else ""
    basis = f" ({need.basis})" if workload.model is None and "grouped-query" in need.basis else ""
    sentence = f"{_subject(workload)} needs {total.likely:,.1f} GiB ({total.low:,.1f}–{total.high:,.1f}){each}{basis}"
    return total, sentence


def _share(workload: Workload, replicas: int, task: Task | None) -> Workload:
    """The workload with the requests that fall to one of several replicas."""
    purpose = workload.task or task
    if replicas == 1 or workload.concurrency is None or purpose is None or purpose.trains:
        return workload
    return replace(workload, concurrency=-(-workload.concurrency // replicas))


def _fit_of_least(workload: Workload, place: Place, task: Task | None) -> Fit:
    """What can be said where keys are missing: that not even the least fits, or nothing."""
    missing = ", ".join(missing_keys(workload, task=task))
    least = least_memory(workload, task=task)
    if least is not None and least.low > place.memory_gib:
        least_text = f"at least {least.low:,.1f} GiB"
        why = f"{_subject(workload)} needs {least_text}; {place.label} {place.has} {place.memory_gib:,.1f} GiB, so it does not fit"
        return Fit(FitVerdict.DOES_NOT_FIT, None, place.memory_gib, why, place.devices)
    why = (
        f"how much memory is needed is unknown without {missing}; {place.label} {place.has} {place.memory_gib:,.1f} GiB"
    )
    return Fit(FitVerdict.UNKNOWN, None, place.memory_gib, why, place.devices)


def _subject(workload: Workload) -> str:
    """The workload in a few words: ``8B parameters in bf16``."""
    shape = shape_of(workload)
    size = f"{billions(shape.parameters)} parameters" if shape else "a model"
    name = f"{workload.model}, {size}" if workload.model else size
    precision: Precision | None = workload.precision
    return f"{name} in {precision}" if precision else name


def _unknown(why: str) -> Fit:
    return Fit(FitVerdict.UNKNOWN, None, None, why)
