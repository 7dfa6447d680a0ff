"""The public models whose numbers are known here: a small table of architectures, each with its source."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing.tables import read_table
from lean_silicon.sizing.vocabulary import Attention


class PublicModel(NamedTuple):
    """A public model's published numbers.

    Parameters
    ----------
    name
        The catalogue's name, in lower case: ``"llama-3.1-8b"``.
    parameters, active_parameters
        All weights, and those used for one token.
    layers, attention_heads, kv_heads, head_size, hidden_size, vocabulary, context_tokens
        As in its configuration file; `context_tokens` is the longest it was made for.
    attention
        How keys and values are shared; `None` for an encoder, which keeps no cache.
    cached_values
        Values that the cache keeps per token and layer: ``2 × kv_heads × head_size``, or the latent vector of MLA.
    full_attention_layers, window_tokens
        Where some layers look at a sliding window only: how many look at everything, and how long the window is.
    source
        Where the numbers stand.
    """

    name: str
    parameters: int
    active_parameters: int
    layers: int
    attention_heads: int
    kv_heads: int
    head_size: int
    hidden_size: int
    vocabulary: int
    context_tokens: int
    attention: Attention | None
    cached_values: int
    full_attention_layers: int
    window_tokens: int | None
    source: str

    @property
    def generates(self) -> bool:
        """Whether it produces text token by token."""
        return self.attention is not None


def find_model(name: str) -> PublicModel | None:
    """The public model of that name, however it is spelled: ``meta-llama/Llama-3.1-8B-Instruct`` is ``llama-3.1-8b``."""
    table = _table()
    spelled = _normalised(name)
    while True:
        if spelled in table:
            return table[spelled]
        shorter = next((spelled.removesuffix(tail) for tail in _VARIANTS if spelled.endswith(tail)), None)
        if shorter is None:
            return None
        spelled = shorter


def require_model(name: str) -> PublicModel:
    """As `find_model`, for a caller that cannot go on without.

    Raises
    ------
    InvalidValueError
        If the model is not in the table; the message names the nearest that are.
    """
    model = find_model(name)
    if model is None:
        near = ", ".join(nearest_model_names(name))
        raise InvalidValueError(
            f"model {name!r} is unknown; nearest known are {near}; or give the number of parameters instead"
        )
    return model


def nearest_model_names(name: str, limit: int = 3) -> tuple[str, ...]:
    """Known names most like an unknown one, best first."""
    import difflib  # only for a misspelt name, and it takes longer to import than the table to read

    return tuple(difflib.get_close_matches(_normalised(name), list(_table()), n=limit, cutoff=0.0))


def public_models() -> tuple[PublicModel, ...]:
    """All models of the table, in its order."""
    return tuple(dict.fromkeys(_table().values()))


def _normalised(name: str) -> str:
    """Lower case, without the publisher, words joined by hyphens."""
    last = name.strip().lower().rsplit("/", 1)[-1]
    return "-".join(last.replace("_", "-").replace(" ", "-").split("-"))


# What a publisher appends for another training of the same architecture; it changes none of the numbers.
_VARIANTS = (
    "-instruct",
    "-chat",
    "-it",
    "-hf",
    "-base",
    "-v0.1",
    "-v0.2",
    "-v0.3",
    "-v1.5",
    "-2407",
    "-2501",
    "-2411",
    "-pt",
)


@cache
def _table() -> dict[str, PublicModel]:
    table: dict[str, PublicModel] = {}
    for row in read_table("models.csv"):
        model = _model(row)
        table[model.name] = model
        for alias in row["aliases"].split():
            table[alias] = model
    return table


def _model(row: dict[str, str]) -> PublicModel:
    parameters, layers = int(row["parameters"]), int(row["layers"])
    kv_heads, head_size = int(row["kv_heads"]), int(row["head_size"])
    return PublicModel(
        name=row["name"],
        parameters=parameters,
        active_parameters=int(row["active_parameters"] or parameters),
        layers=layers,
        attention_heads=int(row["attention_heads"]),
        kv_heads=kv_heads,
        head_size=head_size,
        hidden_size=int(row["hidden_size"]),
        vocabulary=int(row["vocabulary"]),
        context_tokens=int(row["context_tokens"]),
        attention=Attention(row["attention"]) if row["attention"] else None,
        cached_values=int(row["cached_values"] or 2 * kv_heads * head_size),
        full_attention_layers=int(row["full_attention_layers"] or layers),
        window_tokens=int(row["window_tokens"]) if row["window_tokens"] else None,
        source=row["source"],
    )
