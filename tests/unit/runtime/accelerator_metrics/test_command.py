"""The program as it runs: tools that tear, mix and end their output, and an hour of it."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from accelerator_tools import neuron_line, smi_look
from embedded_metric_format import emf_document
from hypothesis import given, settings
from hypothesis import strategies as st

from lean_silicon.runtime import accelerator_metrics
from lean_silicon.runtime.accelerator_metrics.command import measure
from lean_silicon.runtime.accelerator_metrics.destinations import destination
from lean_silicon.runtime.accelerator_metrics.embedded_metrics import Identity
from lean_silicon.runtime.accelerator_metrics.interval import Interval
from lean_silicon.runtime.accelerator_metrics.neuron_monitor import NeuronMonitor
from lean_silicon.runtime.accelerator_metrics.nvidia_tools import NvidiaSmi
from lean_silicon.runtime.accelerator_metrics.samples import Sample
from lean_silicon.runtime.accelerator_metrics.tools import Lines, samples

PROGRAM = Path(accelerator_metrics.__file__).parent
IDENTITY = Identity("LeanSilicon/Accelerators", {"TrainingJob": "fine-tune"}, {})
HOUR = 3600


def published(taken: Iterator[Sample | None], file: Path) -> list[dict[str, object]]:
    measure(taken, Interval(60), destination(str(file), IDENTITY), None)
    return [emf_document(line) for line in file.read_text().splitlines()]


def read(reader: NeuronMonitor | NvidiaSmi, lines: list[tuple[float, str]]) -> Iterator[Sample]:
    for time, line in lines:
        yield from reader.read(line, time)


def test_an_hour_of_neuron_monitor_at_its_full_rate_is_an_hour_of_minutes(tmp_path: Path) -> None:
    busy, idle = neuron_line(80, busy_cores=64, cores_each=8), neuron_line(0, busy_cores=64, cores_each=8)
    lines = [(float(second), busy if second % 2 else idle) for second in range(HOUR)]
    documents = published(read(NeuronMonitor(), lines), tmp_path / "out")
    assert len(documents) == 60
    for document in documents:
        values = document["AcceleratorUtilization"]
        assert isinstance(values, list)
        assert len(values) == 60
        assert sum(values) / 60 == 40


def test_an_hour_of_eight_gpus_every_second_loses_one_look_at_most(tmp_path: Path) -> None:
    lines = [(float(second), line) for second in range(HOUR) for line in smi_look(70, "512.25")]
    documents = published(read(NvidiaSmi(), lines), tmp_path / "out")
    counts = [len(values) for each in documents if isinstance(values := each["AcceleratorPower"], list)]
    assert (len(counts), sum(counts)) == (60, HOUR - 1)


def test_the_last_samples_of_a_tool_gone_silent_are_published_when_their_minute_is_over(tmp_path: Path) -> None:
    file = tmp_path / "out"
    silent = iter([30.0, 61.0])

    def taken() -> Iterator[Sample | None]:
        yield Sample(10, "gpu", 1, 50, None, None)
        yield None
        assert not file.exists(), "its minute is not over yet"
        yield None
        assert len(file.read_text().splitlines()) == 1

    measure(taken(), Interval(60), destination(str(file), IDENTITY), None, lambda: next(silent))
    assert len(file.read_text().splitlines()) == 1


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), max_size=200), st.integers(0, 3))
def test_lines_come_out_whole_however_the_pipe_cuts_them(sizes: list[int], torn: int) -> None:
    lines = [neuron_line(index, busy_cores=1) for index in range(5)]
    stream = "\n".join([*lines, lines[0][:torn]]).encode()
    cutter, found, start = Lines(), [], 0
    for size in [*sizes, len(stream)]:
        found += cutter.cut(stream[start : start + size])
        start += size
    assert found == lines


def test_a_line_without_an_end_is_given_up_and_the_next_one_read() -> None:
    cutter = Lines(longest=1000)
    assert list(cutter.cut(b"x" * 1500)) == []
    assert list(cutter.cut(b"x" * 1500)) == []
    assert list(cutter.cut(b"tail\nnext\n")) == ["next"]
    assert list(cutter.cut(b"y" * 2000 + b"\nshort\n")) == ["short"]


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert [list(NeuronMonitor().read(line, 0)) for line in Lines().cut(b"\xff\xfe\n")] == [[]]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of stand-ins before the real tools."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return folder


def stand_in(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(f"#!/usr/bin/env bash\n{body}\n")
    (folder / name).chmod(0o755)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(PROGRAM), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_stands_alone_started_as_a_folder_without_any_package(tool: Path, tmp_path: Path) -> None:
    stand_in(tool, "neuron-monitor", f"echo garbage; echo '{neuron_line(50, busy_cores=32)}'; sleep 30")
    elsewhere = tmp_path / "opt/lean_silicon/accelerator_metrics"
    shutil.copytree(PROGRAM, elsewhere, ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(elsewhere), "--once", "--dimension", "TrainingJob=x", "--samples", "kept"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert emf_document(done.stdout)["AcceleratorUtilization"] == [50]
    assert json.loads((tmp_path / "kept").read_text())["utilization"] == 50


def test_a_tool_that_ends_is_started_again(tool: Path, tmp_path: Path) -> None:
    stand_in(tool, "neuron-monitor", f"echo x >>{tmp_path}/starts; echo '{neuron_line(50)}'; echo '{{\"neuron_run'")
    taken = samples("neuron", 0.1, lambda: False)
    seen = [sample for _, sample in zip(range(4), taken, strict=False)]
    assert sum(sample is not None for sample in seen) >= 2
    assert len((tmp_path / "starts").read_text().split()) == 2


def test_a_missing_tool_is_waited_for(tool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tool))
    told = iter([False, False, True, True, True])
    assert [each for each in samples("gpu", 0.1, lambda: next(told)) if each is not None] == []
    stand_in(tool, "nvidia-smi", "\n".join(f"echo '{line}'" for line in [*smi_look(gpus=2), *smi_look(gpus=2)]))
    monkeypatch.setenv("PATH", f"{tool}:/usr/bin:/bin")
    first = next(each for each in samples("gpu", 0.1, lambda: False) if each is not None)
    assert first.devices == 2


def test_it_ends_with_its_parent(tool: Path) -> None:
    stand_in(tool, "nvidia-smi", "while true; do sleep 0.1; done")
    orphan = f"{sys.executable} {PROGRAM} --with-parent $$ & sleep 0.5; echo trained"
    # The pipe of a training script's output is closed only once nobody holds it: a program that stayed would keep the job running
    done = subprocess.run(["bash", "-c", orphan], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.endswith("trained\n")


def test_it_ends_at_once_where_its_parent_is_gone_already(tool: Path) -> None:
    stand_in(tool, "nvidia-smi", "while true; do sleep 0.1; done")
    assert run("--with-parent", "1").returncode == 0


def test_fails_for_settings_that_cannot_be() -> None:
    for wrong in (
        ["--sample-seconds", "0"],
        ["--dimension", "Name"],
        ["--dimension", "AcceleratorPower=1"],
        ["--property", "_aws=1"],
        ["--power-band", "{}"],
        ["--kind", "tpu"],
    ):
        done = run(*wrong)
        assert done.returncode == 2, wrong
        assert wrong[0] in done.stderr


@pytest.mark.parametrize(
    ("settings", "starts"),
    [
        ({}, False),
        ({"LEAN_SILICON_ACCELERATOR_METRICS": "[]", "LOCAL_RANK": "3"}, False),
        ({"LEAN_SILICON_ACCELERATOR_METRICS": '["--once"]', "LOCAL_RANK": "0"}, True),
    ],
)
def test_training_code_starts_it_once_on_each_instance(tool: Path, settings: dict[str, str], starts: bool) -> None:
    stand_in(tool, "neuron-monitor", f"echo '{neuron_line(50)}'; sleep 30")
    process = accelerator_metrics.start({**settings, "TRAINING_JOB_NAME": "fine-tune-1", "SM_CURRENT_HOST": "algo-1"})
    assert (process is not None) is starts
    if process is not None:
        assert process.wait(30) == 0


@pytest.mark.parametrize("module", sorted(path.name for path in PROGRAM.glob("*.py")))
def test_it_runs_on_the_python_of_older_images(module: str) -> None:
    tree = ast.parse((PROGRAM / module).read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {
        node.module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    }
    assert imported <= sys.stdlib_module_names
