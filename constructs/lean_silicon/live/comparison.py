"""What the account says, beside what the packaged catalogue says: new types, regions and prices, and prices that drifted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lean_silicon.catalog import Component
from lean_silicon.catalog.overlay import Overlay
from lean_silicon.footprint.bedrock import packaged_prices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lean_silicon.catalog import Catalog
    from lean_silicon.quantity import Quantity

MAX_DRIFT = 0.25
"""A price this far from the last known one, as a share of it, is refused until it is accepted."""


@dataclass(frozen=True)
class PriceChange:
    """A price that differs.

    `packaged` is what the packaged catalogue says, with its band where it is derived. `drift` is the distance from the
    nearest edge of what is known, as a share of that edge: of the last refresh's price where there is one, else of the
    packaged one. Within the band it is 0.
    """

    what: str
    name: str
    region: str
    packaged: Quantity | None
    usd: float
    unit: str
    drift: float

    @property
    def is_drift(self) -> bool:
        """Whether it is beyond `MAX_DRIFT`."""
        return abs(self.drift) > MAX_DRIFT


@dataclass
class Comparison:
    """The difference. Names are sorted."""

    new_types: list[str] = field(default_factory=list)
    new_regions: list[str] = field(default_factory=list)
    now_offered: dict[str, list[str]] = field(default_factory=dict)
    no_longer_offered: dict[str, list[str]] = field(default_factory=dict)
    changed_prices: list[PriceChange] = field(default_factory=list)
    new_prices: int = 0
    same_prices: int = 0

    @property
    def drifted(self) -> list[PriceChange]:
        """The changes beyond `MAX_DRIFT`, the farthest first."""
        return sorted(
            (change for change in self.changed_prices if change.is_drift), key=lambda change: -abs(change.drift)
        )


@dataclass(frozen=True)
class _Figure:
    what: str
    name: str
    region: str
    usd: float
    unit: str
    packaged: Quantity | None
    last: float | None


def compared(catalog: Catalog, answered: Overlay, last: Overlay) -> Comparison:
    """Compare answers with the packaged catalogue; `last` is the overlay that stands, whose prices were accepted before."""
    found = Comparison()
    known = {region.code for region in catalog.regions()}
    found.new_regions = [region for region in answered.regions() if region not in known]
    names = set(answered.types["types"])
    for region in answered.regions("offers"):
        names |= _offers(catalog, answered, region, found)
    for listed in answered.sagemaker_names().values():
        names |= listed
    found.new_types = sorted(name for name in names if catalog.find(name) is None or name in answered.types["types"])
    for figure in (*_instance_prices(catalog, answered, last), *_token_prices(answered, last)):
        _compare(figure, found)
    return found


def _offers(catalog: Catalog, answered: Overlay, region: str, found: Comparison) -> set[str]:
    """Note what a region offers and did not, or did and does not; the names that it offers."""
    offered = answered.offers(region) or frozenset()
    before = {name for name in catalog.names() if region in catalog.offer(name, Component.EC2).regions}
    found.now_offered[region] = sorted(offered - before)
    found.no_longer_offered[region] = sorted(before - offered)
    return set(offered)


def _instance_prices(catalog: Catalog, answered: Overlay, last: Overlay) -> Iterator[_Figure]:
    for section in ("ec2_prices", "sagemaker_prices"):
        for region in answered.regions(section):
            accepted = last.prices(section, region)
            for key, usd in answered.prices(section, region).items():
                word, _, name = key.rpartition("/")
                component = Component(word) if word else Component.EC2
                packaged = catalog.price(name, component, region)
                quantity = packaged.usd_per_hour if packaged else None
                yield _Figure(component.value, name, region, usd, "USD/h", quantity, accepted.get(key))


def _token_prices(answered: Overlay, last: Overlay) -> Iterator[_Figure]:
    for region in answered.regions("bedrock_prices"):
        packaged = {
            price.model_id: price for price in packaged_prices() if price.profile is None and price.is_served_in(region)
        }
        accepted = last.token_prices(region)
        for model, prices in answered.token_prices(region).items():
            for column, usd in prices._asdict().items():
                if usd is not None:
                    quantity = getattr(packaged.get(model), column, None)
                    before = getattr(accepted.get(model), column, None)
                    yield _Figure(
                        f"bedrock {column.replace('_', ' ')}",
                        model,
                        region,
                        usd,
                        "USD/million tokens",
                        quantity,
                        before,
                    )


def _compare(figure: _Figure, found: Comparison) -> None:
    drift = 0.0
    if figure.last is not None:
        drift = figure.usd / figure.last - 1
    elif figure.packaged is not None:
        drift = _beyond(figure.packaged, figure.usd)
    else:
        found.new_prices += 1
        return
    differs = figure.packaged is None or abs(figure.usd - figure.packaged.likely) > 1e-6 * figure.packaged.likely
    if not differs and not drift:
        found.same_prices += 1
        return
    found.changed_prices.append(
        PriceChange(figure.what, figure.name, figure.region, figure.packaged, figure.usd, figure.unit, drift)
    )


def _beyond(known: Quantity, usd: float) -> float:
    """How far outside of the band a price is, as a share of the edge that is nearer; 0 inside."""
    if known.low <= usd <= known.high:
        return 0.0
    edge = known.low if usd < known.low else known.high
    return usd / edge - 1 if edge else float("inf")
