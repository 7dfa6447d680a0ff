"""Ctrl-C while starting, reading, judging, writing, waiting for AWS or for a reader: one line, exit code 130, nothing half written.

How soon the answer comes is measured by ``make bench``; here it only must come before the work is done.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty_aws import FaultyAws
from faulty_process import environment

from benchmarks.assemblies import write_assembly

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")]
STACKS, RESOURCES = 60, 100
OLD = "what stood there before\n"
# Says on standard error when a file is opened whose name ends, or begins, so; once.
_SAY = """
import os, runpy, sys
said = []
def hook(event, told):
    if event == "open" and not said and {condition}:
        said.append(1)
        os.write(2, b"now\\n")
sys.addaudithook(hook)
runpy.run_module("lean_silicon", run_name="__main__", alter_sys=True)
"""
_PHASES = {
    "starting": "str(told[0]).endswith('.json')",
    "reading": f"str(told[0]).endswith('Stack{STACKS // 2:04}.template.json')",
    "judging": f"str(told[0]).endswith('Stack{STACKS - 1:04}.template.json')",
    "writing": "'/.report.' in str(told[0])",
}


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_assembly(tmp_path_factory.mktemp("large") / "cdk.out", stacks=STACKS, resources=RESOURCES)


def started(program: list[str], **changed: str) -> subprocess.Popen[str]:
    """A process that hears Ctrl-C, also where this one was started in the background and does not."""
    return subprocess.Popen(
        [sys.executable, *program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**changed),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def interrupted(process: subprocess.Popen[str]) -> str:
    """What it says on standard error after Ctrl-C; it must end by itself."""
    assert process.stderr is not None
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    finally:
        process.kill()
    told = process.stderr.read()
    process.wait()
    return told


@pytest.fixture
def report(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "reports"
    folder.mkdir()
    path = folder / "report"
    path.write_text(OLD, encoding="utf-8")
    yield path
    assert path.stat().st_size == len(OLD)  # first: pytest would show all of a large one
    assert path.read_text(encoding="utf-8") == OLD
    assert [each.name for each in folder.iterdir()] == ["report"]


@pytest.mark.parametrize(("phase", "style"), [*((phase, "json") for phase in _PHASES), ("judging", "sarif")])
def test_it_answers_at_any_time(phase: str, style: str, assembly: Path, report: Path) -> None:
    words = ["check", str(assembly), "--format", style, "--output", str(report)]
    with started(["-c", _SAY.format(condition=_PHASES[phase]), *words]) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "now\n"
        if phase == "judging":
            time.sleep(0.1)  # the last template is parsed, and judging them all takes a second
        assert interrupted(process) == "lean-silicon: interrupted\n"
    assert process.returncode == 130


def test_it_answers_while_nobody_reads_what_it_writes(assembly: Path) -> None:
    with started(["-m", "lean_silicon", "check", str(assembly)]) as process:
        assert process.stdout is not None
        assert process.stdout.read(1)
        time.sleep(0.2)  # the pipe is full long before, and nothing is read from it
        assert interrupted(process) == "lean-silicon: interrupted\n"
    assert process.returncode == 130


def test_it_answers_while_aws_does_not(aws: FaultyAws, tmp_path: Path) -> None:
    aws.stuck = threading.Event()
    changed = {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "LEAN_SILICON_CACHE": str(tmp_path / "cache"),
    }
    with started(["-m", "lean_silicon", "catalog", "refresh", "--only", "ec2-prices"], **changed) as process:
        while not aws.asked:
            assert process.poll() is None
            time.sleep(0.02)
        assert interrupted(process) == "lean-silicon: interrupted\n"
    assert process.returncode == 130
    assert [each.name for each in (tmp_path / "cache").iterdir()] == ["catalog-overlay.json.lock"]
