"""The catalogue itself: look-ups over the packaged data file."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from lean_silicon.catalog.component_naming import spellings
from lean_silicon.catalog.components import Component
from lean_silicon.catalog.data_file import read_data
from lean_silicon.catalog.instance_type import Accelerator, Claim, InstanceType, Offer, Price, Region, Source
from lean_silicon.catalog.listings import Listings
from lean_silicon.catalog.names import InstanceTypeName, parse_instance_type_name, service_of
from lean_silicon.catalog.nearest import nearest_names
from lean_silicon.catalog.offers import Offers
from lean_silicon.catalog.overlaid import overlaid
from lean_silicon.catalog.overlay import Overlay
from lean_silicon.catalog.overlay_file import load_overlay, without_older
from lean_silicon.catalog.prices import Prices
from lean_silicon.catalog.reference_tables import claims, regions, sources
from lean_silicon.catalog.type_table import TypeTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lean_silicon.catalog.data_file import Data


class Catalog:
    """Every instance type, accelerator, region, price and claim that this release knows.

    Get it with `load_catalog`. Look-ups never raise: what is not in the catalogue is `None` or unknown.

    `overlay` is what the user's own account said ("lean-silicon catalog refresh"); where it knows, it goes before the
    packaged data.
    """

    def __init__(self, data: Data, overlay: Overlay | None = None) -> None:
        self.overlay = overlay or Overlay()
        self._data = data = overlaid(data, self.overlay)
        self._types = TypeTable(data)
        self._listings = Listings(data, self.overlay)
        self._offers = Offers(data, self._types, self._listings, self.overlay)
        self._prices = Prices(data, self._types, self._listings, self._offers, self.overlay)
        self._found: dict[str, InstanceType | None] = {}

    @property
    def as_of(self) -> str:
        """Date of the packaged data, ISO 8601: that of its newest source, to the month where no day is known."""
        return self._data["as_of"]

    def find(self, name: str) -> InstanceType | None:
        """Find the type of that name in any service's spelling; `None` if unknown.

        ``g5.xlarge``, ``ml.g5.xlarge``, ``db.r6g.large``, ``cache.m7g.large``, ``r6g.large.search``, ``kafka.m5.large``.

        The specification is that of the EC2 type behind the name. A name that a service lists but whose EC2 type is not
        known comes back with `specified` false.
        """
        parsed = parse_instance_type_name(name)
        if parsed is None:
            return None
        if name not in self._found:
            self._found[name] = self._find(name, parsed)
        return self._found[name]

    def nearest_names(self, name: str, limit: int = 3) -> tuple[str, ...]:
        """Known names most like an unknown one, best first, in the same service's spelling.

        The service is told from the word before or after, so that nonsense still finds its like: ``ml.p4d`` finds SageMaker's.
        """
        return nearest_names(_text(name), self._names_of_service, limit)

    def types(self, component: Component | None = None) -> Iterator[InstanceType]:
        """All types, or those that a component takes (named its way).

        Without a component: the EC2 types, retired ones too. A component whose types no source lists yields none.
        """
        for name in self.names(component):
            found = self.find(name)
            if found is not None:
                yield found

    def names(self, component: Component | None = None) -> tuple[str, ...]:
        """The names of `types`, without building the types: a look-up among many can choose by name first."""
        return tuple(self._types.names() if component is None else sorted(self._names(component)))

    def offer(self, name: str, component: Component, region: str | None = None) -> Offer:
        """Whether a component offers a type in a region; with no region, whether in any."""
        return self._offers.find(name, component, region)

    def price(self, name: str, component: Component, region: str | None = None) -> Price | None:
        """On-demand price in a region (us-east-1 where none is given), or `None` if unknown."""
        return self._prices.find(name, component, region)

    def accelerator(self, key: str) -> Accelerator | None:
        """An accelerator by its key."""
        return self._types.accelerator(key)

    def families(self, accelerator: str) -> frozenset[str]:
        """The instance families with a type that has that accelerator (its key), told without building the types."""
        return self._types.families(accelerator)

    def accelerators(self) -> tuple[Accelerator, ...]:
        """All accelerators."""
        return tuple(
            found for key in self._types.accelerator_keys() if (found := self._types.accelerator(key)) is not None
        )

    def region(self, code: str) -> Region | None:
        """A region by its code."""
        return self._regions.get(_text(code))

    def regions(self) -> tuple[Region, ...]:
        """All regions."""
        return tuple(self._regions.values())

    def claim(self, claim_id: str) -> Claim | None:
        """A vendor claim by its id, for instance ``"inf2_ppw"``."""
        return self._claims.get(_text(claim_id))

    def claims(self) -> tuple[Claim, ...]:
        """All vendor claims."""
        return tuple(self._claims.values())

    def sources(self) -> tuple[Source, ...]:
        """Where each column comes from, with licence, date and class."""
        return sources(self._data)

    def _find(self, name: str, parsed: InstanceTypeName) -> InstanceType | None:
        if name in self._types:
            return self._types.find(name)
        base = self._types.find(parsed.base)
        listed = any(
            self._listings.lists(component, name)
            for component in Component
            if not component.runs_on_ec2_types and parsed.service in spellings(component)
        )
        # SageMaker's APIs enumerate their names; other services' lists come from price lists, which lag.
        if not listed and (base is None or parsed.service in {"", "ml"}):
            return None
        if base is None or parsed.variant:
            return InstanceType(name=name, base_name=parsed.base, family=parsed.family, size=parsed.size)
        return base._replace(name=name)

    def _names(self, component: Component) -> set[str]:
        """A component's names, in the spelling that it prefers."""
        listing = self._listings.ec2 if component.runs_on_ec2_types else self._listings.listing(component)
        if component is Component.EMR:
            listing = self._listings.listing(component)
        names = set(listing.names()) if listing else set()
        names |= self._listings.enumeration(component.value) or set()
        return {name for name in names if not name.endswith(".elasticsearch")}

    def _names_of_service(self, service: str) -> tuple[str, ...]:
        """All names in a service's spelling; where no list has any (``dax``), EC2's spelled alike."""
        listed = self._names_by_service.get(service)
        if listed:
            return tuple(listed)
        alike = InstanceTypeName(service, "", "")
        return tuple(alike.spelled_alike(base) for base in self._types.names())

    @cached_property
    def _names_by_service(self) -> dict[str, dict[str, None]]:
        """The names in the lists by spelling; EC2's under the empty text. Dictionaries, as these keep their order."""
        names: dict[str, dict[str, None]] = {"": dict.fromkeys(self._types.names())}
        for component in Component:
            if component.runs_on_ec2_types:
                continue
            listing = self._listings.listing(component)
            listed = listing.names() if listing else ()
            for name in (*listed, *(self._listings.enumeration(component.value) or ())):
                names.setdefault(service_of(name), {})[name] = None
        return names

    @cached_property
    def _regions(self) -> dict[str, Region]:
        """The packaged ones, and those that only the user's account has: of these nothing but prices and offers is known."""
        unknown = (Region(code, code, None, None, None, None, None) for code in self.overlay.regions())
        return {region.code: region for region in (*unknown, *regions(self._data))}

    @cached_property
    def _claims(self) -> dict[str, Claim]:
        return {claim.id: claim for claim in claims(self._data)}


def _text(value: object) -> str:
    """The value if it is text: templates hold anything where a name should stand."""
    return value if isinstance(value, str) else ""


@cache
def load_catalog() -> Catalog:
    """The packaged catalogue with the user's overlay, read once.

    The overlay is what ``lean-silicon catalog refresh`` wrote. ``LEAN_SILICON_OVERLAY=off`` leaves it out; a damaged one is
    reported once on standard error and left out.

    Raises
    ------
    CatalogError
        If the packaged data file is missing or damaged.
    """
    data = read_data()
    return Catalog(data, without_older(load_overlay(), data["as_of"], "catalogue"))
