"""What one place of a template costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lean_silicon.catalog import Component
from lean_silicon.footprint import METRICS, Footprint, Quantity
from lean_silicon.footprint.consumption import Consumption
from lean_silicon.templates import SiliconUse


@dataclass(frozen=True)
class Alternative:
    """A leaner machine that still does, and what it saves in a month (or on the run).

    `why` says why it is large enough; `saves` is positive where it is leaner; `uses` is what it uses itself in that time.
    """

    instance_type: str
    machines: float
    saves: Consumption
    why: str
    uses: Consumption


@dataclass(frozen=True)
class Row:
    """One place that asks for silicon.

    Parameters
    ----------
    uses
        The possible values there: one, or one for each of the template's conditions.
    instance_types
        Their types, the likeliest first.
    machines
        How many at once.
    hourly
        Of all machines at once; the band spans the possible values.
    monthly
        `None` where it is unknown how long it runs.
    run
        For a training run whose tokens are declared.
    alternative
        The leanest that still does, where it is leaner.
    assumptions
        One sentence each.
    unknown
        Why nothing could be estimated, or `None`.
    hours
        How long it runs in a month; `None` where that is unknown.
    """

    uses: tuple[SiliconUse, ...]
    instance_types: tuple[str, ...]
    machines: Quantity
    hourly: Footprint
    monthly: Consumption | None
    run: Consumption | None = None
    alternative: Alternative | None = None
    assumptions: tuple[str, ...] = ()
    unknown: str | None = None
    hours: Quantity | None = None

    @property
    def use(self) -> SiliconUse:
        """The first possible value."""
        return self.uses[0]

    @property
    def component(self) -> Component:
        """What runs it."""
        return self.use.component

    @property
    def leanest_monthly(self) -> Consumption | None:
        """What a month uses on the leanest alternative; as now where there is none, or it is known for a training run only."""
        if self.alternative is None or self.run is not None:
            return self.monthly
        return self.alternative.uses

    @property
    def stack(self) -> str:
        """The stack, or the template's file where the stack is unknown."""
        template = self.use.resource.template
        return template.stack or template.path

    @property
    def place(self) -> str:
        """Where a reader finds it: the construct's path, else the logical id."""
        return self.use.resource.construct_path or self.use.resource.logical_id

    @property
    def label(self) -> str:
        """The type, or the types: ``"ml.g5.xlarge"``, ``"m8g.large or m8g.xlarge"``, ``"12 types"``."""
        if len(self.instance_types) > 3:
            return f"{len(self.instance_types)} types"
        return " or ".join(self.instance_types) or "?"


def envelope(footprints: Sequence[Footprint]) -> Footprint:
    """One footprint that spans several possible ones; the first is the likeliest. Unknown where any of them is."""
    first = footprints[0]
    if len(footprints) == 1:
        return first
    spanned: dict[str, Any] = {name: _span([one.metric(name) for one in footprints]) for name in METRICS}
    assumptions = tuple(dict.fromkeys(said for one in footprints for said in one.assumptions))
    site = first.site if all(one.site == first.site for one in footprints) else None
    hardware = first.hardware if all(one.hardware == first.hardware for one in footprints) else None
    return Footprint(**spanned, site=site, hardware=hardware, assumptions=assumptions)


def _span(values: Sequence[Quantity | None]) -> Quantity | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    sources = tuple(dict.fromkeys(source for value in known for source in value.sources))
    return Quantity(
        min(value.low for value in known), known[0].likely, max(value.high for value in known), known[0].unit, sources
    )
