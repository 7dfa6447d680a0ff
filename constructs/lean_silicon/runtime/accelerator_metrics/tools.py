"""The tools that tell about accelerators: found, started, read line by line, and started again when they end."""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from .destinations import say
from .neuron_monitor import NeuronMonitor, configured
from .nvidia_tools import Dcgm, NvidiaSmi
from .samples import Sample

_NEURON = "/opt/aws/neuron/bin"
# A report on 128 cores with their models is below a megabyte
_LONGEST_LINE = 8 * 1024 * 1024
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 300.0
_SETTLED = 60.0


class Tool(NamedTuple):
    """A tool as it was found: how to start it, and what reads it."""

    command: list[str]
    reader: Any


def found(kind: str, seconds: float) -> Tool | None:
    """The tool for ``neuron``, ``gpu`` (nvidia-smi), ``dcgm``, or for ``auto`` the first that is there; `None` if it is not."""
    if kind in ("neuron", "auto"):
        program = shutil.which("neuron-monitor") or shutil.which("neuron-monitor", path=_NEURON)
        if program:
            monitor = NeuronMonitor()
            return Tool(monitor.command(program, _written(configured(seconds))), monitor)
    if kind in ("gpu", "auto"):
        program = shutil.which("nvidia-smi")
        if program:
            smi = NvidiaSmi()
            return Tool(smi.command(program, seconds), smi)
    if kind == "dcgm":
        program = shutil.which("dcgmi")
        if program:
            dcgm = Dcgm()
            return Tool(dcgm.command(program, seconds), dcgm)
    return None


@lru_cache(maxsize=None)  # noqa: UP033 - Python 3.8 has no cache
def _written(text: str) -> str:
    """A file with that text, one in the life of the process; its name cannot be guessed, as other people use these machines too."""
    descriptor, path = tempfile.mkstemp(prefix="lean-silicon-", suffix=".json")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    atexit.register(_removed, path)
    return path


def _removed(path: str) -> None:
    with contextlib.suppress(OSError):
        Path(path).unlink()


class Lines:
    """Cuts a stream into lines. What is longer than any report is thrown away up to the next line break."""

    def __init__(self, longest: int = _LONGEST_LINE) -> None:
        self._longest = longest
        self._rest = b""
        self._skipping = False

    def cut(self, data: bytes) -> Iterator[str]:
        """The lines that are complete now."""
        *lines, rest = data.split(b"\n")
        for line in lines:
            whole, self._rest = self._rest + line, b""
            if self._skipping or len(whole) > self._longest:
                self._skipping = False
                continue
            yield whole.decode("utf-8", errors="replace")
        self._rest += rest
        if len(self._rest) > self._longest:
            self._rest, self._skipping = b"", True


def lines_of(process: subprocess.Popen[bytes], wait: float) -> Iterator[str | None]:
    """The lines of a process until it ends; `None` whenever it was silent for `wait` seconds."""
    assert process.stdout is not None  # noqa: S101 - it was started with a pipe
    descriptor = process.stdout.fileno()
    lines = Lines()
    while True:
        ready, _, _ = select.select([descriptor], [], [], wait)
        if not ready:
            yield None
            continue
        data = os.read(descriptor, 65536)
        if not data:
            return
        yield from lines.cut(data)


def samples(kind: str, seconds: float, is_over: Callable[[], bool]) -> Iterator[Sample | None]:
    """Samples until `is_over`, whatever the tool does; `None` now and then, so that the caller can look at the clock.

    A tool that ends is started again, one that is missing is looked for again, with pauses that grow up to five minutes.
    """
    pause = _FIRST_PAUSE
    while not is_over():
        tool = found(kind, seconds)
        begun = time.monotonic()
        if tool is None:
            say(f"no tool for {kind} accelerators is there; looking again in {pause:g} s")
        else:
            yield from _run(tool, seconds, is_over)
            if is_over():
                return
            refused = f", {tool.reader.refused} lines were no samples" if tool.reader.refused else ""
            say(f"{tool.command[0]} ended{refused}; starting it again in {pause:g} s")
        until = time.monotonic() + pause
        while time.monotonic() < until and not is_over():
            yield None
            time.sleep(min(1.0, pause))
        settled = tool is not None and time.monotonic() - begun - pause > _SETTLED
        pause = _FIRST_PAUSE if settled else min(pause * 2, _LONGEST_PAUSE)


def _run(tool: Tool, seconds: float, is_over: Callable[[], bool]) -> Iterator[Sample | None]:
    try:
        process = subprocess.Popen(tool.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - no shell, no input
    except OSError as error:
        say(f"{tool.command[0]} could not be started: {error}")
        return
    with process:
        try:
            for line in lines_of(process, min(seconds, 1.0)):
                if is_over():
                    return
                if line is None:
                    yield None
                else:
                    yield from tool.reader.read(line, time.time())
        finally:
            process.kill()
