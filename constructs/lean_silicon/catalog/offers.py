"""Whether a component offers a type in a region, and on what that knowledge rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lean_silicon.catalog.components import Component
from lean_silicon.catalog.instance_type import Availability, Offer
from lean_silicon.catalog.names import parse_instance_type_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lean_silicon.catalog.data_file import Data
    from lean_silicon.catalog.type_table import TypeTable

Regions = frozenset[str]
_NOWHERE: Regions = frozenset()


class Listing:
    """One source's list for one component: the regions it covers, and the regions of each name."""

    def __init__(self, covered: Regions, regions: dict[str, Regions]) -> None:
        self.covered = covered
        self._regions = regions

    def names(self) -> Iterator[str]:
        """All names in the list."""
        return iter(self._regions)

    def regions(self, name: str) -> Regions:
        """The regions of a name; none if it is not in the list."""
        return self._regions.get(name, _NOWHERE)
