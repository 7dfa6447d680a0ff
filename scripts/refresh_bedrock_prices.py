"""Rebuild the packaged Bedrock token prices from the hand-kept table scripts/catalog_tables/bedrock_prices.csv.

``--check`` writes nothing and fails when the packaged file is stale. The same table gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "scripts" / "catalog_tables" / "bedrock_prices.csv"
DATA_FILE = ROOT / "constructs" / "lean_silicon" / "footprint" / "data" / "bedrock_prices.json"
AS_OF = "2026-11"
_NUMBERS = (
    "usd_per_m_input",
    "usd_per_m_output",
    "usd_per_m_input_batch",
    "usd_per_m_output_batch",
    "context_tokens",
    "parameters",
    "active_parameters",
)


def rendered() -> str:
    """The data file's text: one row a line, sources once.

    Raises
    ------
    ValueError
        If a row has no price, a negative one, or one model, profile and region stand twice.
    """
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = [column for column in rows[0] if column != "source"] + ["source"]
    sources = sorted({row["source"] for row in rows})
    seen: set[tuple[str, str, str]] = set()
    lines = []
    for row in rows:
        key = (row["model_id"], row["profile"], row["region"])
        if key in seen:
            raise ValueError(f"{TABLE.name} has {key} twice; keep one")
        seen.add(key)
        lines.append(json.dumps([_cell(row, column, sources) for column in columns], separators=(",", ":")))
    head = json.dumps({"as_of": AS_OF, "columns": columns, "sources": sources}, indent=1)[:-2]
    return head + ',\n "rows": [\n' + ",\n".join(lines) + "\n]\n}\n"


def _cell(row: dict[str, str], column: str, sources: list[str]) -> str | float | int | None:
    text = row[column]
    if column == "source":
        return sources.index(text)
    if column not in _NUMBERS:
        return text or None
    if not text:
        if column == "usd_per_m_input":
            raise ValueError(
                f"{TABLE.name}: {row['model_id']} has no input price; a model without one does not belong here"
            )
        return None
    number = float(text)
    if number < 0:
        raise ValueError(f"{TABLE.name}: {row['model_id']} has {column} {text}; it must not be negative")
    return int(number) if number == int(number) else number


def main(arguments: list[str] | None = None) -> int:
    """Write the data file, or with ``--check`` compare it. 0: fresh or written, 1: stale, 2: the table is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if the packaged file is stale")
    options = parser.parse_args(arguments)
    try:
        fresh = rendered()
    except (ValueError, OSError) as error:
        sys.stderr.write(f"cannot rebuild the Bedrock prices: {error}\n")
        return 2
    packaged = DATA_FILE.read_text(encoding="utf-8") if DATA_FILE.exists() else ""
    if fresh == packaged:
        sys.stdout.write(f"{DATA_FILE.name} is up to date\n")
        return 0
    if options.check:
        sys.stderr.write(f"{DATA_FILE.name} is stale: run scripts/refresh_bedrock_prices.py and review the diff\n")
        return 1
    DATA_FILE.parent.mkdir(parents=True, exist_ok=True)
    DATA_FILE.write_text(fresh, encoding="utf-8")
    sys.stdout.write(f"wrote {DATA_FILE.name}: {len(fresh.encode()):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
