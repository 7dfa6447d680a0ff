"""The package's data files: facts in tables, each with its source."""

from __future__ import annotations

import csv
from importlib import resources


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of ``sizing/data/<name>``; an empty cell is unknown, never zero."""
    text = (resources.files("lean_silicon.sizing") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
