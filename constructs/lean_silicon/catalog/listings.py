"""The lists of types by component that sources publish: with regions (price lists), or names alone (service models)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from lean_silicon.catalog.components import Component
from lean_silicon.catalog.overlay import Overlay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lean_silicon.catalog.data_file import Data

Regions = frozenset[str]
_NOWHERE: Regions = frozenset()


class Listing:
    """One component's list: the regions that its source covers at all, and the regions of each name.

    `where` has the name of a set of regions for each name in the list; `regions_of` unfolds it when it is asked for.
    """

    def __init__(self, covered: Regions, where: dict[str, Any], regions_of: Callable[[object], Regions]) -> None:
        self.covered = covered
        self._where = where
        self._regions_of = regions_of

    def names(self) -> Iterator[str]:
        """All names in the list."""
        return iter(self._where)

    def regions(self, name: str) -> Regions:
        """The regions of a name; none if it is not in the list."""
        return self._regions_of(self._where.get(name))

    def __contains__(self, name: str) -> bool:
        return name in self._where


class CorrectedListing(Listing):
    """A list as the user's account has it in the regions where that was asked, and as packaged elsewhere."""

    def __init__(self, packaged: Listing, answered: dict[str, Regions]) -> None:
        super().__init__(packaged.covered.union(answered), packaged._where, packaged._regions_of)  # noqa: SLF001 - its base
        self._answered = answered
        self._newer = frozenset().union(*answered.values()).difference(packaged.names())

    def names(self) -> Iterator[str]:
        """The packaged names, then those that only the account has."""
        yield from super().names()
        yield from sorted(self._newer)

    def regions(self, name: str) -> Regions:
        """The regions of a name; none if it is not in the list."""
        own = {region for region, offered in self._answered.items() if name in offered}
        return super().regions(name).difference(self._answered).union(own)

    def __contains__(self, name: str) -> bool:
        return super().__contains__(name) or name in self._newer


class Listings:
    """All lists of the data file, each unfolded when first asked for."""

    def __init__(self, data: Data, overlay: Overlay | None = None) -> None:
        self._data = data
        self._overlay = overlay or Overlay()
        self._sets: dict[str, Regions] = {}
        self._listings: dict[Component, Listing | None] = {}
        self._enumerations: dict[str, frozenset[str] | None] = {}

    @cached_property
    def ec2(self) -> Listing:
        """EC2's own list, as the user's account has it in the regions where that was asked."""
        place = self._data["type_columns"].index("regions")
        where = {row[0]: row[place] for row in self._data["types"] if len(row) > place}
        packaged = Listing(self._set(self._data["ec2_covers"]), where, self._set)
        asked = ((region, self._overlay.offers(region)) for region in self._overlay.regions("offers"))
        answered = {region: offered for region, offered in asked if offered is not None}
        return CorrectedListing(packaged, answered) if answered else packaged

    def listing(self, component: Component) -> Listing | None:
        """A component's list by region, or `None` where no source has one."""
        if component not in self._listings:
            self._listings[component] = self._unfolded(component)
        return self._listings[component]

    def enumeration(self, component: str) -> frozenset[str] | None:
        """The names that a component's API or documentation lists, or `None` where nothing lists them.

        Besides components' values there is ``"training-plans"``: what SageMaker sells as reserved capacity.
        """
        if component not in self._enumerations:
            rows = self._data["enumerations"].get(component)
            names = {f"{stem}.{size}" for stem, sizes in rows or () for size in sizes.split()}
            names |= self._newer_names.get(component, set())
            self._enumerations[component] = frozenset(names) if names else None
        return self._enumerations[component]

    def lists(self, component: Component, name: str) -> bool:
        """Whether a component's list or its enumeration has that name."""
        listing = self.listing(component)
        return (listing is not None and name in listing) or name in (self.enumeration(component.value) or ())

    @cached_property
    def sagemaker_names(self) -> frozenset[str]:
        """Every name that any part of SageMaker enumerates or lists."""
        newer = (name for names in self._newer_names.values() for name in names)
        return self._packaged_sagemaker_names.union(newer)

    @cached_property
    def _packaged_sagemaker_names(self) -> frozenset[str]:
        names: set[str] = set()
        for component in Component:
            if component.is_sagemaker:
                listing = self.listing(component)
                names.update(listing.names() if listing else ())
                rows = self._data["enumerations"].get(component.value, ())
                names.update(f"{stem}.{size}" for stem, sizes in rows for size in sizes.split())
        return frozenset(names)

    @cached_property
    def _newer_names(self) -> dict[str, set[str]]:
        """Names on the account's price list that this release has in no part of SageMaker: its APIs are newer than ours.

        A name that this release knows stays as it is: lists and APIs are known to contradict each other.
        """
        listed = self._overlay.sagemaker_names()
        return {component: names - self._packaged_sagemaker_names for component, names in listed.items()}

    def _unfolded(self, component: Component) -> Listing | None:
        packed = self._data["offers"].get(component.value)
        if packed is None:
            return None
        where = {f"{stem}.{size}": regions for stem, regions, sizes in packed["rows"] for size in sizes.split()}
        return Listing(self._set(packed["covers"]), where, self._set)

    def _set(self, name: object) -> Regions:
        if not isinstance(name, str):
            return _NOWHERE
        if name not in self._sets:
            self._sets[name] = frozenset(self._data["region_sets"][name].split())
        return self._sets[name]
