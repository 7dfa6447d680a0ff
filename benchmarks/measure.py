"""Timing that a noisy machine cannot fool much: alternate the contestants, take medians, compare ratios."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


_AS_USERS_RUN = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Compiled modules are kept between runs, as they are wherever nobody forbids it."""


class Row(NamedTuple):
    """One line of the table: what was measured, the figure, and the bound it has to keep (`None`: for information)."""

    what: str
    measured: str
    bound: str
    kept: bool | None


def side_by_side(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The median of each contestant's seconds over so many rounds, taking turns; one round before is thrown away."""
    return {name: statistics.median(taken) for name, taken in rounds_side_by_side(contestants, rounds).items()}


def rounds_side_by_side(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """As `side_by_side`, with the seconds of every round.

    What one contestant adds to another is the median of the differences within the rounds: a machine that slows down for a minute
    slows both down, while the medians of the two may come from different minutes.
    """
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            seconds = run()
            if number:
                taken[name].append(seconds)
    return taken


def seconds_of(command: Sequence[str], *, allowed: Sequence[int] = (0,), **environment: str) -> float:
    """How long a command takes as a whole process. Fails where its exit code is not an allowed one."""
    start = time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**_AS_USERS_RUN, **environment}, cwd=ROOT
    )
    taken = time.perf_counter() - start
    if done.returncode not in allowed:
        raise RuntimeError(f"{' '.join(command)} exited {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}")
    return taken


def number_printed_by(command: Sequence[str], **environment: str) -> float:
    """The number on the last line that a command prints: what it measured itself."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**_AS_USERS_RUN, **environment}, cwd=ROOT
    )
    return float(done.stdout.strip().splitlines()[-1])


def peak_mebibytes() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def python(*words: str) -> list[str]:
    """A command for this interpreter."""
    return [sys.executable, *words]
