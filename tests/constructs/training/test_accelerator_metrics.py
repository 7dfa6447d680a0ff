"""The metrics publisher travels with the code, is told what the job is, and starts beside the training."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from accelerator_tools import neuron_line
from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3
from embedded_metric_format import emf_document
from training_templates import new_stack, request_of, template_of, training_job

from lean_silicon.runtime import training_launcher
from lean_silicon.training import Distribution, TrainingCode, TrainingHardware
from lean_silicon.training.limits import MAXIMUM_ENVIRONMENT_VALUE

SETTING = "LEAN_SILICON_ACCELERATOR_METRICS"
CUDA = "the attention kernels are CUDA-only"


def settings_of(**properties: Any) -> str | None:
    environment: dict[str, str] = request_of(template_of(training_job(**properties)))["Environment"]
    return environment.get(SETTING)


def test_a_trainium_job_is_measured_under_the_start_of_its_name_with_a_band_of_watts() -> None:
    words = json.loads(settings_of(job_name_prefix="fine-tune") or "null")
    assert words[:4] == ["--namespace", "LeanSilicon/Accelerators", "--dimension", "TrainingJob=fine-tune"]
    band = json.loads(words[words.index("--power-band") + 1])
    assert band["idle"] == sorted(band["idle"])
    assert band["full"][1] > band["idle"][1]


def test_every_type_that_trains_has_settings_that_sagemaker_takes() -> None:
    gpu = TrainingHardware.gpu("ml.p5.48xlarge", reason=CUDA)
    for hardware in (TrainingHardware.trainium("ml.trn2.48xlarge"), gpu):
        settings = settings_of(hardware=hardware, job_name_prefix="a" * 26)
        assert settings is not None
        assert len(settings) <= MAXIMUM_ENVIRONMENT_VALUE


def test_nothing_is_measured_where_that_is_not_wanted_or_the_code_cannot_be_added_to() -> None:
    assert settings_of(accelerator_metrics=False) is None
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Code", "the-code")
    archive = TrainingCode.from_bucket(bucket, "code.tar.gz", entry_point="train.py")
    environment = request_of(template_of(training_job(stack, code=archive)))["Environment"]
    assert SETTING not in environment


def test_its_metrics_are_named_as_it_publishes_them() -> None:
    metric = training_job(job_name_prefix="fine-tune").metric_accelerator("EstimatedAcceleratorPower", statistic="Sum")
    assert (metric.namespace, metric.metric_name) == ("LeanSilicon/Accelerators", "EstimatedAcceleratorPower")
    assert metric.dimensions == {"TrainingJob": "fine-tune"}


@pytest.fixture
def container(tmp_path: Path) -> Path:
    """The code folder of a container, unpacked from the archive that a job uploads, and a neuron-monitor."""
    app = App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    training_job(Stack(app, "Training"), distribution=Distribution.accelerate())
    app.synth()
    [archive] = list((tmp_path / "cdk.out").glob("asset.*.gz"))
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "code")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, body in (
        ("neuron-monitor", f"echo '{neuron_line(50)}'; sleep 30"),
        ("accelerate", "sleep 2; echo trained"),
    ):
        (tools / name).write_text(f"#!/usr/bin/env bash\n{body}\n")
        (tools / name).chmod(0o755)
    return tmp_path


def run(container: Path, *command: str, **settings: str) -> list[str]:
    told = {
        "PATH": f"{container / 'bin'}:{os.environ['PATH']}",
        SETTING: json.dumps(
            ["--dimension", "TrainingJob=fine-tune", "--sample-seconds", "0.1", "--publish-seconds", "0.5"]
        ),
        "TRAINING_JOB_NAME": "fine-tune-1234",
        "SM_CURRENT_HOST": "algo-1",
        **settings,
    }
    done = subprocess.run(
        [sys.executable, *command],
        cwd=container / "code",
        env=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()


def test_the_launch_script_measures_beside_the_training_and_ends_with_it(container: Path) -> None:
    lines = run(
        container,
        "lean_silicon_launcher.py",
        LEAN_SILICON_LAUNCHER="accelerate",
        LEAN_SILICON_SCRIPT="train.py",
        SM_HOSTS='["algo-1"]',
    )
    assert "trained" in lines
    documents = [emf_document(line) for line in lines if line.startswith("{")]
    assert documents
    assert {(each["TrainingJob"], each["TrainingJobName"], each["Host"]) for each in documents} == {
        ("fine-tune", "fine-tune-1234", "algo-1")
    }


def test_training_code_starts_it_with_one_line(container: Path) -> None:
    script = "import time, lean_silicon_accelerator_metrics as m; m.start(); time.sleep(2); print('trained')"
    lines = run(container, "-c", script, LOCAL_RANK="0")
    assert "trained" in lines
    assert [emf_document(line) for line in lines if line.startswith("{")]
    assert run(container, "-c", script, LOCAL_RANK="1") == ["trained"]


def test_the_launch_script_works_without_the_publisher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, training_launcher.PUBLISHER, raising=False)
    training_launcher.measure()
    assert training_launcher.PUBLISHER not in sys.modules
