"""Reports of ``neuron-monitor``, one JSON object a line (AWS Neuron documentation, "Neuron Monitor User Guide").

A report names only the cores that a program has taken, so the mean is over the cores of the hardware: idle ones count with zero. It says
nothing of power. The driver tells a share of a maximum that AWS does not publish, so no watts are made of that either.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .samples import Sample, number, percent, total

# The largest machines have 128 cores
_MOST_CORES = 4096


class NeuronMonitor:
    """Turns lines into samples. Lines that are no report are counted in `refused`."""

    kind = "neuron"

    def __init__(self) -> None:
        self.refused = 0

    def command(self, program: str, configuration: str) -> list[str]:
        """How the tool is started, with a file that `configured` wrote."""
        return [program, "-c", configuration]

    def read(self, line: str, now: float) -> Iterator[Sample]:
        """The sample of a line, if it is a report."""
        try:
            report = json.loads(line)
        except (ValueError, RecursionError):
            report = None
        if not isinstance(report, dict) or not ("neuron_hardware_info" in report or "neuron_runtime_data" in report):
            self.refused += bool(line.strip())
            return
        yield _sample(report, now)


def configured(seconds: float) -> str:
    """The tool's configuration: the two groups of metrics that are used, and how often."""
    metrics = [{"type": "neuroncore_counters"}, {"type": "memory_used"}]
    return json.dumps(
        {"period": f"{seconds:g}s", "neuron_runtimes": [{"tag_filter": ".*", "metrics": metrics}], "system_metrics": []}
    )


def _sample(report: dict[str, Any], now: float) -> Sample:
    hardware = _part(report, "neuron_hardware_info")
    devices = int(number(hardware.get("neuron_device_count")) or 0)
    logical = max(int(number(hardware.get("logical_neuroncore_config")) or 1), 1)
    cores = devices * int(number(hardware.get("neuroncore_per_device_count")) or 0) // logical
    if not 0 < cores <= _MOST_CORES:
        return Sample(now, "neuron", 0, None, None, None)
    programs = _programs(report)
    if programs is None:
        return Sample(now, "neuron", devices, None, None, None)
    busy = total([_busy(program) for program in programs]) if programs else 0.0
    utilization = None if busy is None else min(busy / cores, 100.0)
    used = total([_memory(program) for program in programs]) if programs else 0.0
    return Sample(now, "neuron", devices, utilization, used, None)


def _programs(report: dict[str, Any]) -> list[dict[str, Any]] | None:
    """What the report says of each program on the accelerators; `None` where it does not say. Null is how it says none."""
    runtimes = report.get("neuron_runtime_data", "absent")
    if runtimes is None:
        return []
    return [_part(each, "report") for each in runtimes] if isinstance(runtimes, list) else None


def _busy(program: dict[str, Any]) -> float | None:
    """The sum of the cores' utilisation, percent."""
    counters = _part(program, "neuroncore_counters")
    cores = counters.get("neuroncores_in_use")
    if counters.get("error") or not isinstance(cores, dict):
        return None
    shares = [
        percent(core.get("neuroncore_utilization")) if isinstance(core, dict) else None for core in cores.values()
    ]
    return total(shares) if shares else 0.0


def _memory(program: dict[str, Any]) -> float | None:
    """Device memory that a program holds, bytes."""
    memory = _part(program, "memory_used")
    return None if memory.get("error") else number(_part(memory, "neuron_runtime_used_bytes").get("neuron_device"))


def _part(mapping: Any, name: str) -> dict[str, Any]:
    found = mapping.get(name) if isinstance(mapping, dict) else None
    return found if isinstance(found, dict) else {}
