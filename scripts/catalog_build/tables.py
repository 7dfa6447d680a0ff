"""The hand-kept tables: one CSV file per subject, a source in every row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

Row = Mapping[str, str]

FOLDER = Path(__file__).resolve().parent.parent / "catalog_tables"


def read_table(name: str) -> list[dict[str, str]]:
    """All rows of a table, as text; an empty cell is unknown."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def number(text: str) -> float | None:
    """A cell's number, or `None` where it is empty. Whole numbers come back as `int`, so that they print as such."""
    if not text:
        return None
    value = float(text)
    return int(value) if value.is_integer() else value


def whole(text: str) -> int | None:
    """A cell's whole number, or `None` where it is empty."""
    return int(float(text)) if text else None


class FamilyTable:
    """Rows that hold for a family, or for the sizes of it that they name; the more exact row wins."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by_family: dict[str, Row] = {}
        self._by_name: dict[str, Row] = {}
        for row in rows:
            if not row["sizes"]:
                self._by_family[row["family"]] = row
            for size in row["sizes"].split():
                self._by_name[f"{row['family']}.{size}"] = row

    def find(self, name: str) -> Row | None:
        """The row for an EC2 type, or `None`."""
        return self._by_name.get(name) or self._by_family.get(name.partition(".")[0])
