"""The estimate in the documentation is the one that `lean_silicon.footprint` computes.

Renew it with ``UPDATE_SNAPSHOTS=1 pytest tests/unit/hyperpod/test_documented_estimate.py``.
"""

from __future__ import annotations

import os
from pathlib import Path

from lean_silicon.catalog import Component
from lean_silicon.footprint import hourly_footprint
from lean_silicon.quantity import Quantity

REGION = "us-east-2"
MACHINES = (("ml.trn2.48xlarge", 4, 1.0), ("ml.t3.medium", 2, 0.5))
BEGIN, END = "<!-- estimate begins -->\n", "<!-- estimate ends -->"


def cell(value: Quantity | None) -> str:
    return (
        "unknown"
        if value is None
        else str(value).rsplit(" ", 1)[0]
        if value.low == value.high
        else _without_unit(value)
    )


def _without_unit(value: Quantity) -> str:
    number, band = str(value).split(f" {value.unit} ")
    return f"{number} {band}"


def estimate() -> str:
    rows = [
        "| machines | USD/h | W | kWh/h | gCO2e/h, location-based | gCO2e/h, embodied |",
        "|---|---|---|---|---|---|",
    ]
    for name, count, utilisation in MACHINES:
        found = hourly_footprint(name, Component.SAGEMAKER_HYPERPOD, REGION, count=count, utilisation=utilisation)
        values = (found.cost, found.power, found.energy, found.carbon, found.embodied)
        rows.append(f"| {count} × `{name}` at {utilisation:.0%} | {' | '.join(map(cell, values))} |")
    return "\n".join(rows) + "\n"


def test_the_documented_estimate_is_what_the_catalogue_says_today(root: Path) -> None:
    page = root / "docs" / "constructs" / "hyperpod.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    documented, _, after = rest.partition(END)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        documented = estimate()
        page.write_text(f"{before}{BEGIN}{documented}{END}{after}", encoding="utf-8")
    assert documented == estimate(), "UPDATE_SNAPSHOTS=1 renews it"
