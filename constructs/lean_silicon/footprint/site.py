"""What a region adds to the energy of a machine: cooling, the grid, contracts, water."""

from __future__ import annotations

from functools import lru_cache

from lean_silicon.catalog import Catalog, Region
from lean_silicon.footprint.footprint import Site
from lean_silicon.quantity import Quantity


@lru_cache(maxsize=256)
def site_of(region: str | None, catalog: Catalog) -> Site:
    """The factors of a region. Where it is unknown, the PUE spans every region's and the grid stays unknown."""
    known = catalog.region(region) if region else None
    if known is None:
        return Site(region, _pue_anywhere(catalog), None, None, None)
    return Site(known.code, known.pue or _pue_anywhere(catalog), known.grid, _market(known), known.wue)


def _market(region: Region) -> Quantity | None:
    """Zero where AWS lists the region as matched with renewable energy; elsewhere the grid's own intensity.

    Strictly it would be the residual mix, which is published for few countries; the grid's band stands in for it.
    """
    if region.market_based_matched is None:
        return None
    if region.market_based_matched:
        return Quantity.exact(0.0, "gCO2e/kWh", "AWS list of matched regions")
    return region.grid


def _pue_anywhere(catalog: Catalog) -> Quantity | None:
    published = [region.pue for region in catalog.regions() if region.pue is not None]
    if not published:
        return None
    low, high = min(pue.low for pue in published), max(pue.high for pue in published)
    sources = tuple(dict.fromkeys(source for pue in published for source in pue.sources))
    return Quantity(low, sorted(pue.likely for pue in published)[len(published) // 2], high, "ratio", sources)
