"""Whether a component offers a type in a region, and on what that knowledge rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lean_silicon.catalog.component_naming import spellings, takes_instance_types, title_of
from lean_silicon.catalog.components import Component
from lean_silicon.catalog.instance_type import Availability, Lifecycle, Offer
from lean_silicon.catalog.names import parse_instance_type_name
from lean_silicon.catalog.overlay import Overlay, source_of

if TYPE_CHECKING:
    from lean_silicon.catalog.data_file import Data
    from lean_silicon.catalog.listings import Listing, Listings, Regions
    from lean_silicon.catalog.type_table import TypeTable

_LONGEST_SHOWN_NAME = 60


class Offers:
    """Answers from the lists; what they leave open stays unknown."""

    def __init__(self, data: Data, types: TypeTable, listings: Listings, overlay: Overlay | None = None) -> None:
        self._types = types
        self._listings = listings
        self._overlay = overlay or Overlay()
        packages = data["packages"]
        self._api = packages["botocore"]
        self._price_list = f"AWS's price list by region, as in {packages['cfn-lint']}"
        self._ec2_source = f"{packages['moto']}, elsewhere {packages['cfn-lint']}"

    def find(self, name: str, component: Component, region: str | None) -> Offer:
        """What is known of a type in a component, and in a region if one is given."""
        parsed = parse_instance_type_name(name)
        if parsed is None:
            return _unknown(f"{str(name)[:_LONGEST_SHOWN_NAME]!r} is not an instance type's name")
        if not takes_instance_types(component):
            return _unknown(f"{component} takes no instance types")
        if parsed.service not in spellings(component):
            return _not_offered(f"{title_of(component)} takes no names spelled like {name}")
        if component is Component.EMR:
            return self._emr(name, region)
        if component.runs_on_ec2_types:
            return self._ec2(name, component, region)
        if component.is_sagemaker:
            return self._sagemaker(name, parsed.base, component, region)
        return self._managed(name, component, region)

    def _ec2(self, name: str, component: Component, region: str | None) -> Offer:
        if name not in self._types:
            return _unknown(f"{name} is not in the catalogue")
        listing = self._listings.ec2
        if name in listing:
            asked = self._overlay.offers_as_of(region)
            source = self._ec2_source if asked is None else source_of(asked)
            return _by_region(name, component, listing, region, source)
        known = self._types.find(name)
        if known is not None and known.lifecycle in {Lifecycle.RETIRED, Lifecycle.END_OF_LIFE}:
            return _not_offered(f"EC2 offers {name} in no region: {known.lifecycle_source}")
        return _unknown(f"no source says in which regions EC2 offers {name}")

    def _emr(self, name: str, region: str | None) -> Offer:
        """EMR runs on EC2's types, but not on all of them."""
        on_ec2 = self._ec2(name, Component.EMR, region)
        listing = self._listings.listing(Component.EMR)
        if not on_ec2.is_offered or listing is None:
            return on_ec2
        regions = listing.regions(name)
        if region in regions or (region is None and regions):
            return _offered(f"EMR offers {name} {_where(region)} ({self._price_list})", regions)
        return _unknown(
            f"EC2 offers {name} {_where(region)}, but EMR's list does not have it ({self._price_list})", regions
        )

    def _sagemaker(self, name: str, base: str, component: Component, region: str | None) -> Offer:
        enumeration = self._listings.enumeration(component.value) or frozenset()
        listing = self._listings.listing(component)
        title = title_of(component)
        if name not in enumeration:
            return self._not_enumerated(name, title, listing)
        priced = self._priced(name, component, region)
        if priced is not None:
            return priced
        if listing is None:
            return self._derived(name, base, component, region)
        if name not in listing:
            return _unknown(
                f"{title}'s API takes {name} ({self._api}), but no region's list has it ({self._price_list})"
            )
        offer = _by_region(name, component, listing, region, self._price_list)
        if offer.availability is Availability.NOT_OFFERED and self._is_sold_by_plan(name, component):
            return _unknown(
                f"{title}'s list of {region} does not have {name} ({self._price_list}), but it is sold through "
                "training plans as well, whose regions no source publishes",
                listing.regions(name),
            )
        return offer

    def _priced(self, name: str, component: Component, region: str | None) -> Offer | None:
        """What the price list of the user's account says: a price is an offer, no price says nothing."""
        asked = self._overlay.regions("sagemaker_prices") if region is None else (region,)
        for each in asked:
            listed = self._overlay.sagemaker_price(name, component, each)
            if listed is not None:
                regions = self._known_regions(name, component)
                return _offered(
                    f"{title_of(component)}'s price list has {name} in {each} ({source_of(listed.as_of)})", regions
                )
        return None

    def _known_regions(self, name: str, component: Component) -> Regions:
        """Where the packaged list or the account's price list has a type."""
        listing = self._listings.listing(component)
        regions = listing.regions(name) if listing else frozenset()
        asked = self._overlay.regions("sagemaker_prices")
        return regions | {each for each in asked if self._overlay.sagemaker_price(name, component, each)}

    def _not_enumerated(self, name: str, title: str, listing: Listing | None) -> Offer:
        """A name that the component's API does not enumerate: refused, unless the sources contradict or may be too old."""
        if listing is not None and name in listing:
            return _unknown(
                f"{name} is in {title}'s list of some regions ({self._price_list}), "
                f"but its API does not enumerate it ({self._api})",
                listing.regions(name),
            )
        if name not in self._listings.sagemaker_names:
            return _unknown(f"{name} is in no list of SageMaker's types ({self._api}, {self._price_list})")
        return _not_offered(f"{title} does not take {name}: its API does not enumerate it ({self._api})")

    def _is_sold_by_plan(self, name: str, component: Component) -> bool:
        """Whether capacity is sold through training plans, which the on-demand price list does not show."""
        plans = self._listings.enumeration("training-plans") or frozenset()
        return component is Component.SAGEMAKER_HYPERPOD and name in plans

    def _derived(self, name: str, base: str, component: Component, region: str | None) -> Offer:
        """For components whose regions nobody publishes: where EC2 has the base type and SageMaker exists."""
        hosting = self._listings.listing(Component.SAGEMAKER_HOSTING)
        regions = self._listings.ec2.regions(base)
        if hosting is not None:
            regions &= hosting.covered
        known = f"{title_of(component)}'s API takes {name} ({self._api}); no source publishes its regions"
        if region in regions or (region is None and regions):
            also = self._also_listed(name, region)
            return _offered(f"derived: {known}, and EC2 offers {base} {_where(region)}{also}", regions)
        return _unknown(f"{known}, and EC2 is not known to offer {base} {_where(region)}", regions)

    def _also_listed(self, name: str, region: str | None) -> str:
        """Which other parts of SageMaker list the type there: they make a derived offer likelier."""
        parts = (Component.SAGEMAKER_HOSTING, Component.SAGEMAKER_PROCESSING, Component.SAGEMAKER_TRANSFORM)
        listings = ((part, self._listings.listing(part)) for part in parts)
        also = [title_of(part) for part, listing in listings if listing and region in listing.regions(name)]
        return f", where it is also listed for {', '.join(also)}" if also else ""

    def _managed(self, name: str, component: Component, region: str | None) -> Offer:
        title = title_of(component)
        listing = self._listings.listing(component)
        if listing is not None and name in listing:
            return _by_region(name, component, listing, region, self._price_list)
        documented = self._listings.enumeration(component.value) or frozenset()
        if name in documented:
            if region is None:
                return _offered(f"AWS's documentation lists {name} for {title}")
            return _unknown(f"AWS's documentation lists {name} for {title}; no source says in which regions")
        return _unknown(f"no source says whether {title} offers {name}")


def _by_region(name: str, component: Component, listing: Listing, region: str | None, source: str) -> Offer:
    regions, title = listing.regions(name), title_of(component)
    if region is None or region in regions:
        return _offered(f"{title} offers {name} {_where(region)} ({source})", regions)
    if region not in listing.covered:
        return _unknown(f"{title}'s list does not cover {region} ({source})", regions)
    return _not_offered(f"{title} does not offer {name} in {region} ({source})", regions)


def _where(region: str | None) -> str:
    return f"in {region}" if region else "in some region"


def _offered(basis: str, regions: Regions = frozenset()) -> Offer:
    return Offer(Availability.OFFERED, basis, tuple(sorted(regions)))


def _not_offered(basis: str, regions: Regions = frozenset()) -> Offer:
    return Offer(Availability.NOT_OFFERED, basis, tuple(sorted(regions)))


def _unknown(basis: str, regions: Regions = frozenset()) -> Offer:
    return Offer(Availability.UNKNOWN, basis, tuple(sorted(regions)))
