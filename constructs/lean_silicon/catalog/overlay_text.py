"""The texts of an overlay's parts: words in a row, which a JSON reader passes over at once and only who asks takes apart.

Reading raises `ValueError` or `IndexError` where the words make no sense.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class TokenUsd(NamedTuple):
    """A Bedrock model's prices in USD per million tokens; `None` is unknown."""

    read: float
    written: float | None
    batch_read: float | None
    batch_written: float | None


def sagemaker_names_in(texts: Iterable[str]) -> dict[str, str]:
    """The names by component in SageMaker's parts of all regions."""
    names: dict[str, set[str]] = {}
    for text in texts:
        for key in text.split()[::2]:
            component, _, name = key.partition("/")
            names.setdefault(component, set()).add(name)
    return {component: " ".join(sorted(found)) for component, found in sorted(names.items())}


def read_names(text: str) -> frozenset[str]:
    """Names, as `names_text` writes them."""
    return frozenset(text.split())


def read_prices(text: str) -> dict[str, float]:
    """Names and prices in turn, as `priced_text` writes them."""
    words = text.split()
    return dict(zip(words[::2], map(_usd, words[1::2]), strict=True))


def read_token_prices(text: str) -> dict[str, TokenUsd]:
    """Token prices by model id, as `token_text` writes them."""
    words = text.split()
    return {
        words[at]: TokenUsd(
            _usd(words[at + 1]),
            _known(words[at + 2]),
            _known(words[at + 3]),
            _known(words[at + 4]),
        )
        for at in range(0, len(words), 5)
    }


def _known(word: str) -> float | None:
    return None if word == "-" else _usd(word)


def _usd(word: str) -> float:
    usd = float(word)
    if not 0 < usd < float("inf"):
        raise ValueError(f"{word!r} is no price")
    return usd


def names_text(names: frozenset[str] | set[str]) -> str:
    """A section's text from names."""
    return " ".join(sorted(names))


def priced_text(prices: Mapping[str, float]) -> str:
    """A section's text from prices by name."""
    return " ".join(f"{name} {usd!r}" for name, usd in sorted(prices.items()))


def token_text(prices: Mapping[str, TokenUsd]) -> str:
    """A section's text from token prices by model id."""
    return " ".join(
        f"{model} {' '.join('-' if usd is None else repr(usd) for usd in price)}"
        for model, price in sorted(prices.items())
    )
