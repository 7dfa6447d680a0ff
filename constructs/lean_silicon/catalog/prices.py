"""On-demand prices: as listed where a list was seen, else derived with a band, else unknown."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from lean_silicon.catalog.components import Component
from lean_silicon.catalog.instance_type import Availability, Evidence, Price
from lean_silicon.catalog.names import parse_instance_type_name
from lean_silicon.catalog.overlay import Overlay, source_of
from lean_silicon.quantity import Quantity

if TYPE_CHECKING:
    from lean_silicon.catalog.data_file import Data, Row
    from lean_silicon.catalog.listings import Listings
    from lean_silicon.catalog.offers import Offers
    from lean_silicon.catalog.overlay import Listed
    from lean_silicon.catalog.type_table import TypeTable

DEFAULT_REGION = "us-east-1"
_UNIT = "USD/h"

Band = list[float]


class _Quote(NamedTuple):
    region: str
    usd: float
    as_of: str | None
    evidence: Evidence
    source: str


class Prices:
    """Prices of EC2 and SageMaker types. Managed services' prices are not in the catalogue."""

    def __init__(
        self, data: Data, types: TypeTable, listings: Listings, offers: Offers, overlay: Overlay | None = None
    ) -> None:
        self._data = data
        self._overlay = overlay or Overlay()
        self._listings = listings
        self._types = types
        self._offers = offers
        dates = {row[0]: row[4] for row in data["sources"]}
        self._us_east_1_as_of, self._regional_as_of = dates["karpenter"], dates["aws-gpu"]

    def find(self, name: str, component: Component, region: str | None) -> Price | None:
        """The price of a type in a component and region, or `None` if nothing to derive it from is known."""
        parsed = parse_instance_type_name(name)
        where = region or DEFAULT_REGION
        if parsed is None or component is Component.SAGEMAKER_SERVERLESS:
            return None
        if component.runs_on_ec2_types and not parsed.service:
            price = self._ec2(name, where)
            if price is not None and component is Component.EMR:
                return price._replace(basis=f"{price.basis}; EMR's own charge comes on top")
            return price
        if component.is_sagemaker and parsed.service == "ml":
            return self._sagemaker(name, parsed.base, component, where)
        return None

    def _ec2(self, name: str, region: str) -> Price | None:
        own = self._overlay.ec2_price(name, region)
        if own is not None:
            return _own(own, region, "EC2's price list, Linux on demand")
        listed = self._types.cell(name, "price_us_east_1") if region == DEFAULT_REGION else None
        if listed is not None:
            basis = "EC2's price list, Linux on demand"
            return Price(
                Quantity.exact(listed, _UNIT, "karpenter"), Evidence.FACT, region, self._us_east_1_as_of, basis
            )
        regional = self._regional.get(name, {}).get(region)
        if regional is not None:
            basis = "EC2's price list, Linux on demand, as republished for accelerated types"
            quantity = Quantity.exact(regional, _UNIT, "aws-gpu")
            return Price(quantity, Evidence.THIRD_PARTY, region, self._regional_as_of, basis)
        return self._ec2_derived(name, region)

    def _ec2_derived(self, name: str, region: str) -> Price | None:
        own = self._overlay.ec2_price(name, DEFAULT_REGION)
        listed = own.usd if own else self._types.cell(name, "price_us_east_1")
        source = source_of(own.as_of) if own else "karpenter"
        ratio = self._ratio(name, region)
        if listed is None or ratio is None or not self._offers.find(name, Component.EC2, region).is_offered:
            return None
        kind = "accelerated types" if self._is_accelerated(name) else "other types"
        basis = f"derived: the price in {DEFAULT_REGION} times what {kind} cost in {region} relative to it"
        quantity = _scaled(listed, ratio, source, "aws-gpu")
        return Price(quantity, Evidence.DERIVED, region, own.as_of if own else self._us_east_1_as_of, basis)

    def _sagemaker(self, name: str, base: str, component: Component, region: str) -> Price | None:
        """SageMaker's parts share one price list, so that the component decides only whether there is a price at all."""
        own = self._overlay.sagemaker_price(name, component, region)
        if own is not None:
            return _own(own, region, f"SageMaker's price list, {component.value}")
        quote = self._quote(name)
        if quote is not None and quote.region == region:
            quantity = Quantity.exact(quote.usd, _UNIT, quote.source)
            return Price(quantity, quote.evidence, region, quote.as_of, "quoted from SageMaker's price list")
        refused = self._offers.find(name, component, region).availability is Availability.NOT_OFFERED
        if refused or name not in self._listings.sagemaker_names:
            return None
        return self._sagemaker_derived(name, base, region) if quote is None else self._moved(quote, base, region)

    def _moved(self, quote: _Quote, base: str, region: str) -> Price | None:
        """A price quoted for one region, as it would be in another."""
        here, there = self._ratio(base, region), self._ratio(base, quote.region)
        if here is None or there is None:
            return None
        ratio = [here[0] / there[2], here[1] / there[1], here[2] / there[0]]
        basis = (
            f"derived: quoted from SageMaker's price list for {quote.region}, times EC2's price relation to {region}"
        )
        return Price(_scaled(quote.usd, ratio, quote.source, "aws-gpu"), Evidence.DERIVED, region, quote.as_of, basis)

    def _sagemaker_derived(self, name: str, base: str, region: str) -> Price | None:
        on_ec2 = self._ec2(base, region)
        if on_ec2 is None:
            return None
        low, likely, high, why = self._markup(name)
        price = on_ec2.usd_per_hour
        quantity = Quantity(price.low * low, price.likely * likely, price.high * high, _UNIT, price.sources)
        basis = f"derived: EC2's price times {likely:g} ({low:g} to {high:g}): {why}"
        return Price(quantity, Evidence.DERIVED, region, on_ec2.as_of, basis)

    def _markup(self, name: str) -> tuple[float, float, float, str]:
        _, family, size = name.split(".")
        for _, families, sizes, band, basis in self._data["sagemaker_markups"]:
            if (family in families or "*" in families) and (not sizes or size in sizes):
                return band[0], band[1], band[2], basis
        raise AssertionError("the last row of sagemaker_markups takes every family")

    def _ratio(self, name: str, region: str) -> Band | None:
        bands = self._index.get(region)
        if bands is None:
            return None
        return bands[0] if self._is_accelerated(name) else bands[1]

    def _is_accelerated(self, name: str) -> bool:
        return self._types.cell(name, "accelerator") is not None

    @cached_property
    def _regional(self) -> dict[str, dict[str, float]]:
        return dict(self._data["regional_prices"])

    @cached_property
    def _index(self) -> dict[str, tuple[Band, Band]]:
        return {
            region: (_whole(accelerated), _whole(other)) for region, accelerated, other in self._data["price_index"]
        }

    @cached_property
    def _quoted(self) -> dict[str, Row]:
        return {row[0]: row for row in self._data["sagemaker_prices"]}

    def _quote(self, name: str) -> _Quote | None:
        row = self._quoted.get(name)
        if row is None:
            return None
        _, region, usd, as_of, evidence, source = row
        return _Quote(region, usd, as_of, Evidence(evidence), source)


def _own(listed: Listed, region: str, basis: str) -> Price:
    """A price that the user's own account was told."""
    source = source_of(listed.as_of)
    quantity = Quantity.exact(listed.usd, _UNIT, source)
    return Price(quantity, Evidence.FACT, region, listed.as_of, f"{basis}, as {source}, has it")


def _whole(band: Band) -> Band:
    """The band with its likely value inside: the index rounds its ends and its middle apart from each other."""
    low, likely, high = band
    return [min(low, likely), likely, max(high, likely)]


def _scaled(usd: float, ratio: Band, *sources: str) -> Quantity:
    low, likely, high = ratio
    return Quantity(usd * low, usd * likely, usd * high, _UNIT, sources)
