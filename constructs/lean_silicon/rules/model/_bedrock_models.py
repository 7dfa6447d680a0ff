"""What is known of the models of Amazon Bedrock: how they are named, what they cost, how long AWS serves them.

Prices and announced last days are those of `lean_silicon.footprint.bedrock`, model by model with their sources. Last days that these
do not hold are added here.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import NamedTuple

from lean_silicon.footprint.bedrock import TokenPrice, token_prices


class Reached(Enum):
    """What a reference to a model names."""

    MODEL = "the model itself"
    SYSTEM_PROFILE = "a cross-region inference profile of AWS"
    APPLICATION_PROFILE = "an application inference profile"
    OTHER = "a model or router of one's own"


class ModelName(NamedTuple):
    """A reference to a model, taken apart. `model_id` is Bedrock's, without profile; `None` where it cannot be known."""

    reached: Reached
    model_id: str | None


class LastDay(NamedTuple):
    """When AWS stops serving a model (ISO 8601), and who says so."""

    day: str
    source: str


_ARN = re.compile(r"arn:[^:]*:bedrock:[^:]*:[^:]*:([a-z-]+)/(.+)", re.DOTALL)
_ID = re.compile(r"[a-z0-9-]+\.[A-Za-z0-9.:_@-]+")
_PROFILE = re.compile(r"(?:us-gov|us|eu|apac|global|jp|au|in|ca|sa|me|af|uk|mx)\.(?=[a-z0-9-]+\.)")
_CONTEXT = re.compile(r":\d+k$")
_LIFECYCLE = "https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html"

_FURTHER_LAST_DAYS = {
    "amazon.nova-canvas-v1:0": "2026-09-30",
    "amazon.nova-premier-v1:0": "2026-09-14",
    "amazon.nova-sonic-v1:0": "2026-09-14",
    "amazon.titan-image-generator-v2:0": "2026-06-30",
    "anthropic.claude-3-5-haiku-20241022-v1:0": "2026-06-19",
    "anthropic.claude-3-7-sonnet-20250219-v1:0": "2026-04-28",
    "anthropic.claude-3-haiku-20240307-v1:0": "2026-09-10",
    "anthropic.claude-3-sonnet-20240229-v1:0": "2026-07-30",
    "anthropic.claude-instant-v1": "2025-07-21",
    "anthropic.claude-v2": "2025-07-21",
    "anthropic.claude-v2:1": "2025-07-21",
    "cohere.command-light-text-v14": "2025-08-12",
    "cohere.command-text-v14": "2025-08-12",
    "twelvelabs.marengo-embed-2-7-v1:0": "2026-11-30",
    "twelvelabs.pegasus-1-2-v1:0": "2027-03-22",
}
"""As AWS announced on its page "Model lifecycle"; where regions differ, the latest day."""


def model_name(text: str) -> ModelName | None:
    """What a model id, profile id or ARN names; `None` where it is none of them.

    Examples
    --------
    >>> model_name("us.anthropic.claude-opus-5")
    ModelName(reached=<Reached.SYSTEM_PROFILE: 'a cross-region inference profile of AWS'>, model_id='anthropic.claude-opus-5')
    """
    arn = _ARN.fullmatch(text)
    kind, name = (arn[1], arn[2]) if arn else ("", text)
    if kind == "application-inference-profile":
        return ModelName(Reached.APPLICATION_PROFILE, None)
    if kind not in ("", "foundation-model", "inference-profile"):
        return ModelName(Reached.OTHER, None)
    if not _ID.fullmatch(name):
        if not kind:
            return None
        return ModelName(Reached.MODEL if kind == "foundation-model" else Reached.SYSTEM_PROFILE, None)
    profile = None if kind == "foundation-model" else _PROFILE.match(name)
    if profile is None:
        return ModelName(Reached.MODEL, name)
    return ModelName(Reached.SYSTEM_PROFILE, name[profile.end() :])


def usd_per_million_written(model_id: str) -> float | None:
    """What a million written tokens cost at least, anywhere; `None` where unknown or where the model writes none."""
    return min((price.written.likely for price in _prices_of(model_id) if price.written is not None), default=None)


def writes_text(model_id: str) -> bool:
    """Whether the model is known to answer in text."""
    return any(price.kind == "text" for price in _prices_of(model_id))


def smaller_models(model_id: str, usd: float, today: str) -> tuple[tuple[str, float], ...]:
    """The same provider's models that cost at most so much, with their prices: the dearest of them, and the cheapest.

    Models whose last day is over are left out.
    """
    provider = model_id.partition(".")[0]
    found = [
        (price, other)
        for other, price in _written_prices().items()
        if other.partition(".")[0] == provider and price <= usd and "@" not in other
        if (last := last_day(other)) is None or last.day >= today
    ]
    if not found:
        return ()
    least = min(price for price, _ in found)
    cheapest = max(entry for entry in found if entry[0] == least)
    return tuple((other, price) for price, other in dict.fromkeys((max(found), cheapest)))


def last_day(model_id: str, region: str | None = None) -> LastDay | None:
    """When AWS stops serving the model, where it has said so.

    A day that is known for one inference profile only, and not for the model, is no announcement for the model.
    """
    prices = [price for price in _prices_of(model_id) if price.profile is None]
    there = [price for price in prices if price.region == region and region is not None]
    listed = there or [price for price in prices if price.region is None]
    for price in listed:
        if price.last_day is not None:
            return LastDay(price.last_day, price.source or _LIFECYCLE)
    further = _FURTHER_LAST_DAYS.get(_bare(model_id))
    return None if further is None else LastDay(further, _LIFECYCLE)


def _bare(model_id: str) -> str:
    """The id without the context window that provisioned throughput adds (``:200k``)."""
    return _CONTEXT.sub("", model_id)


def _prices_of(model_id: str) -> tuple[TokenPrice, ...]:
    return _by_id().get(_bare(model_id), ())


@cache
def _by_id() -> dict[str, tuple[TokenPrice, ...]]:
    found: dict[str, list[TokenPrice]] = {}
    for price in token_prices():
        found.setdefault(price.model_id, []).append(price)
    return {model_id: tuple(prices) for model_id, prices in found.items()}


@cache
def _written_prices() -> dict[str, float]:
    """The least price of a million written tokens by model."""
    return {
        model_id: usd
        for model_id in _by_id()
        if writes_text(model_id) and (usd := usd_per_million_written(model_id)) is not None
    }
