"""Models of Amazon Bedrock: how they are named, where they are served, what they cost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from lean_silicon.bedrock.region_table import asked_regions, known_models, served
from lean_silicon.bedrock.routes import Route, route_of
from lean_silicon.catalog import load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Consumption, TokenPrice, bedrock_tokens, site_of, token_prices

_PROFILE_ID = re.compile(r"(us-gov|us|eu|apac|global|jp|au|in|ca|sa|me|af|uk|mx)\.(.+\..+)")
_ARN = re.compile(r"arn:[^:]*:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile)/(.+)")
_FAMILY = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class BedrockModel:
    """A foundation model of Amazon Bedrock. Made with `of`.

    Parameters
    ----------
    model_id
        Bedrock's own, without an inference profile's prefix.
    profile
        The inference profile that was asked for (``"us"``, ``"global"``); `None` leaves it to the region: the region itself where it
        serves the model, else the profile of its geography, else the global one.

    Examples
    --------
    >>> model = BedrockModel.of("amazon.nova-micro-v1:0")
    >>> model.provider, model.profile_for("us-east-1"), model.profile_for("eu-west-1")
    ('amazon', None, 'eu.amazon.nova-micro-v1:0')
    >>> BedrockModel.of("us.anthropic.claude-haiku-4-5-20251001-v1:0").profile_for("us-west-2")
    'us.anthropic.claude-haiku-4-5-20251001-v1:0'
    """

    model_id: str
    profile: str | None = None

    @classmethod
    def of(cls, name: BedrockModel | str) -> BedrockModel:
        """A model by its id, by the id of a cross-region inference profile, or by the ARN of either.

        Raises
        ------
        InvalidValueError
            If this release knows no such model; the message has the nearest names.
        """
        if isinstance(name, BedrockModel):
            return name
        if not isinstance(name, str):
            raise InvalidValueError(
                f"model is {name!r}; give Bedrock's id of it as text, such as 'amazon.nova-micro-v1:0' (the CDK's own models have it as "
                "model_id)"
            )
        arn = _ARN.fullmatch(name)
        asked = arn[1] if arn else name
        parts = _PROFILE_ID.fullmatch(asked)
        model_id, profile = (parts[2], parts[1]) if parts else (asked, None)
        if model_id not in _known_ids():
            near = get_close_matches(model_id[:80], sorted(_known_ids()), 3, 0.5)
            hint = f"; the nearest are {', '.join(near)}" if near else ""
            raise InvalidValueError(
                f"model {name!r} is not known as a model of Amazon Bedrock{hint}. Write its id as AWS lists it, such as "
                "'amazon.nova-micro-v1:0', or with an inference profile, 'us.amazon.nova-micro-v1:0'"
            )
        return cls(model_id, profile)

    @property
    def provider(self) -> str:
        """Who made it, as the id says: ``"amazon"``."""
        return self.model_id.partition(".")[0]

    @property
    def family(self) -> str:
        """Provider and first word of the name: ``"amazon.nova"``, ``"meta.llama"``."""
        word = _FAMILY.match(self.model_id.partition(".")[2])
        return f"{self.provider}.{word[0]}" if word else self.provider

    @property
    def writes_text(self) -> bool | None:
        """Whether it answers in text, which models that make vectors do not; `None` is unknown."""
        kinds = {price.kind for price in _prices(self.model_id)}
        return "text" in kinds if kinds else None

    @property
    def parameters(self) -> int | None:
        """As published; `None` is unknown, as of every closed model."""
        return next((price.parameters for price in _prices(self.model_id) if price.parameters is not None), None)

    @property
    def regions(self) -> frozenset[str]:
        """The regions known to serve it, themselves or through a profile; empty is unknown."""
        table = served(self.model_id)
        listed = table.regions if table is not None else frozenset[str]()
        if table is not None and self.profile is not None:
            listed = frozenset(table.profiles.get(self.profile, ()))
        return listed | {price.region for price in _prices(self.model_id) if price.region and self.profile is None}

    def is_served_in(self, region: str) -> bool | None:
        """Whether a request can be sent from that region; `None` where that is not known: models new or gone, GovCloud, China."""
        if region not in asked_regions():
            return True if self.route(region) is not None else None
        table = served(self.model_id)
        # Either AWS has taken it back or this release is older than the model.
        return None if table is None else self.route(region) is not None

    def route(self, region: str) -> Route | None:
        """How a request from that region reaches the model; `None` where that is not known or not possible."""
        return route_of(self.model_id, self.profile, region)

    def profile_for(self, region: str) -> str | None:
        """The id of the cross-region inference profile by which that region reaches it; `None` where the region itself serves it.

        Raises
        ------
        InvalidValueError
            If the model is not offered there.
        """
        self.require_served_in(region)
        route = self.route(region)
        return None if route is None else route.profile_id

    def require_served_in(self, region: str) -> None:
        """Raise InvalidValueError if the model is known not to be offered in that region."""
        if self.is_served_in(region) is False:
            bare = BedrockModel(self.model_id)
            if self.profile is not None and bare.is_served_in(region):
                fix = f"write {bare.profile_for(region) or self.model_id!r}, by which {region} reaches it"
            else:
                fix = f"use one of {', '.join(sorted(self.regions)) or 'the regions that AWS lists'}, or another model"
            raise InvalidValueError(f"model {self} is not offered in {region}; {fix}")

    def price(self, region: str | None) -> TokenPrice | None:
        """What its tokens cost from that region, by the way that requests take; `None` is unknown.

        Without a region it is known where the model was asked for by its profile, whose price is the same from everywhere.
        """
        route = None if region is None else self.route(region)
        profile = self.profile if route is None else route.profile
        through = next(
            (price for price in _prices(self.model_id) if profile is not None and price.profile == profile), None
        )
        if through is not None or region is None:
            return through
        return next((price for price in token_prices(region) if price.model_id == self.model_id), None)

    def footprint(self, region: str | None, read_tokens: float, written_tokens: float) -> Consumption:
        """Money, energy and carbon of so many tokens, with the wide band that the evidence on energy has. See `bedrock_tokens`."""
        price = self.price(region)
        site = site_of(region, load_catalog())
        if price is not None:
            return bedrock_tokens(price, read_tokens, written_tokens, site)
        anywhere = next(iter(_prices(self.model_id)), None)
        if anywhere is None:
            return Consumption()
        known = bedrock_tokens(anywhere, read_tokens, written_tokens, site)
        return Consumption(energy=known.energy, carbon=known.carbon, carbon_market_based=known.carbon_market_based)

    @property
    def least_usd_written(self) -> float | None:
        """What a million written tokens cost at least, anywhere; `None` where unknown or where the model writes none."""
        return _least_usd_written(self.model_id)

    def is_dear(self, usd: float) -> bool:
        """Whether a million written tokens cost more than `usd` everywhere, where the same provider has a model at half of that or less."""
        least = _least_usd_written(self.model_id)
        if least is None or least <= usd:
            return False
        others = (_least_usd_written(other) for other in _known_ids() if other.partition(".")[0] == self.provider)
        return any(other is not None and other <= least / 2 for other in others)

    def smaller_siblings(self, region: str) -> tuple[BedrockModel, ...]:
        """Models of the family that cost less per written token there and are served there, the cheapest first.

        Providers do not publish how large their models are, so price stands for size.
        """
        own = _usd_written(self, region)
        if own is None:
            return ()
        found = [
            (usd, each.model_id, each)
            for each in (BedrockModel(model_id) for model_id in _known_ids())
            if each.family == self.family and each.is_served_in(region)
            if (usd := _usd_written(each, region)) is not None and usd < own
        ]
        return tuple(each for _, _, each in sorted(found, key=lambda entry: entry[:2]))

    def __str__(self) -> str:
        return self.model_id if self.profile is None else f"{self.profile}.{self.model_id}"


def _usd_written(model: BedrockModel, region: str) -> float | None:
    price = model.price(region)
    return price.written.likely if price is not None and price.written is not None else None


def _least_usd_written(model_id: str) -> float | None:
    return min((price.written.likely for price in _prices(model_id) if price.written is not None), default=None)


@cache
def _known_ids() -> frozenset[str]:
    return known_models() | {price.model_id for price in token_prices()}


@cache
def _prices(model_id: str) -> tuple[TokenPrice, ...]:
    return tuple(price for price in token_prices() if price.model_id == model_id)
