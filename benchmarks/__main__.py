"""Runs the benchmarks and prints a Markdown table; exits 1 where a bound is broken."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import checker, load, rules, scale, sizing, startup, synth
from benchmarks.measure import Row

GROUPS: dict[str, Callable[[], list[Row]]] = {
    "startup": startup.rows,
    "checker": checker.rows,
    "scale": scale.rows,
    "load": load.rows,
    "sizing": sizing.rows,
    "synth": synth.rows,
    "rules": rules.rows,
}


def main(names: list[str]) -> int:
    """Run the named groups, or all."""
    unknown = set(names) - set(GROUPS)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    print(f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {platform.machine()}, {_processor()}\n")
    print("| what | measured | bound | kept |\n|---|---|---|---|", flush=True)
    broken = 0
    for name in names or GROUPS:
        for row in GROUPS[name]():
            verdict = {True: "yes", False: "**no**", None: ""}[row.kept]
            broken += row.kept is False
            print(f"| {row.what} | {row.measured} | {row.bound} | {verdict} |", flush=True)
    return 1 if broken else 0


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "an unknown processor"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else "an unknown processor"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
