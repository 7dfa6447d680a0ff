"""Amazon Bedrock on demand: what a token costs, and the wide band of what it takes in energy."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lean_silicon.catalog.overlay import source_of
from lean_silicon.catalog.overlay_file import load_overlay, without_older
from lean_silicon.catalog.overlay_text import TokenUsd
from lean_silicon.exceptions import CatalogError
from lean_silicon.quantity import Quantity

ENERGY_PER_MILLION_WRITTEN_TOKENS = Quantity(
    0.056,
    0.56,
    5.6,
    "kWh",
    (
        "0.34 Wh a query of some 300 written tokens (arXiv:2509.20241)",
        "0.24 Wh a median Gemini prompt (arXiv:2508.15734)",
    ),
)
"""Facility energy of a million written tokens: 0.2, 2 and 20 J a token. AWS publishes nothing; two studies of other providers' largest
models stand in, and measurements of open models span a factor of ten around them either way (arXiv:2511.05597)."""

ENERGY_PER_MILLION_READ_TOKENS = Quantity(0.0028, 0.056, 1.1, "kWh", ENERGY_PER_MILLION_WRITTEN_TOKENS.sources)
"""As above for tokens read: they are computed together, which takes some 5 to 20 times less each."""

# Which inference profiles serve a region, nearest first. A profile's own price counts; where a region's is unknown, its geography's.
_GEOGRAPHIES = (
    ("us-gov-", ("us-gov",)),
    ("us-", ("us", "global")),
    ("ca-", ("us", "global")),
    ("eu-", ("eu", "global")),
    ("ap-northeast-1", ("jp", "apac", "global")),
    ("ap-northeast-3", ("jp", "apac", "global")),
    ("ap-southeast-2", ("au", "apac", "global")),
    ("ap-southeast-4", ("au", "apac", "global")),
    ("ap-south-", ("in", "apac", "global")),
    ("ap-", ("apac", "global")),
)
# The price lists without a region are those of these.
_LIST_REGIONS = ("us-east-1", "us-east-2", "us-west-2")

_DATA_FILE = Path(__file__).parent / "data" / "bedrock_prices.json"


class TokenPrice(NamedTuple):
    """What a model costs by token, on demand, USD per million tokens. `None` is unknown.

    Parameters
    ----------
    model_id
        Bedrock's, without the profile's prefix.
    model
        The same model in `lean_silicon.sizing`'s table, where it is there.
    kind
        ``"text"`` or ``"embedding"``.
    profile
        The cross-region inference profile (``"us"``, ``"eu"``, ``"global"``), or `None` for the region itself.
    region
        The region that the price is for; `None` for AWS's list price, that of us-east-1, us-east-2 and us-west-2.
    read, written
        Per million tokens of prompts and of answers. An embedding model writes none.
    batch_read, batch_written
        The same in batch inference.
    context_tokens, parameters, active_parameters
        As published; parameters of closed models are unknown.
    last_day
        When AWS will stop serving it, ISO 8601, where announced.
    source
        Where the price stands, or ``""``.
    """

    model_id: str
    model: str | None
    kind: str
    profile: str | None
    region: str | None
    read: Quantity
    written: Quantity | None
    batch_read: Quantity | None
    batch_written: Quantity | None
    context_tokens: int | None
    parameters: int | None
    active_parameters: int | None
    last_day: str | None
    source: str

    def for_tokens(self, read: float, written: float, *, batch: bool = False) -> Quantity | None:
        """The price of so many tokens, USD; `None` where the price asked for is unknown."""
        reading = self.batch_read if batch else self.read
        writing = self.batch_written if batch else self.written
        if reading is None or (written and writing is None):
            return None
        cost = (reading * (read / 1e6)).in_unit("USD", 1)
        return cost if writing is None else cost + (writing * (written / 1e6)).in_unit("USD", 1)

    def is_served_in(self, region: str) -> bool:
        """Whether the price is for that region, directly or through a profile of its geography."""
        if self.region is not None:
            return self.region == region
        if self.profile is not None:
            return self.profile in profiles_of(region)
        return region in _LIST_REGIONS


def token_prices(region: str | None = None) -> tuple[TokenPrice, ...]:
    """Every known price, or in a region the best one of each model: its own, then its geography's profile, then the global one.

    Prices that the user's account was told (``lean-silicon catalog refresh``) replace the packaged ones of their region.
    """
    if region is None:
        return _prices()
    order = profiles_of(region)
    best: dict[str, TokenPrice] = {}
    for price in _prices():
        if price.is_served_in(region):
            present = best.get(price.model_id)
            if present is None or _distance(price, order) < _distance(present, order):
                best[price.model_id] = price
    return tuple(best.values())


def profiles_of(region: str) -> tuple[str, ...]:
    """The inference profiles that serve a region, nearest first."""
    return next((profiles for prefix, profiles in _GEOGRAPHIES if region.startswith(prefix)), ("global",))


def prices_as_of() -> str:
    """The date of the prices, ISO 8601."""
    return str(_document()["as_of"])


def _distance(price: TokenPrice, order: tuple[str, ...]) -> int:
    if price.profile is None:
        return -1 if price.region is not None else 0
    return 1 + order.index(price.profile)


@cache
def _prices() -> tuple[TokenPrice, ...]:
    """The packaged prices, with those of the user's account (``lean-silicon catalog refresh``) where it was asked."""
    packaged = packaged_prices()
    overlay = without_older(load_overlay(), prices_as_of(), "table of Bedrock's prices")
    own: dict[tuple[str, str | None], TokenPrice] = {}
    known = {price.model_id: price for price in packaged}
    for region in overlay.regions("bedrock_prices"):
        source = source_of(overlay.contents["bedrock_prices"][region]["as_of"])
        for model_id, usd in overlay.token_prices(region).items():
            own[model_id, region] = _own(model_id, region, usd, known.get(model_id), source)
    kept = (price for price in packaged if price.profile is not None or (price.model_id, price.region) not in own)
    return (*kept, *own.values())


def _own(model_id: str, region: str, usd: TokenUsd, known: TokenPrice | None, source: str) -> TokenPrice:
    """A price that the user's own account was told; of a model that this release does not know, nothing else is known."""

    def per_million(value: float | None) -> Quantity | None:
        return None if value is None else Quantity.exact(value, "USD/million tokens", source)

    return TokenPrice(
        model_id=model_id,
        model=known.model if known else None,
        kind=known.kind if known else ("embedding" if usd.written is None else "text"),
        profile=None,
        region=region,
        read=Quantity.exact(usd.read, "USD/million tokens", source),
        written=per_million(usd.written),
        batch_read=per_million(usd.batch_read),
        batch_written=per_million(usd.batch_written),
        context_tokens=known.context_tokens if known else None,
        parameters=known.parameters if known else None,
        active_parameters=known.active_parameters if known else None,
        last_day=known.last_day if known else None,
        source=source,
    )


@cache
def packaged_prices() -> tuple[TokenPrice, ...]:
    """The prices of this release alone, without the user's overlay."""
    document = _document()
    columns, sources = document["columns"], document["sources"]
    return tuple(_price(dict(zip(columns, row, strict=True)), sources) for row in document["rows"])


def _price(row: dict[str, Any], sources: list[str]) -> TokenPrice:
    source = sources[row["source"]]

    def per_million(column: str) -> Quantity | None:
        value = row[column]
        return None if value is None else Quantity.exact(value, "USD/million tokens", source or "litellm 1.109.1")

    read = per_million("usd_per_m_input")
    if read is None:
        raise CatalogError(f"{_DATA_FILE.name}: {row['model_id']} has no price; reinstall the package")
    return TokenPrice(
        model_id=row["model_id"],
        model=row["model"],
        kind=row["kind"],
        profile=row["profile"],
        region=row["region"],
        read=read,
        written=per_million("usd_per_m_output"),
        batch_read=per_million("usd_per_m_input_batch"),
        batch_written=per_million("usd_per_m_output_batch"),
        context_tokens=row["context_tokens"],
        parameters=row["parameters"],
        active_parameters=row["active_parameters"],
        last_day=row["last_day"],
        source=source,
    )


@cache
def _document() -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(_DATA_FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogError(f"{_DATA_FILE.name} cannot be read ({error}); reinstall the package") from error
    return document
