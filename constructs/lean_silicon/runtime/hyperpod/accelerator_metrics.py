"""Samples how busy a node's accelerators are, keeps the samples for job records, and publishes them to CloudWatch.

Neuron devices are read from ``neuron-monitor`` (AWS Neuron documentation, "Neuron Monitor User Guide"), GPUs from
``nvidia-smi``. A device that is
idle counts with zero, so that the mean says what part of the hardware that is paid for was used. AWS publishes no power of
Trainium, so none is
invented here.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

SHARE = Path(__file__).resolve().parent
# Installed in opt/lean_silicon, which on a node is at the root
SAMPLES = SHARE.parent.parent / "var/log/lean_silicon/samples.jsonl"
_NVIDIA_FIELDS = "utilization.gpu,memory.used,power.draw"
_MIB = 1024 * 1024
_COMMAND_SECONDS = 30

if TYPE_CHECKING:
    Sample = dict[str, Any]
    """The keys time, kind, devices, utilization, memory_used_bytes, power_watts."""


def neuron_sample(report: dict[str, Any], now: float) -> Sample:
    """One sample from one report of neuron-monitor: the mean over all cores of the node, of which it names only those in use."""
    hardware = report.get("neuron_hardware_info") or {}
    devices = int(hardware.get("neuron_device_count") or 0)
    logical = int(hardware.get("logical_neuroncore_config") or 1)
    cores = devices * int(hardware.get("neuroncore_per_device_count") or 0) // logical
    busy, memory = 0.0, 0
    for runtime in report.get("neuron_runtime_data") or []:
        parts = runtime.get("report") or {}
        in_use = (parts.get("neuroncore_counters") or {}).get("neuroncores_in_use") or {}
        busy += sum(float(core.get("neuroncore_utilization") or 0) for core in in_use.values())
        used = (parts.get("memory_used") or {}).get("neuron_runtime_used_bytes") or {}
        memory += int(used.get("neuron_device") or 0)
    return {
        "time": now,
        "kind": "neuron",
        "devices": devices,
        "utilization": min(busy / cores, 100.0) if cores else None,
        "memory_used_bytes": memory,
        "power_watts": None,
    }


def nvidia_sample(text: str, now: float) -> Sample:
    """One sample from the comma-separated lines of nvidia-smi, one for each GPU; what a GPU does not report is unknown."""
    rows = [[_number(cell) for cell in line.split(",")] for line in text.splitlines() if line.strip()]
    return {
        "time": now,
        "kind": "gpu",
        "devices": len(rows),
        "utilization": _mean([row[0] for row in rows]),
        "memory_used_bytes": _sum([row[1] for row in rows], _MIB),
        "power_watts": _sum([row[2] for row in rows], 1),
    }


def metric_data(sample: Sample, cluster: str, group: str) -> list[dict[str, Any]]:
    """What CloudWatch gets of a sample; unknown values are left out, never published as zero."""
    dimensions = [{"Name": "ClusterName", "Value": cluster}, {"Name": "InstanceGroup", "Value": group}]
    values = (
        ("AcceleratorUtilization", sample["utilization"], "Percent"),
        ("AcceleratorMemoryUsed", sample["memory_used_bytes"], "Bytes"),
        ("AcceleratorPower", sample["power_watts"], "None"),
    )
    return [
        {"MetricName": name, "Value": value, "Unit": unit, "Timestamp": sample["time"], "Dimensions": dimensions}
        for name, value, unit in values
        if value is not None
    ]


def keep(sample: Sample) -> None:
    """Append a sample for the job records."""
    SAMPLES.parent.mkdir(parents=True, exist_ok=True)
    with SAMPLES.open("a", encoding="utf-8") as file:
        file.write(json.dumps(sample) + "\n")


def publish(namespace: str, data: list[dict[str, Any]]) -> bool:
    """Put metrics with the AWS command line, which the image has; whether it worked."""
    if not data:
        return True
    command = ["aws", "cloudwatch", "put-metric-data", "--namespace", namespace, "--metric-data", json.dumps(data)]
    try:
        subprocess.run(command, check=True, timeout=_COMMAND_SECONDS, stdout=subprocess.DEVNULL)  # noqa: S603 - no shell, no input
    except (OSError, subprocess.SubprocessError) as error:
        _say(f"metrics could not be published: {error}")
        return False
    return True


def neuron_samples(period: float) -> Iterator[Sample]:
    """Samples as neuron-monitor reports them, one a period. Ends when it ends."""
    monitor = shutil.which("neuron-monitor") or "/opt/aws/neuron/bin/neuron-monitor"
    command = [monitor, "-c", str(SHARE / "neuron_monitor.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - no shell, no input
        due = 0.0
        try:
            for line in process.stdout or ():
                now = time.time()
                if now >= due and line.strip():
                    due = now + period
                    yield neuron_sample(json.loads(line), now)
        finally:
            process.terminate()


def gpu_samples(period: float) -> Iterator[Sample]:
    """Samples from nvidia-smi, one a period."""
    command = ["nvidia-smi", f"--query-gpu={_NVIDIA_FIELDS}", "--format=csv,noheader,nounits"]
    while True:
        done = subprocess.run(command, check=True, timeout=_COMMAND_SECONDS, stdout=subprocess.PIPE, text=True)  # noqa: S603 - no shell, no input
        yield nvidia_sample(done.stdout, time.time())
        time.sleep(period)


def main(arguments: list[str]) -> None:
    """Sample until stopped, or once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("neuron", "gpu"), required=True)
    parser.add_argument("--period", type=float, required=True, help="seconds")
    for name in ("namespace", "cluster", "group"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--once", action="store_true", help="take one sample and end")
    given = parser.parse_args(arguments)
    samples = neuron_samples(given.period) if given.kind == "neuron" else gpu_samples(given.period)
    for sample in samples:
        keep(sample)
        publish(given.namespace, metric_data(sample, given.cluster, given.group))
        if given.once:
            break


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _sum(values: list[float | None], factor: int) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) * factor if known and len(known) == len(values) else None


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
