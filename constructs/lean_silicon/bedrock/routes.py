"""By which way a region reaches a model: itself, or through a cross-region inference profile, and to which regions that routes."""

from __future__ import annotations

from dataclasses import dataclass

from lean_silicon.bedrock.region_table import GLOBAL, Served, asked_regions, served
from lean_silicon.footprint import token_prices
from lean_silicon.footprint.bedrock import profiles_of

_GOVERNMENT = ("us-gov-east-1", "us-gov-west-1")


@dataclass(frozen=True)
class Route:
    """The way of a request.

    Parameters
    ----------
    model_id
        Bedrock's own id of the model.
    profile
        The prefix of the inference profile; `None` for the region itself.
    destinations
        The regions that may compute the answer; `None` for any commercial region (the global profile).
    """

    model_id: str
    profile: str | None
    destinations: tuple[str, ...] | None

    @property
    def profile_id(self) -> str | None:
        """The id of the inference profile; `None` for the region itself."""
        return None if self.profile is None else f"{self.profile}.{self.model_id}"


def route_of(model_id: str, profile: str | None, region: str) -> Route | None:
    """How a request from `region` reaches the model: by the profile asked for, else the shortest way; `None` where none is known."""
    table = served(model_id)
    if table is not None and region in asked_regions():
        return _listed(table, model_id, profile, region)
    return _priced(model_id, profile, region)


def routes_anywhere(model_id: str, profile: str | None, region: str) -> Route | None:
    """The way from a region that is not known at synth; `region` stands for it. `None` where it differs by region.

    Through a profile: to all regions that it routes to from any. Without: to the region itself, for models that have no profile.
    """
    table = served(model_id)
    if table is None:
        return None
    if profile is None:
        return None if table.profiles else Route(model_id, None, (region,))
    if profile not in table.profiles:
        return None
    targets = table.profiles[profile].values()
    if None in targets:
        return Route(model_id, profile, None)
    return Route(
        model_id, profile, tuple(sorted({each for target in targets if target is not None for each in target}))
    )


def _listed(table: Served, model_id: str, profile: str | None, region: str) -> Route | None:
    if profile is None and region in table.direct:
        return Route(model_id, None, (region,))
    offered = [name for name, routes in table.profiles.items() if region in routes]
    if profile is not None:
        chosen = profile if profile in offered else None
    else:
        chosen = min(offered, key=lambda name: _distance(name, region), default=None)
    return None if chosen is None else Route(model_id, chosen, table.profiles[chosen][region])


def _distance(profile: str, region: str) -> tuple[bool, int, str]:
    """The region's own geography first, the whole world last."""
    order = profiles_of(region)
    return (profile == GLOBAL, order.index(profile) if profile in order else len(order), profile)


def _priced(model_id: str, profile: str | None, region: str) -> Route | None:
    """By the price lists alone, for GovCloud and models that the table does not have: where a price is known, there is an offer."""
    prices = [price for price in token_prices() if price.model_id == model_id]
    if profile is None and any(price.region == region for price in prices):
        return Route(model_id, None, (region,))
    known = {price.profile for price in prices if price.profile is not None}
    wanted = [name for name in profiles_of(region) if name in known and profile in (None, name)]
    if not wanted:
        return None
    return Route(model_id, wanted[0], _geography(wanted[0]))


def _geography(profile: str) -> tuple[str, ...] | None:
    """Every region of a geography, which bounds where a profile of it can route."""
    if profile == GLOBAL:
        return None
    if profile == "us-gov":
        return _GOVERNMENT
    return tuple(sorted(region for region in asked_regions() if profile in profiles_of(region)))
