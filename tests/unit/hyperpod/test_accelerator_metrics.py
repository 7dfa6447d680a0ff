"""Samples of utilisation: the whole hardware counts, and what was not measured stays unknown."""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lean_silicon.runtime.hyperpod import accelerator_metrics, job_record

# The examples of the AWS Neuron documentation, "Neuron Monitor User Guide"
REPORT = {
    "neuron_runtime_data": [
        {
            "pid": 0,
            "report": {
                "neuroncore_counters": {
                    "neuroncores_in_use": {
                        "0": {"neuroncore_utilization": 42.01},
                        "1": {"neuroncore_utilization": 42.03},
                    }
                },
                "memory_used": {"neuron_runtime_used_bytes": {"host": 6997643264, "neuron_device": 12519788544}},
            },
        }
    ],
    "neuron_hardware_info": {
        "neuron_device_count": 16,
        "neuroncore_per_device_count": 4,
        "logical_neuroncore_config": 2,
    },
}


def test_cores_that_no_job_uses_count_as_idle() -> None:
    sample = accelerator_metrics.neuron_sample(REPORT, 1.0)
    assert sample["utilization"] == pytest.approx((42.01 + 42.03) / 32)
    assert (sample["devices"], sample["memory_used_bytes"], sample["power_watts"]) == (16, 12519788544, None)


def test_without_a_driver_utilisation_is_unknown_not_zero() -> None:
    sample = accelerator_metrics.neuron_sample({"neuron_hardware_info": {"error": "no driver"}}, 1.0)
    assert sample["utilization"] is None
    assert [each["MetricName"] for each in accelerator_metrics.metric_data(sample, "c", "g")] == [
        "AcceleratorMemoryUsed"
    ]


def test_gpus_report_their_power_and_what_one_does_not_report_is_unknown() -> None:
    sample = accelerator_metrics.nvidia_sample("50, 1024, 300.5\n100, 1024, 650.5\n", 1.0)
    assert (sample["utilization"], sample["memory_used_bytes"], sample["power_watts"]) == (75, 2 * 1024**3, 951)
    assert accelerator_metrics.nvidia_sample("50, 1024, [N/A]\n60, 1, 2\n", 1.0)["power_watts"] is None


def test_metrics_say_which_cluster_and_group() -> None:
    [utilization, *_] = accelerator_metrics.metric_data(
        accelerator_metrics.neuron_sample(REPORT, 5.0), "research", "trainium2"
    )
    assert utilization["Dimensions"] == [
        {"Name": "ClusterName", "Value": "research"},
        {"Name": "InstanceGroup", "Value": "trainium2"},
    ]


def test_a_metric_that_cannot_be_published_does_not_stop_the_sampling(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(254, "aws")

    monkeypatch.setattr(subprocess, "run", refused)
    assert accelerator_metrics.publish("n", [{"MetricName": "m"}]) is False


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(job_record, "STATE", tmp_path / "state")
    monkeypatch.setattr(job_record, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(accelerator_metrics, "SAMPLES", tmp_path / "logs/samples.jsonl")
    return tmp_path


def sample(at: float, utilization: float | None, power: float | None = None) -> dict[str, Any]:
    return {
        "time": at,
        "kind": "gpu",
        "devices": 8,
        "utilization": utilization,
        "memory_used_bytes": 0,
        "power_watts": power,
    }


JOB = {"SLURM_JOB_ID": "7", "SLURM_JOB_USER": "alice", "SLURM_JOB_PARTITION": "gpu", "SLURMD_NODENAME": "gpu-0"}


def test_a_job_record_counts_the_samples_of_its_own_time_only(node: Path) -> None:
    job_record.begin(JOB, 100)
    for each in (sample(99, 0), sample(200, 40, 4000), sample(300, 80, 6000), sample(9999, 0)):
        accelerator_metrics.keep(each)
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
    accelerator_metrics.keep(sample(1, 50))
    record = job_record.end(JOB, 200)
    assert (record["started"], record["seconds"], record["samples"]) == (None, None, 0)


def test_a_sample_that_was_cut_off_is_left_out(node: Path) -> None:
    job_record.begin(JOB, 100)
    accelerator_metrics.keep(sample(150, 50))
    with (node / "logs/samples.jsonl").open("a") as file:
        file.write('{"time": 16')
    assert job_record.end(JOB, 200)["samples"] == 1


@pytest.mark.parametrize("script", ["accelerator_metrics.py", "job_record.py", "node_settings.py"])
def test_scripts_run_on_the_python_of_older_images(script: str, root: Path) -> None:
    source = (root / "constructs/lean_silicon/runtime/hyperpod" / script).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))
