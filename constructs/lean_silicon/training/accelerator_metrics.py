"""The metrics publisher inside a training job: which files travel with the code, and how it is told what the job is.

It writes CloudWatch's embedded metric format to the job's standard output. SageMaker carries that to CloudWatch Logs, which takes the
metrics out, so the container needs neither a network nor credentials for it.
"""

from __future__ import annotations

import json
from pathlib import Path

from lean_silicon.accelerator_power import power_band
from lean_silicon.catalog import InstanceType
from lean_silicon.runtime import accelerator_metrics
from lean_silicon.runtime.accelerator_metrics.beside import SETTING
from lean_silicon.runtime.training_launcher import PUBLISHER

NAMESPACE = "LeanSilicon/Accelerators"
DIMENSION = "TrainingJob"
"""What tells jobs apart: the start of their names, so that runs of a job are one metric and not one each."""


def shipped_files() -> dict[str, bytes]:
    """The publisher's files, by their path in the code archive."""
    folder = Path(accelerator_metrics.__file__).parent
    return {f"{PUBLISHER}/{path.name}": path.read_bytes() for path in sorted(folder.glob("*.py"))}


def settings_of(job: str, machine: InstanceType | None) -> dict[str, str]:
    """The environment variable that switches the publisher on, with the band of watts where the catalogue has one."""
    arguments = ["--namespace", NAMESPACE, "--dimension", f"{DIMENSION}={job}"]
    band = power_band(machine)
    if band is not None:
        arguments += ["--power-band", json.dumps(band, separators=(",", ":"))]
    return {SETTING: json.dumps(arguments, separators=(",", ":"))}
