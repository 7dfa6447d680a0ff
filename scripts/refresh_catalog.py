"""Rebuild the silicon catalogue's data file from the installed packages and the tables in ``scripts/catalog_tables``.

``--check`` writes nothing and fails when the packaged file is stale. The same inputs give the same bytes.
``--live`` does something else: it is ``lean-silicon catalog refresh``, with the arguments that follow, and leaves the
packaged file as it is.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lean_silicon.cli.main import main as command_line
from scripts.catalog_build.assembly import build_document
from scripts.catalog_build.document import rendered

DATA_FILE = Path(__file__).resolve().parent.parent / "constructs/lean_silicon/catalog/data/catalog.json"
_SHOWN_CHANGES = 40
_SHOWN_WIDTH = 400


def main(arguments: list[str] | None = None) -> int:
    """Write the data file, or with ``--check`` compare it; say what changed. 0: fresh or written, 1: stale, 2: cannot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if the packaged file is stale")
    parser.add_argument(
        "--live",
        nargs=argparse.REMAINDER,
        metavar="ARGUMENT",
        help="ask your AWS account instead, and write the overlay in your cache directory: see 'lean-silicon catalog refresh'",
    )
    options = parser.parse_args(arguments)
    if options.live is not None:
        return command_line(["catalog", "refresh", *options.live])
    try:
        fresh = rendered(build_document())
    except (LookupError, ValueError, TypeError, ImportError, OSError) as error:
        sys.stderr.write(f"cannot rebuild the catalogue: {error}\n")
        return 2
    packaged = DATA_FILE.read_text(encoding="utf-8") if DATA_FILE.exists() else ""
    if fresh == packaged:
        sys.stdout.write(f"{DATA_FILE.name} is up to date\n")
        return 0
    sys.stdout.write(_changes(packaged, fresh))
    if options.check:
        sys.stderr.write(f"{DATA_FILE.name} is stale: run 'make catalog' and review the diff\n")
        return 1
    DATA_FILE.parent.mkdir(parents=True, exist_ok=True)
    DATA_FILE.write_text(fresh, encoding="utf-8")
    sys.stdout.write(f"wrote {DATA_FILE.name}: {len(fresh.encode()):,} bytes\n")
    return 0


def _changes(packaged: str, fresh: str) -> str:
    """The changed rows, the first of them in full."""
    diff = difflib.unified_diff(packaged.splitlines(), fresh.splitlines(), "packaged", "fresh", lineterm="", n=0)
    rows = [line for line in diff if line[:1] in "+-" and line[:3] not in {"+++", "---"}]
    shown = [line[:_SHOWN_WIDTH] for line in rows[:_SHOWN_CHANGES]]
    if len(rows) > len(shown):
        shown.append(f"... and {len(rows) - len(shown)} more changed rows")
    return "\n".join(shown) + "\n"


if __name__ == "__main__":
    sys.exit(main())
