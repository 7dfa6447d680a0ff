"""A second model that gets a copy of the requests, and whose answers nobody sees."""

from __future__ import annotations

from dataclasses import dataclass

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.served_model import ServedModel


@dataclass(frozen=True)
class ShadowVariant:
    """A model that is tried on real requests before it answers them. It runs on as many machines of its own, so it costs as much again.

    Parameters
    ----------
    model
        What is tried.
    share_percent
        The share of the requests that it gets. Default: 10.

    Raises
    ------
    InvalidValueError
        If the share is not within 1 and 100.
    """

    model: ServedModel
    share_percent: int = 10

    def __post_init__(self) -> None:
        if not 1 <= self.share_percent <= 100:
            raise InvalidValueError(
                f"share_percent of the shadow variant is {self.share_percent}; it must be 1 to 100. To try nothing, leave it out"
            )
