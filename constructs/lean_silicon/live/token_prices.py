"""Bedrock's prices by token, of the models whose entries in the price list can be told from their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lean_silicon.catalog.overlay_text import TokenUsd
from lean_silicon.live.price_list import Product, agreed, products

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lean_silicon.live.account import Account

_PER_MILLION = {"1k tokens": 1e3, "1m tokens": 1.0, "tokens": 1e6, "token": 1e6}
_FEATURES = {"on-demand inference": "", "batch inference": " batch"}
_KINDS = {
    "input tokens": "read",
    "output tokens": "written",
    "text input tokens": "read",
    "text output tokens": "written",
}
# Other ways of buying a token, with prices of their own: through a profile, cached, faster, later, on a model of one's own.
_OTHER = re.compile(
    r"cross-region|global|geo|cache|latency|priority|flex|reserved|custom|provisioned|mantle", re.IGNORECASE
)
# Bedrock lists a model again with the context windows that provisioned throughput takes: amazon.nova-pro-v1:0:300k.
_WINDOW = re.compile(r":(?:[0-9]+k|mm)$")
_WORDLESS = re.compile(r"[^a-z0-9]+")
_COLUMNS = ("read", "written", "read batch", "written batch")


def token_prices(account: Account, region: str) -> tuple[dict[str, TokenUsd], tuple[str, ...]]:
    """USD per million tokens by model id in a region itself, and what could not be attributed.

    The price list names models as people do; `ListFoundationModels` says which id has that name. A name that no id or
    several ids have is left out, never guessed. Models sold through AWS Marketplace are in other lists.
    """
    priced, contradicted = agreed(_priced(account, region))
    names = sorted({name for name, _, _ in (key.partition("/") for key in priced)})
    if not names:
        return {}, ()
    ids = _ids_by_name(account, region)
    found: dict[str, TokenUsd] = {}
    left = [f"{key}: entries contradict each other" for key in contradicted]
    for name in names:
        read, *others = (priced.get(f"{name}/{column}") for column in _COLUMNS)
        candidates = ids.get(_plain(name), set())
        if read is not None and len(candidates) == 1:
            found[min(candidates)] = TokenUsd(read, *others)
        else:
            left.append(
                f"{name}: {'no input price' if read is None else f'{len(candidates)} model ids have that name'}"
            )
    return found, tuple(left)


def _priced(account: Account, region: str) -> Iterator[tuple[str, float]]:
    for product in products(account, "AmazonBedrock", regionCode=region):
        kind, scale = _kind(product), _PER_MILLION.get(product.unit.lower())
        model = product.attributes.get("model") or product.attributes.get("titanModel")
        if kind is not None and scale is not None and model:
            yield f"{model.replace('/', ' ')}/{kind}", round(product.usd * scale, 9)


def _kind(product: Product) -> str | None:
    told = product.attributes
    feature = _FEATURES.get(told.get("feature", "On-demand Inference").lower())
    words = told.get("inferenceType", "").lower()
    batch = feature == " batch" or words.endswith(" batch")
    kind = _KINDS.get(words.removesuffix(" batch"))
    if feature is None or kind is None or _OTHER.search(f"{words} {told.get('usagetype', '')}"):
        return None
    if not batch and "batch" in told.get("usagetype", "").lower():
        return None
    return f"{kind} batch" if batch else kind


def _ids_by_name(account: Account, region: str) -> Mapping[str, set[str]]:
    ids: dict[str, set[str]] = {}
    for page in account.pages("bedrock", "list_foundation_models", region):
        for model in page["modelSummaries"]:
            if "modelName" in model:
                ids.setdefault(_plain(model["modelName"]), set()).add(_WINDOW.sub("", model["modelId"]))
    return ids


def _plain(name: str) -> str:
    """The name without spaces and punctuation, as the two lists write it differently."""
    return _WORDLESS.sub("", name.lower())
