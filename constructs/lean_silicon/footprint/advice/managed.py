"""Bedrock on demand beside machines of one's own: which model, what a month costs, and from how many tokens on machines are cheaper."""

from __future__ import annotations

from dataclasses import dataclass

from lean_silicon.footprint.bedrock import TokenPrice, token_prices
from lean_silicon.footprint.consumption import Consumption
from lean_silicon.footprint.footprint import Site
from lean_silicon.footprint.work import bedrock_tokens
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import PublicModel, Task, Workload, find_model
from lean_silicon.sizing.shape import shape_of

WRITTEN_SHARE = 0.25
"""Of all tokens, where nobody says: three are read for each one written (see docs/sizing.md)."""

_DAYS_PER_MONTH = 365 / 12
_SHOWN = 4
_SIMILAR = (0.5, 1.5)


@dataclass(frozen=True)
class ManagedOption:
    """A model on Bedrock on demand.

    Parameters
    ----------
    price
        What a token costs.
    same_model
        Whether it is the declared model; another one has to be evaluated first.
    monthly
        For the declared tokens of a day; `None` where they are not declared.
    per_million_tokens
        Three quarters read, one quarter written.
    """

    price: TokenPrice
    same_model: bool
    per_million_tokens: Consumption
    monthly: Consumption | None

    def breaks_even_at(self, monthly_cost: Quantity | None) -> float | None:
        """Tokens a day from which machines that cost so much a month are cheaper."""
        per_million = self.per_million_tokens.cost
        if monthly_cost is None or per_million is None or per_million.likely <= 0:
            return None
        return monthly_cost.likely / per_million.likely * 1e6 / _DAYS_PER_MONTH


def managed_options(workload: Workload, task: Task, region: str, site: Site) -> tuple[ManagedOption, ...]:
    """The declared model on Bedrock where it is there, else the cheapest of about its size; cheapest first.

    None where the task does not generate or embed, or the model's context is too short.
    """
    kind = {Task.EMBEDDING: "embedding"}.get(task, "text" if task.generates else None)
    if kind is None:
        return ()
    batch = task is Task.BATCH_INFERENCE
    model = find_model(workload.model) if workload.model else None
    prices = [
        price
        for price in token_prices(region)
        if price.kind == kind
        and price.parameters is not None
        and (workload.context_tokens is None or (price.context_tokens or 0) >= workload.context_tokens)
    ]
    same = [price for price in prices if model is not None and _is(price, model)]
    chosen = same or [price for price in prices if _is_similar(price, workload)]
    options = [_option(price, bool(same), workload, site, batch=batch) for price in chosen]
    priced = [option for option in options if option.per_million_tokens.cost is not None]
    return tuple(sorted(priced, key=_cost)[:_SHOWN])


def _is(price: TokenPrice, model: PublicModel) -> bool:
    known = find_model(price.model) if price.model else None
    return known is not None and known.name == model.name


def _is_similar(price: TokenPrice, workload: Workload) -> bool:
    shape = shape_of(workload)
    if shape is None or price.parameters is None:
        return False
    return _SIMILAR[0] <= price.parameters / shape.parameters <= _SIMILAR[1]


def _option(price: TokenPrice, same: bool, workload: Workload, site: Site, *, batch: bool) -> ManagedOption:
    written = WRITTEN_SHARE if price.written is not None else 0.0
    million = bedrock_tokens(price, (1 - written) * 1e6, written * 1e6, site, batch=batch)
    monthly = None
    if workload.tokens_per_day is not None:
        tokens = workload.tokens_per_day * _DAYS_PER_MONTH
        monthly = bedrock_tokens(price, (1 - written) * tokens, written * tokens, site, batch=batch)
    return ManagedOption(price, same, million, monthly)


def _cost(option: ManagedOption) -> float:
    cost = option.per_million_tokens.cost
    return cost.likely if cost else float("inf")
