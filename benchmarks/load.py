"""A ``cdk.out`` of 1,000 stacks and 100,000 resources, through the command and the plugin: time, the most memory, and Ctrl-C."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.assemblies import write_assembly
from benchmarks.measure import ROOT, Row, python

STACKS, RESOURCES = 1_000, 100
MOST_MEBIBYTES = 512
MOST_SECONDS = 1.0
"""From Ctrl-C to the end of the process."""
_FORMATS = ("text", "json", "sarif")
_SHARES = (0.02, 0.15, 0.4, 0.6, 0.8)
"""Of a whole run, when it is interrupted: starting, reading, judging, judging, writing."""
_PLUGIN = """
import pathlib, sys, types
from aws_cdk import App
from lean_silicon import LeanSiliconChecks
paths = [str(path) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.template.json"))]
report = LeanSiliconChecks().validate(types.SimpleNamespace(template_paths=paths, app_construct=App()))
assert sum(len(each.violating_resources) for each in report.violations) > len(paths)
"""

# The most memory that the system notes of a process is never less than its parent held, so the parent is a small one.
_MEASURING = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, code]))
"""


class Run(NamedTuple):
    """A whole process: how long it took, its own time on the processor, and the most memory that it held."""

    seconds: float
    processor: float
    mebibytes: float
    exit_code: int


def rows() -> list[Row]:
    """Time and memory in each format and in the plugin, and how soon an interrupt is answered."""
    with tempfile.TemporaryDirectory() as folder:
        assembly = write_assembly(Path(folder) / "cdk.out", stacks=STACKS, resources=RESOURCES)
        report = Path(folder) / "report"
        commands = {style: _check(assembly, style, report) for style in _FORMATS}
        runs = {style: whole(command) for style, command in commands.items()}
        plugin = whole(python("-c", _PLUGIN, str(assembly)))
        waits = [interrupted(commands["json"], share * runs["json"].seconds) for share in _SHARES]
    found = [_row(f"`check --format {style}` on {STACKS * RESOURCES:,} resources", run) for style, run in runs.items()]
    found.append(_row(f"the plugin on {STACKS * RESOURCES:,} resources, Node not counted", plugin))
    found.append(
        Row(
            f"Ctrl-C until the process has ended, the longest of {len(waits)}",
            f"{max(waits):.2f} s",
            f"{MOST_SECONDS:g} s",
            max(waits) <= MOST_SECONDS,
        )
    )
    return found


def _check(assembly: Path, style: str, report: Path) -> list[str]:
    return python("-m", "lean_silicon", "check", str(assembly), "--format", style, "--output", str(report))


def _row(what: str, run: Run) -> Row:
    return Row(
        what,
        f"{run.processor:.0f} s of processor, at most {run.mebibytes:.0f} MiB",
        f"{MOST_MEBIBYTES} MiB",
        run.exit_code in (0, 1) and run.mebibytes <= MOST_MEBIBYTES,
    )


def whole(command: Sequence[str]) -> Run:
    """Run a command to its end and measure it, by the accounts of the system."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURING, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    seconds, processor, kibibytes, code = json.loads(done.stdout)
    return Run(seconds, processor, kibibytes / 1024, code)


def interrupted(command: Sequence[str], after: float) -> float:
    """Seconds from Ctrl-C to the end of the process, which hears it also where this one was started in the background."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        time.sleep(after)
        start = time.perf_counter()
        process.send_signal(signal.SIGINT)
        code = process.wait()
        taken = time.perf_counter() - start
    if code != 130:
        raise RuntimeError(f"{' '.join(command)} exited {code} when it was interrupted after {after:.1f} s, not 130")
    return taken
