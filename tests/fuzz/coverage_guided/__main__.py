"""Fuzz one target, guided by coverage: ``make fuzz TARGET=template SECONDS=600``. Options after the target are libFuzzer's own."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lean_silicon"]):
    from coverage_guided.targets import SEEDS, TARGETS


def main() -> None:
    """Run until the time is over or something breaks; what broke is left as a file that reproduces it."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"give a target: {', '.join(TARGETS)}")
    name, *options = sys.argv[1:]
    for corpus in (Path(option) for option in options if not option.startswith("-")):
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(SEEDS.get(name, ())):
            (corpus / f"seed-{number}").write_text(seed, encoding="utf-8")
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
