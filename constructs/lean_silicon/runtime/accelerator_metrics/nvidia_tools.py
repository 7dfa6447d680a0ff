"""Lines of ``nvidia-smi --loop-ms`` and of ``dcgmi dmon``: one for each GPU, again and again.

A look is complete when a GPU comes again. Units: percent, MiB, W (``nvidia-smi --help-query-gpu``; DCGM's field identifiers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .samples import Sample, mean, number, percent, total

_MIB = 1024 * 1024
_MOST_GPUS = 64
_SHORT_LOOKS = 5
_SMI_FIELDS = ("index", "utilization.gpu", "memory.used", "power.draw")
# DCGM_FI_DEV_GPU_UTIL, DCGM_FI_DEV_FB_USED, DCGM_FI_DEV_POWER_USAGE
_DCGM_FIELDS = "203,252,155"
_SMI_ROW = re.compile(r"\s*(\d{1,3})\s*,([^,]*),([^,]*),([^,]*)$", re.ASCII)
# Rows of MIG slices start with GPU-I and GPU-CI, and are part of a GPU
_DCGM_ROW = re.compile(r"\s*GPU\s+(\d{1,3})\s+(\S+)\s+(\S+)\s+(\S+)\s*$", re.ASCII)
_DCGM_HEADING = re.compile(r"\s*(#|I[Dd]\b|GPU-|$)")


class _Rows:
    """Collects a row of each GPU."""

    def __init__(self) -> None:
        self.refused = 0
        self._rows: dict[int, tuple[float | None, float | None, float | None]] = {}
        self._devices = 0
        self._short = 0
        self._time = 0.0

    def _add(self, cells: tuple[str, ...], now: float) -> Iterator[Sample]:
        index = int(cells[0])
        if index >= _MOST_GPUS:
            self.refused += 1
            return
        if index in self._rows:
            if self._is_whole():
                yield self._sample()
            self._rows = {}
        self._time = now
        self._rows[index] = (percent(cells[1]), number(cells[2]), number(cells[3]))

    def _is_whole(self) -> bool:
        """Whether no row was lost. A machine that shows fewer GPUs again and again has lost one."""
        self._short = self._short + 1 if len(self._rows) < self._devices else 0
        if 0 < self._short < _SHORT_LOOKS:
            return False
        self._devices = len(self._rows)
        return True

    def _sample(self) -> Sample:
        utilization, memory, power = zip(*self._rows.values())  # noqa: B905 - not in Python 3.8
        used = total(list(memory))
        return Sample(
            self._time,
            "gpu",
            len(self._rows),
            mean(list(utilization)),
            None if used is None else used * _MIB,
            total(list(power)),
        )


class NvidiaSmi(_Rows):
    """Turns lines of nvidia-smi into samples."""

    kind = "gpu"

    def command(self, program: str, seconds: float) -> list[str]:
        """How the tool is started: once, looking every so many seconds."""
        query = f"--query-gpu={','.join(_SMI_FIELDS)}"
        return [program, query, "--format=csv,noheader,nounits", f"--loop-ms={max(round(seconds * 1000), 1)}"]

    def read(self, line: str, now: float) -> Iterator[Sample]:
        """The sample of the look before, where a line begins the next."""
        found = _SMI_ROW.match(line)
        if found is None:
            self.refused += bool(line.strip())
            return
        yield from self._add(found.groups(), now)


class Dcgm(_Rows):
    """Turns lines of dcgmi dmon into samples."""

    kind = "gpu"

    def command(self, program: str, seconds: float) -> list[str]:
        """How the tool is started; it needs a host engine (``nv-hostengine``)."""
        return [program, "dmon", "-e", _DCGM_FIELDS, "-d", str(max(round(seconds * 1000), 1))]

    def read(self, line: str, now: float) -> Iterator[Sample]:
        """The sample of the look before, where a line begins the next."""
        found = _DCGM_ROW.match(line)
        if found is None:
            self.refused += not _DCGM_HEADING.match(line)
            return
        yield from self._add(found.groups(), now)
