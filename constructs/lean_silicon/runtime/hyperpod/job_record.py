"""Records, for every job on a node, how busy it kept the accelerators: the part of its energy that the job itself decides.

The prolog notes the beginning, the epilog writes one line to ``jobs.jsonl``. What was not measured is null, never zero.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

# Installed in opt/lean_silicon, which on a node is at the root
ROOT = Path(__file__).resolve().parent.parent.parent
STATE = ROOT / "var/lib/lean_silicon"
LOGS = ROOT / "var/log/lean_silicon"
_SECONDS_PER_HOUR = 3600


def begin(environment: dict[str, str], now: float) -> None:
    """Note when a job began on this node."""
    STATE.mkdir(parents=True, exist_ok=True)
    _note(environment).write_text(json.dumps({"started": now}), encoding="utf-8")


def end(environment: dict[str, str], now: float) -> dict[str, Any]:
    """Write the record of a job that ended on this node."""
    note = _note(environment)
    started = json.loads(note.read_text(encoding="utf-8"))["started"] if note.is_file() else None
    record = {
        "job_id": environment.get("SLURM_JOB_ID"),
        "user": environment.get("SLURM_JOB_USER"),
        "partition": environment.get("SLURM_JOB_PARTITION"),
        "node": environment.get("SLURMD_NODENAME") or socket.gethostname(),
        "started": started,
        "ended": now,
        "seconds": None if started is None else now - started,
        **summary(samples_between(started, now) if started is not None else [], started, now),
    }
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / "jobs.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    if note.is_file():
        note.unlink()
    return record


def samples_between(started: float, ended: float) -> list[dict[str, Any]]:
    """The samples of the metrics service from the time that a job ran; a line that was cut off is left out."""
    path = LOGS / "samples.jsonl"
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            sample = json.loads(line)
        except ValueError:
            continue
        if started <= sample["time"] <= ended:
            found.append(sample)
    return found


def summary(samples: list[dict[str, Any]], started: float | None, ended: float) -> dict[str, Any]:
    """What the samples say of the whole node. Two jobs that share a node both get the node's figures; `devices` is the node's."""
    utilization = [sample["utilization"] for sample in samples if sample["utilization"] is not None]
    power = [sample["power_watts"] for sample in samples if sample["power_watts"] is not None]
    hours = None if started is None else (ended - started) / _SECONDS_PER_HOUR
    devices = samples[-1]["devices"] if samples else None
    mean_power = sum(power) / len(power) if power else None
    return {
        "samples": len(samples),
        "accelerator": samples[-1]["kind"] if samples else None,
        "devices": devices,
        "device_hours": None if devices is None or hours is None else devices * hours,
        "utilization_mean": sum(utilization) / len(utilization) if utilization else None,
        "utilization_max": max(utilization) if utilization else None,
        "power_watts_mean": mean_power,
        "accelerator_kwh": None if mean_power is None or hours is None else mean_power * hours / 1000,
    }


def _note(environment: dict[str, str]) -> Path:
    name = f"{environment.get('SLURM_JOB_ID', 'unknown')}-{environment.get('SLURMD_NODENAME', 'node')}.json"
    return STATE / name


if __name__ == "__main__":
    {"begin": begin, "end": end}[sys.argv[1]](dict(os.environ), time.time())
