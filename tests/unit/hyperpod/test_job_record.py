"""Records of jobs: of their own time only, from what the metrics service kept; what was not measured stays unknown."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from lean_silicon.runtime.accelerator_metrics.command import keep
from lean_silicon.runtime.accelerator_metrics.samples import Sample
from lean_silicon.runtime.hyperpod import job_record


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(job_record, "STATE", tmp_path / "state")
    monkeypatch.setattr(job_record, "LOGS", tmp_path / "logs")
    return tmp_path


def measured(node: Path, at: float, utilization: float | None, power: float | None = None) -> None:
    keep(Sample(at, "gpu", 8, utilization, 0, power), node / "logs/samples.jsonl")


JOB = {"SLURM_JOB_ID": "7", "SLURM_JOB_USER": "alice", "SLURM_JOB_PARTITION": "gpu", "SLURMD_NODENAME": "gpu-0"}


def test_a_job_record_counts_the_samples_of_its_own_time_only(node: Path) -> None:
    job_record.begin(JOB, 100)
    for at, utilization, power in ((99, 0, None), (200, 40, 4000), (300, 80, 6000), (9999, 0, None)):
        measured(node, at, utilization, power)
    record = job_record.end(JOB, 3700)
    assert (record["samples"], record["utilization_mean"], record["utilization_max"]) == (2, 60, 80)
    assert (record["device_hours"], record["power_watts_mean"], record["accelerator_kwh"]) == (8, 5000, 5)
    assert json.loads((node / "logs/jobs.jsonl").read_text()) == record
    assert not list((node / "state").iterdir())


def test_a_job_without_samples_has_an_unknown_utilisation(node: Path) -> None:
    job_record.begin(JOB, 100)
    record = job_record.end(JOB, 200)
    assert (record["samples"], record["utilization_mean"], record["device_hours"]) == (0, None, None)


def test_a_job_whose_beginning_was_not_noted_still_has_a_record(node: Path) -> None:
    measured(node, 1, 50)
    record = job_record.end(JOB, 200)
    assert (record["started"], record["seconds"], record["samples"]) == (None, None, 0)


def test_a_sample_that_was_cut_off_is_left_out(node: Path) -> None:
    job_record.begin(JOB, 100)
    measured(node, 150, 50)
    with (node / "logs/samples.jsonl").open("a") as file:
        file.write('{"time": 16')
    assert job_record.end(JOB, 200)["samples"] == 1


@pytest.mark.parametrize("script", ["job_record.py", "node_settings.py"])
def test_scripts_run_on_the_python_of_older_images(script: str, root: Path) -> None:
    source = (root / "constructs/lean_silicon/runtime/hyperpod" / script).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))
