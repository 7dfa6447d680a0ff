"""How long a user waits before anything happens."""

from __future__ import annotations

from benchmarks.measure import Row, number_printed_by, python, seconds_of, side_by_side

ROUNDS = 7
_TIMED_IMPORT = "import aws_cdk, time; s = time.perf_counter(); import lean_silicon; print(time.perf_counter() - s)"
_TIMED_CATALOG = """
import time
from lean_silicon.catalog import load_catalog
s = time.perf_counter()
load_catalog()
print(time.perf_counter() - s)
"""


def rows() -> list[Row]:
    """The import beside the CDK, the help, and the catalogue."""
    taken = side_by_side(
        {
            "import": lambda: number_printed_by(python("-c", _TIMED_IMPORT)),
            "catalog": lambda: number_printed_by(python("-c", _TIMED_CATALOG)),
            "help": lambda: seconds_of(python("-m", "lean_silicon", "--help")),
        },
        ROUNDS,
    )
    return [
        _row("`import lean_silicon` after `import aws_cdk`", taken["import"], 20),
        _row("load the catalogue", taken["catalog"], 20),
        _row("`lean-silicon --help`, whole process", taken["help"], 150),
    ]


def _row(what: str, seconds: float, bound_ms: float) -> Row:
    milliseconds = seconds * 1000
    return Row(what, f"{milliseconds:.1f} ms", f"{bound_ms:g} ms", milliseconds <= bound_ms)
