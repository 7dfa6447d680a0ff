"""The Price List API's products as plain prices."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from lean_silicon.live.account import PRICE_LIST_REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lean_silicon.live.account import Account


class Product(NamedTuple):
    """One product on demand: its attributes, and its price per `unit` in USD."""

    attributes: dict[str, str]
    usd: float
    unit: str


def products(account: Account, service_code: str, **filters: str) -> Iterator[Product]:
    """The products of a service that match all filters and have one positive price in USD on demand.

    Raises
    ------
    CallFailedError
        If the price list does not answer.
    """
    wanted = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in filters.items()]
    pages = account.pages(
        "pricing", "get_products", PRICE_LIST_REGION, ServiceCode=service_code, Filters=wanted, FormatVersion="aws_v1"
    )
    for page in pages:
        for text in page["PriceList"]:
            yield from _on_demand(text)


def agreed(prices: Iterable[tuple[str, float]]) -> tuple[dict[str, float], tuple[str, ...]]:
    """The prices by name, and the names with more than one: which of them would be charged is not told, so none is kept."""
    found: dict[str, float] = {}
    contradicted: set[str] = set()
    for name, usd in prices:
        if not math.isclose(found.setdefault(name, usd), usd, rel_tol=1e-6):
            contradicted.add(name)
    return {name: usd for name, usd in found.items() if name not in contradicted}, tuple(sorted(contradicted))


def _on_demand(text: str) -> Iterator[Product]:
    """The product of one entry; none if the entry is not what the format says, or costs nothing or several prices."""
    try:
        entry: Any = json.loads(text)
        attributes = {str(key): str(value) for key, value in entry["product"]["attributes"].items()}
        terms = entry.get("terms", {}).get("OnDemand", {})
        dimensions = [dimension for term in terms.values() for dimension in term["priceDimensions"].values()]
        prices = {(float(dimension["pricePerUnit"]["USD"]), str(dimension["unit"])) for dimension in dimensions}
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    if len(prices) == 1:
        usd, unit = prices.pop()
        if 0 < usd < math.inf:
            yield Product(attributes, usd, unit)
