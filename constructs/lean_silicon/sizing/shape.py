"""The shape of a model: from its own numbers, a public model's, or a table by parameter count."""

from __future__ import annotations

import bisect
import math
from functools import cache, lru_cache
from typing import NamedTuple

from lean_silicon.quantity import Quantity
from lean_silicon.sizing.models import PublicModel, find_model
from lean_silicon.sizing.tables import read_table
from lean_silicon.sizing.vocabulary import Attention
from lean_silicon.sizing.workload import Workload


class Shape(NamedTuple):
    """What memory and time depend on.

    Parameters
    ----------
    parameters, active_parameters
        All weights, and those used for one token.
    cached_values
        Values in the key-value cache per token, over all layers that keep every token.
    window_values, window_tokens
        Values per token of the layers that keep a sliding window only, and how long it is. Zero and `None` where none does.
    hidden_size, layers, vocabulary
        As in a model's configuration file.
    attention_heads, kv_heads
        `None` where unknown.
    basis
        Where the numbers come from, for a report.
    """

    parameters: int
    active_parameters: int
    cached_values: Quantity
    hidden_size: Quantity
    layers: Quantity
    vocabulary: Quantity
    basis: str
    attention_heads: int | None = None
    kv_heads: int | None = None
    window_values: float = 0.0
    window_tokens: int | None = None


@lru_cache(maxsize=256)
def shape_of(workload: Workload) -> Shape | None:
    """The shape of the workload's model, or `None` where neither its parameters nor a known model is declared."""
    model = _consistent_model(workload)
    parameters = workload.parameters or (model.parameters if model else None)
    if parameters is None:
        return None
    heads, kv_heads = workload.attention_heads, workload.kv_heads
    if model and model.generates and heads is None and kv_heads is None:
        heads = model.attention_heads
        # Every device of a tensor-parallel group needs the whole latent vector of MLA, as if there were one head.
        kv_heads = 1 if model.attention is Attention.MLA else model.kv_heads
    cached, basis = _cached_values(workload, model, parameters)
    windowed = model is not None and basis == model.source and model.window_tokens is not None
    return Shape(
        parameters=parameters,
        active_parameters=_active_parameters(workload, model, parameters),
        cached_values=cached,
        hidden_size=_number(workload.hidden_size, model.hidden_size if model else None, "hidden_size", parameters),
        layers=_number(workload.layers, model.layers if model else None, "layers", parameters),
        vocabulary=_number(workload.vocabulary, model.vocabulary if model else None, "vocabulary", parameters),
        basis=basis,
        attention_heads=heads,
        kv_heads=kv_heads,
        window_values=(model.layers - model.full_attention_layers) * model.cached_values if windowed and model else 0.0,
        window_tokens=model.window_tokens if windowed and model else None,
    )


def typical(quantity: str, parameters: int, attention: Attention | None = None) -> Quantity:
    """What models of that size have: `quantity` is ``"cached_values"``, ``"hidden_size"``, ``"layers"`` or ``"vocabulary"``.

    Interpolated on logarithmic axes between the rows of ``sizing/data/shapes.csv``, which bracket the public models of
    ``models.csv``; constant outside them. It never falls as `parameters` grows.
    """
    rows = _shapes()[quantity, str(attention or "")]
    position = bisect.bisect_left(rows, (float(parameters),))
    if position == 0:
        _, *bounds = rows[0]
    elif position == len(rows):
        _, *bounds = rows[-1]
    else:
        below, above = rows[position - 1], rows[position]
        share = math.log(parameters / below[0]) / math.log(above[0] / below[0])
        bounds = [start * (end / start) ** share for start, end in zip(below[1:], above[1:], strict=True)]
    return Quantity(bounds[0], bounds[1], bounds[2], quantity, ("sizing/data/shapes.csv",))


def _consistent_model(workload: Workload) -> PublicModel | None:
    """The declared public model, unless the declared parameters say that it is another."""
    model = find_model(workload.model) if workload.model else None
    if model and workload.parameters and not 0.8 <= workload.parameters / model.parameters <= 1.25:
        return None
    return model


def _active_parameters(workload: Workload, model: PublicModel | None, parameters: int) -> int:
    if workload.active_parameters:
        return workload.active_parameters
    return min(parameters, model.active_parameters) if model else parameters


def _cached_values(workload: Workload, model: PublicModel | None, parameters: int) -> tuple[Quantity, str]:
    """Values per token and where they come from: declared numbers first, then the model's, then the table."""
    head_size = workload.head_size
    if head_size is None and workload.hidden_size and workload.attention_heads:
        head_size = workload.hidden_size // workload.attention_heads
    kv_heads = workload.kv_heads
    if kv_heads is None and workload.attention is Attention.MHA:
        kv_heads = workload.attention_heads
    if workload.layers and kv_heads and head_size and workload.attention is not Attention.MLA:
        return Quantity.exact(2 * workload.layers * kv_heads * head_size, "cached_values", "declared"), "declared"
    if model is not None and model.generates:
        values = model.full_attention_layers * model.cached_values
        return Quantity.exact(values, "cached_values", model.source), model.source
    values_by_size = typical("cached_values", parameters, workload.attention or Attention.GQA)
    kind = "" if workload.attention else ", taken to use grouped-query attention"
    return values_by_size, f"a model of {billions(parameters)} parameters{kind}"


def _number(declared: int | None, published: int | None, quantity: str, parameters: int) -> Quantity:
    known = declared or published
    return typical(quantity, parameters) if known is None else Quantity.exact(known, quantity)


def billions(parameters: int) -> str:
    """A count of parameters as the field writes it: 8B, 0.5B, 110M, 1.03T."""
    for factor, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if parameters >= 0.4 * factor:
            return f"{parameters / factor:.3g}{letter}"
    return str(parameters)


@cache
def _shapes() -> dict[tuple[str, str], list[tuple[float, ...]]]:
    table: dict[tuple[str, str], list[tuple[float, ...]]] = {}
    for row in read_table("shapes.csv"):
        bounds = tuple(float(row[column]) for column in ("parameters", "low", "likely", "high"))
        table.setdefault((row["quantity"], row["attention"]), []).append(bounds)
    return table
