"""Write what the reference stacks cost into the pages of their constructs. ``--check`` only says which pages are stale.

The templates are the reviewed ones of the tests, so that nothing has to be synthesized.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from lean_silicon.catalog import load_catalog
from lean_silicon.estimates import Estimate, Row, Settings, estimate
from lean_silicon.quantity import Quantity
from lean_silicon.templates import read_app

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated_files import write_or_name

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "constructs"
REGION = "us-east-2"
TEMPLATES = {
    "training": "tests/constructs/training/snapshots/training_stack.yaml",
    "eks": "tests/constructs/eks/snapshots/eks_stack.yaml",
    "inference": "tests/constructs/inference/stack/snapshots/inference_stack.yaml",
    "bedrock": "tests/constructs/bedrock/snapshots/bedrock_stack.yaml",
}
"""The template of the reference stack, by the page that shows it."""

DATED = ("agents", "eks-karpenter", "hyperpod", "model-choice")
"""Pages whose own tests keep their figures; they are told of which date these are."""

_MARKED = re.compile(r"(<!-- begin (?P<name>example-cost|catalogue-date) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)
_HEAD = (
    "| runs on | machines | USD an hour | W | kWh an hour | gCO2e an hour, location-based | gCO2e an hour, embodied |\n"
    "|---|---|---|---|---|---|---|\n"
)
# A component asks for a share of the machines of its endpoint, which has a row of its own.
_SHARES = "AWS::SageMaker::InferenceComponent"


def told(page: str) -> str:
    """What the page says between its marks."""
    found = estimate(read_app([str(ROOT / TEMPLATES[page])], region=REGION), Settings(region=REGION))
    stack = f"`stacks/{page}.py`"
    dated = f"the catalogue of {load_catalog().as_of}"
    rows = [row for row in found.rows if row.use.resource.type != _SHARES]
    lines = "".join(map(_line, rows))
    return (
        f"{stack} by the hour in {REGION}, while it runs, as `lean-silicon estimate` says with {dated}; low–high in brackets:\n\n"
        f"{_HEAD}{lines}{_aside(found)}"
    )


def _line(row: Row) -> str:
    hour = row.hourly
    values = (row.machines, hour.cost, hour.power, hour.energy, hour.carbon, hour.embodied)
    types = " or ".join(f"`{name}`" for name in row.instance_types)
    return f"| {types} | {' | '.join(map(_cell, values))} |\n"


def _cell(value: Quantity | None) -> str:
    """A figure with its band and without its unit, which the head of the column has."""
    return "unknown" if value is None else str(value).replace(f" {value.unit}", "")


def _aside(found: Estimate) -> str:
    spot = any("interruptible" in said for row in found.rows for said in row.assumptions)
    said = (
        "Machines are half busy, those that train fully. Not in it: storage, network, logs, what is billed by request."
    )
    return f"\n{said}{' Spare capacity: from a tenth of the on-demand price to all of it.' if spot else ''}\n"


def fresh(page: str) -> str:
    """The page with its generated part replaced.

    Raises
    ------
    ValueError
        If the page lacks the marks between which the part stands.
    """
    present = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    part = dated() if page in DATED else told(page)
    written, parts = _MARKED.subn(lambda marked: f"{marked[1]}{part}{marked[3]}", present)
    if parts != 1:
        raise ValueError(
            f"docs/constructs/{page}.md has {parts} parts between '<!-- begin ... -->' and '<!-- end ... -->'; one is needed"
        )
    return written


def dated() -> str:
    """Of which date a page's prices, watts and grids are."""
    return f"Prices, watts and grids are those of the catalogue of {load_catalog().as_of}; `lean-silicon catalog sources` names each.\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name the stale ones and return 1."""
    return write_or_name({PAGES / f"{page}.md": fresh(page) for page in (*TEMPLATES, *DATED)}, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
