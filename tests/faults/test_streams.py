"""Standard output that goes nowhere, is full or is closed, and a terminal that cannot show every character."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from faulty_process import environment, require_told
from sample_templates import endpoint

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes and devices of POSIX")
COMMAND = [sys.executable, "-m", "lean_silicon"]
LARGER_THAN_A_PIPE = 150


@pytest.fixture
def template(tmp_path: Path) -> Path:
    one = endpoint("ml.p4d.24xlarge")
    many = {f"{name}{number}": each for number in range(LARGER_THAN_A_PIPE) for name, each in one.items()}
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"Resources": many}), encoding="utf-8")
    return path


def run(*words: str | Path, **settings: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, words)],
        text=True,
        check=False,
        timeout=60,
        **{"env": environment(), "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings},
    )


@pytest.mark.parametrize("style", ["text", "json", "sarif"])
def test_a_reader_that_goes_away_ends_it_quietly_and_never_as_clean(template: Path, style: str) -> None:
    with subprocess.Popen(
        [*COMMAND, "check", str(template), "--format", style],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    assert process.returncode == 141
    assert told == ""


def test_short_output_whose_reader_is_gone_before_it_comes() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run("rules", "list", stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", [("check",), ("check", "--format", "json"), ("estimate",), ("rules", "list")])
def test_a_full_standard_output_is_said(template: Path, command: tuple[str, ...]) -> None:
    paths = () if command[0] == "rules" else (template,)
    with Path("/dev/full").open("wb") as full:
        done = run(*command, *paths, stdout=full)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "standard output cannot be written: No space left on device" in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_leave_the_exit_code(template: Path, closed: str) -> None:
    script = f'"$0" -m lean_silicon check "$1" {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", script, sys.executable, str(template)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_standard_error_leaves_the_exit_code() -> None:
    with Path("/dev/full").open("wb") as full:
        assert run("rules", "show", "NOPE", stderr=full).returncode == 2


def test_a_stream_that_lacks_characters_gets_escapes_in_their_place(tmp_path: Path) -> None:
    path = tmp_path / "größe.json"
    path.write_text(json.dumps({"Resources": endpoint("ml.p4d.24xlarge")}), encoding="utf-8")
    done = run("check", path, env=environment(PYTHONIOENCODING="ascii"))
    require_told(done, r"gr\xf6\xdfe.json", code=1)


def test_a_working_directory_that_is_gone_is_said(tmp_path: Path, template: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})\n"
    program += "import runpy; runpy.run_module('lean_silicon', run_name='__main__', alter_sys=True)"
    done = subprocess.run(
        [sys.executable, "-c", program, "check", str(template)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    require_told(done, "No such file or directory")
