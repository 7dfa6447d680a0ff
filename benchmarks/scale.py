"""A hundred thousand resources: time stays linear, memory bounded."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measure import Row, number_printed_by, python
from benchmarks.templates import write_templates

_CHECK = """
import sys, time
from lean_silicon.rules import judge
from lean_silicon.templates import read_app
s = time.perf_counter()
judge(read_app([sys.argv[1]], region="us-east-1"))
print(time.perf_counter() - s)
"""
_MEMORY_BEFORE = """
from benchmarks.measure import peak_mebibytes
from lean_silicon.catalog import load_catalog
from lean_silicon.rules import all_rules
load_catalog(), all_rules()
before = peak_mebibytes()
"""
_MEMORY_CHECK = _MEMORY_BEFORE + _CHECK + "\nprint(peak_mebibytes() - before)"
_MEMORY_PARSED = (
    _MEMORY_BEFORE
    + """
import json, pathlib, sys
parsed = [json.loads(path.read_text()) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json"))]
print(peak_mebibytes() - before)
"""
)


def rows() -> list[Row]:
    """Time per resource at 1,000 and 100,000, and memory beside that of the parsed JSON."""
    with tempfile.TemporaryDirectory() as folder:
        small = str(write_templates(Path(folder) / "small", templates=10, resources=100))
        large = str(write_templates(Path(folder) / "large", templates=1000, resources=100))
        number_printed_by(python("-c", _CHECK, small))
        per_small = min(number_printed_by(python("-c", _CHECK, small)) for _ in range(5)) / 1_000
        per_large = min(number_printed_by(python("-c", _CHECK, large)) for _ in range(2)) / 100_000
        held = number_printed_by(python("-c", _MEMORY_CHECK, large))
        parsed = number_printed_by(python("-c", _MEMORY_PARSED, large))
    return [
        Row(
            "time per resource at 100,000 against at 1,000",
            f"{per_large * 1e6:.0f} µs against {per_small * 1e6:.0f} µs: {per_large / per_small:.2f}×",
            "1.5×",
            per_large / per_small <= 1.5,
        ),
        Row(
            "memory for 100,000 resources against the parsed JSON",
            f"{held:,.0f} MiB against {parsed:,.0f} MiB: {held / parsed:.2f}×",
            "4×",
            held / parsed <= 4,
        ),
    ]
