"""The package's data files: facts in tables, each with its source."""

from __future__ import annotations

import csv
from pathlib import Path

# Path(__file__), not importlib.resources: importing that takes longer than reading the files.
_FOLDER = Path(__file__).parent / "data"


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of ``sizing/data/<name>``; an empty cell is unknown, never zero."""
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
