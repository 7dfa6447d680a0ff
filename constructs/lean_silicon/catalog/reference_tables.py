"""The small tables of the data file as objects: regions, claims, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lean_silicon.catalog.instance_type import Claim, Evidence, Region, Source
from lean_silicon.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lean_silicon.catalog.data_file import Data


def regions(data: Data) -> Iterator[Region]:
    """The regions and their electricity."""
    for code, location, country, grid, grid_sources, pue, pue_source, wue, matched in data["grid"]:
        yield Region(
            code=code,
            location=location,
            country=country,
            grid=Quantity(grid[0], grid[1], grid[2], "gCO2e/kWh", tuple(grid_sources)),
            pue=Quantity(pue[0], pue[1], pue[2], "ratio", (pue_source,)),
            wue=None if wue is None else Quantity.exact(wue, "L/kWh", "AWS 2024"),
            market_based_matched=matched,
        )


def claims(data: Data) -> Iterator[Claim]:
    """The vendor claims."""
    for row in data["claims"]:
        yield Claim(*row)


def sources(data: Data) -> tuple[Source, ...]:
    """The sources."""
    return tuple(
        Source(identifier, gives, where, licence, date, Evidence(evidence))
        for identifier, gives, where, licence, date, evidence in data["sources"]
    )
