"""How many copies of a model answer, and when there are more or fewer."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration

from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class CopyScaling:
    """Bounds and target of the number of copies (of instances, where the model is on the variant itself).

    Parameters
    ----------
    minimum
        The fewest. Default: 0 for intermittent traffic, which inference components make possible, else 1.
    maximum
        The most. Default: twice what the declared workload needs, and enough for a second instance.
    concurrent_requests
        Requests in flight per copy that scaling aims at. Default: three quarters of what one copy is sized for.
    scale_in_cooldown, scale_out_cooldown
        The least time between two changes. Default: 5 minutes each, about what a copy takes to start.

    Raises
    ------
    InvalidValueError
        If the minimum is negative or above the maximum, or another number is below 1.
    """

    minimum: int | None = None
    maximum: int | None = None
    concurrent_requests: int | None = None
    scale_in_cooldown: Duration | None = None
    scale_out_cooldown: Duration | None = None

    def __post_init__(self) -> None:
        if self.minimum is not None and self.minimum < 0:
            raise InvalidValueError(f"minimum is {self.minimum}; it must be 0 (off while nobody asks) or more")
        for name in ("maximum", "concurrent_requests"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InvalidValueError(f"{name} is {value}; it must be 1 or more")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise InvalidValueError(
                f"minimum is {self.minimum}, above maximum, which is {self.maximum}; exchange them, or leave maximum out"
            )
