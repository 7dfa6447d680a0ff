"""What others publish of sizes and speeds beside what `lean_silicon.sizing` predicts: the cases of tests/data/published_sizes.csv."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from lean_silicon.catalog import AcceleratorSet, InstanceType, load_catalog
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import FitVerdict, Silicon, Workload, fit, memory_parts, read_workload
from lean_silicon.sizing.inference_memory import stored_weights
from lean_silicon.sizing.machine import machine_of
from lean_silicon.sizing.memory import MemoryNeed
from lean_silicon.sizing.shape import shape_of
from lean_silicon.sizing.speed import speed
from lean_silicon.sizing.training_time import training_run

CASES = Path(__file__).resolve().parent.parent / "tests" / "data" / "published_sizes.csv"
_GIB = {"GiB": 1.0, "MiB": 2.0**-10, "GB": 1e9 / 2**30, "MB": 1e6 / 2**30}


class Outcome(str, Enum):
    """How a prediction compares with what is published."""

    WITHIN = "within the band"
    """The figure, give or take how it was rounded, lies within the band; or the verdict is the same."""
    UNDECIDED = "undecided"
    """The verdict is that it may or may not fit."""
    MISSED = "missed"


@dataclass(frozen=True)
class Case:
    """One published figure and the prediction for it.

    `published` and `predicted` are texts for a table; `outcome` is how they compare.
    """

    subject: str
    part: str
    published: str
    predicted: str
    outcome: Outcome
    source: str


def read_cases() -> Iterator[Case]:
    """Every case of the table, predicted now."""
    with CASES.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield _PREDICTIONS[row["part"]](row, _workload(row["workload"]))


def _workload(declared: str) -> Workload:
    reading = read_workload(json.loads(declared))
    if reading.workload is None or reading.problems:
        raise ValueError(f"{CASES.name} declares {declared}: {'; '.join(reading.problems)}")
    return reading.workload


def _number(row: dict[str, str], predicted: Quantity, in_unit: float) -> Case:
    """A case with a figure; `in_unit` converts the published unit to the predicted one."""
    value, give = float(row["published"]), float(row["plus_minus"])
    band = predicted.in_unit(row["unit"], 1 / in_unit)
    outcome = _within(band.low <= value + give and value - give <= band.high)
    return Case(row["subject"], row["part"], f"{value:,.10g} {row['unit']}", str(band), outcome, row["source"])


def _within(agrees: bool) -> Outcome:
    return Outcome.WITHIN if agrees else Outcome.MISSED


def _weights(row: dict[str, str], workload: Workload) -> Case:
    shape = shape_of(workload)
    if shape is None or workload.precision is None:
        raise ValueError(f"{row['subject']}: weights need a model and a precision")
    return _number(row, stored_weights(shape, workload.precision), _GIB[row["unit"]])


def _weights_fit(row: dict[str, str], workload: Workload) -> Case:
    shape = shape_of(workload)
    if shape is None or workload.precision is None:
        raise ValueError(f"{row['subject']}: weights need a model and a precision")
    limit, unit = row["where"].split()
    weights = stored_weights(shape, workload.precision).in_unit(unit, 1 / _GIB[unit])
    fits = row["published"] == "yes"
    outcome = _within(weights.high <= float(limit) if fits else weights.low > float(limit))
    published = f"{'under' if fits else 'over'} {row['where']}"
    return Case(row["subject"], row["part"], published, str(weights), outcome, row["source"])


def _need(row: dict[str, str], workload: Workload) -> tuple[MemoryNeed, int]:
    """The parts, over as many devices as the case says."""
    found = re.match(r"(\d+) × (gpu|neuron)", row["where"])
    devices, silicon = (int(found[1]), Silicon(found[2])) if found else (1, Silicon.GPU)
    if workload.context_tokens is None:
        # Published without a sequence length, because it counts no activations.
        workload = replace(workload, context_tokens=1)
    need = memory_parts(workload, devices=devices, silicon=silicon)
    if need is None:
        raise ValueError(f"{row['subject']}: the declaration does not suffice")
    return need, devices if row["where"].endswith("each") else 1


def _parts(chosen: Callable[[str], bool]) -> Callable[[dict[str, str], Workload], Case]:
    def predict(row: dict[str, str], workload: Workload) -> Case:
        need, shared_by = _need(row, workload)
        quantities = [quantity for name, quantity in need.parts if chosen(name)]
        total = quantities[0]
        for quantity in quantities[1:]:
            total = total + quantity
        return _number(row, total / shared_by, _GIB[row["unit"]])

    return predict


def _instance_type(where: str) -> InstanceType:
    """A type of the catalogue, or one made of so many devices: ``"8 × H100"``."""
    catalog = load_catalog()
    known = catalog.find(where)
    if known is not None:
        return known
    count, key = where.split(" × ")
    accelerator = catalog.accelerator(key)
    if accelerator is None:
        raise ValueError(f"{where!r} is neither a type nor a number of devices")
    devices = AcceleratorSet(accelerator, int(count), 1.0, accelerator.memory_gib)
    return InstanceType(where, where, where, "", specified=True, accelerators=devices)


def _fits(row: dict[str, str], workload: Workload) -> Case:
    judged = fit(workload, _instance_type(row["where"]))
    expected = FitVerdict.FITS if row["published"] == "yes" else FitVerdict.DOES_NOT_FIT
    undecided = judged.verdict is FitVerdict.UNKNOWN
    outcome = Outcome.UNDECIDED if undecided else _within(judged.verdict is expected)
    said = "may or may not fit" if undecided else judged.verdict.value.replace("-", " ")
    predicted = f"{said}: {judged.needed} of {judged.available_gib:,.1f}"
    published = expected.value.replace("-", " ")
    return Case(row["subject"], f"on {row['where']}", published, predicted, outcome, row["source"])


def _device_hours(row: dict[str, str], workload: Workload) -> Case:
    accelerators = _instance_type(row["where"]).accelerators
    run = training_run(workload, accelerators, devices=1) if accelerators else None
    if run is None:
        raise ValueError(f"{row['subject']}: the declaration does not suffice")
    case = _number(row, run.device_hours, 1.0)
    return replace(case, part=f"hours of {row['where'][4:]}")


def _time_per_token(row: dict[str, str], workload: Workload) -> Case:
    instance_type = _instance_type(row["where"])
    count = instance_type.accelerators.count if instance_type.accelerators else 1
    precision = workload.precision
    machine = machine_of(instance_type, devices=count, precision=precision) if precision else None
    reached = speed(workload, machine) if machine else None
    if reached is None or reached.seconds_per_token is None:
        raise ValueError(f"{row['subject']}: the declaration does not suffice")
    case = _number(row, reached.seconds_per_token, 0.001)
    return replace(case, part=f"per token on {row['where']}")


_STATES = {"weights", "gradients", "optimiser", "gathered"}
_PREDICTIONS: dict[str, Callable[[dict[str, str], Workload], Case]] = {
    "weights": _weights,
    "weights fit": _weights_fit,
    "cache": _parts(lambda name: name == "cache"),
    "in use": _parts(lambda name: name != "reserve"),
    "states": _parts(lambda name: name in _STATES),
    "fits": _fits,
    "device hours": _device_hours,
    "time per token": _time_per_token,
}
