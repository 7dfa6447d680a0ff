"""The candidates of an evaluation, in the order of preference, with what each costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Consumption, Quantity

REQUESTS = 1000
"""Prices and energy are stated for so many requests."""


@dataclass(frozen=True)
class Traffic:
    """The tokens of a usual request, by which candidates are priced.

    Parameters
    ----------
    read_tokens, written_tokens
        Of the prompt and of the answer. Default: 1,000 and 300. 300 is the length of the answers that the studies on energy assume.
    """

    read_tokens: int = 1000
    written_tokens: int = 300

    def __post_init__(self) -> None:
        if self.read_tokens < 0 or self.written_tokens < 0 or not self.read_tokens + self.written_tokens:
            raise InvalidValueError(
                f"a request of {self.read_tokens} read and {self.written_tokens} written tokens cannot be priced; give numbers above 0"
            )

    def to_mapping(self) -> dict[str, int]:
        """As the verdict states it."""
        return {"requests": REQUESTS, "read_tokens": self.read_tokens, "written_tokens": self.written_tokens}


@dataclass(frozen=True)
class Candidate:
    """One candidate.

    Parameters
    ----------
    name
        As the verdict names it.
    model
        The model that answers; `None` where only retrieval is evaluated.
    inference
        ``inferenceConfig`` of its job.
    consumption
        Of `REQUESTS` requests.
    preference
        What is preferred, the smallest first.
    """

    name: str
    model: BedrockModel | None
    inference: dict[str, Any]
    consumption: Consumption
    preference: tuple[float, ...] = field(default=())

    def of_requests(self, requests: int) -> Consumption:
        """What so many requests take."""
        return Consumption(**{name: each * (requests / REQUESTS) for name, each in self.consumption.known().items()})

    def to_mapping(self) -> dict[str, Any]:
        """As the comparison reads it and the verdict states it. What is unknown is left out: the CDK writes no nulls."""
        parameters = self.model.parameters if self.model is not None else None
        return {
            "candidate": self.name,
            "model": self.model.model_id if self.model is not None else None,
            "parameters": parameters,
            **{name: _band(self.consumption.measure(name)) for name in ("cost", "energy", "carbon")},
        }


def model_preference(model: BedrockModel, consumption: Consumption) -> tuple[float, ...]:
    """The cheapest first, of equal ones that with the fewest parameters. What is unknown comes last."""
    usd = consumption.cost.likely if consumption.cost is not None else math.inf
    return (usd, model.parameters if model.parameters is not None else math.inf)


def in_order(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """By preference, then by name.

    Raises
    ------
    InvalidValueError
        If there are none, or two have one name.
    """
    if not candidates:
        raise InvalidValueError(
            "the evaluation has no candidates; give at least one, better three: a small, a middle and a large one"
        )
    names = [each.name for each in candidates]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidValueError(f"{', '.join(twice)} stands twice among the candidates; name each once")
    return tuple(sorted(candidates, key=lambda each: (each.preference, each.name)))


def _band(quantity: Quantity | None) -> dict[str, Any] | None:
    if quantity is None:
        return None
    return {"low": quantity.low, "likely": quantity.likely, "high": quantity.high, "unit": quantity.unit}
