"""What the fix of a finding saves: in a month where it is known how many machines run for how long, else by the hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lean_silicon.estimates import Estimate, Row
from lean_silicon.footprint import Footprint
from lean_silicon.footprint.consumption import Consumption, over
from lean_silicon.quantity import Quantity
from lean_silicon.rules import Finding
from lean_silicon.templates import Resource

Rows = Mapping[tuple[Resource, str], Row]
"""The rows of an estimate by resource and property."""


@dataclass(frozen=True)
class Saving:
    """What one fix saves.

    Parameters
    ----------
    finding
        What it mends.
    monthly
        Of all machines there, in a month; `None` where that is unknown.
    hourly
        Of one machine, in an hour; `None` where that is unknown.
    why_no_month
        Why only the hour is known: a sentence's end.
    """

    finding: Finding
    monthly: Consumption | None = None
    hourly: Footprint | None = None
    why_no_month: str = ""

    @property
    def cost(self) -> Quantity | None:
        """In money, a month or else an hour."""
        if self.monthly is not None and self.monthly.cost is not None:
            return self.monthly.cost
        return self.hourly.cost if self.hourly is not None else None

    @property
    def order(self) -> tuple[int, float, int]:
        """Sorts what is saved in a month before what is saved by the hour, then what is dearer, and the unknown last."""
        cost, rank = self.cost, self.finding.severity.rank
        if cost is None:
            return 3, 0.0, rank
        if cost.likely <= 0:
            return 2, -cost.likely, rank
        return int(self.monthly is None), -cost.likely, rank


def savings_of(findings: Iterable[Finding], estimate: Estimate) -> list[Saving]:
    """The saving of each finding, the largest first."""
    rows: Rows = {(use.resource, use.property_path): row for row in estimate.rows for use in row.uses}
    return sorted((_saving(finding, rows) for finding in findings), key=lambda saving: saving.order)


def _saving(finding: Finding, rows: Rows) -> Saving:
    saves = finding.suggestion.saves if finding.suggestion else None
    if saves is None or not saves.known():
        return Saving(finding)
    row = rows.get((finding.resource, finding.property_path))
    if row is None:
        return Saving(finding, None, saves, "how many machines run is not estimated")
    if row.hours is None:
        return Saving(finding, None, saves, "how long it runs is unknown")
    if any(use.spot for use in row.uses):
        return Saving(
            finding,
            None,
            saves,
            "it runs on interruptible capacity, whose price changes; the hour is at the on-demand price",
        )
    return Saving(finding, over(saves, row.hours, row.machines), saves)
