"""Sizing one workload against the whole catalogue, advising, and estimating beside judging."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from benchmarks.measure import Row, python, seconds_of, side_by_side
from benchmarks.templates import template
from lean_silicon.catalog import load_catalog
from lean_silicon.sizing import Precision, Task, Workload, fit

ROUNDS = 7
_ADVISE = (
    *("-m", "lean_silicon", "advise", "--task", "inference", "--model", "llama-3.1-8b", "--precision", "bf16"),
    *("--context", "8192", "--concurrency", "16", "--tokens-a-day", "10M", "--region", "us-east-1"),
)
_CHAT = Workload(
    task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=8192, concurrency=16
)


def rows() -> list[Row]:
    """The three bounds of issue 4: 5 ms, 300 ms, and one and a half times `check`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.json"
        path.write_text(json.dumps(template(500)), encoding="utf-8")
        taken = side_by_side(
            {
                "sizing": _sizer(),
                "advise": lambda: seconds_of(python(*_ADVISE)),
                "check": lambda: seconds_of(_command("check", path), allowed=(0, 1)),
                "estimate": lambda: seconds_of(_command("estimate", path)),
            },
            ROUNDS,
        )
    ratio = taken["estimate"] / taken["check"]
    return [
        _milliseconds("size a new workload against every type of the catalogue", taken["sizing"], 5),
        _milliseconds("`lean-silicon advise`, whole process", taken["advise"], 300),
        Row(
            "`estimate` on 500 resources against `check`",
            f"{taken['estimate'] * 1000:.0f} ms against {taken['check'] * 1000:.0f} ms: {ratio:.2f}×",
            "1.5×",
            ratio <= 1.5,
        ),
    ]


def _sizer() -> Callable[[], float]:
    """Sizes another workload each time, so that no verdict is remembered; the catalogue and its tables are warm."""
    types = list(load_catalog().types())
    lengths = count(8192)

    def size() -> float:
        workload = replace(_CHAT, context_tokens=next(lengths))
        start = time.perf_counter()
        for candidate in types:
            fit(workload, candidate)
        return time.perf_counter() - start

    return size


def _command(name: str, path: Path) -> list[str]:
    return python("-m", "lean_silicon", name, str(path), "--region", "us-east-1")


def _milliseconds(what: str, seconds: float, bound: float) -> Row:
    return Row(what, f"{seconds * 1000:.1f} ms", f"{bound:g} ms", seconds * 1000 <= bound)
