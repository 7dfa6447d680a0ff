"""What happens when there are no instances to be had."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Duration

from lean_silicon.exceptions import InvalidValueError

_BACK_OFF = 2
# Step Functions: an interval of at least a second, at most 31,622,400 s (366 days).
_LONGEST_SECONDS = 31_622_400


@dataclass(frozen=True)
class CapacityRetry:
    """How often, and after how long, a job is started again that failed because its instances could not be provisioned.

    Only lack of capacity is tried again. A failure of the training code is not: it would fail again, at full price.

    Parameters
    ----------
    attempts
        How many times more. 0 switches it off.
    first_wait
        Before the first of them; each further wait is twice as long, shortened at random so that jobs do not return together.
    longest_wait
        Where the doubling ends.

    Raises
    ------
    InvalidValueError
        If `attempts` is negative, or the waits are out of order or shorter than a second.
    """

    attempts: int = 10
    first_wait: Duration = field(default_factory=lambda: Duration.minutes(5))
    longest_wait: Duration = field(default_factory=lambda: Duration.hours(1))

    def __post_init__(self) -> None:
        if self.attempts < 0:
            raise InvalidValueError(f"attempts is {self.attempts}; it must be 0 (no retry) or more")
        if self.first_wait.is_unresolved() or self.longest_wait.is_unresolved():
            return
        first, longest = self.first_wait.to_seconds(), self.longest_wait.to_seconds()
        if not 1 <= first <= longest <= _LONGEST_SECONDS:
            raise InvalidValueError(
                f"first_wait is {first:g} s and longest_wait {longest:g} s; allowed are 1 s to {_LONGEST_SECONDS} s, first_wait being "
                "the shorter"
            )

    def to_retrier(self, errors: list[str]) -> list[dict[str, Any]]:
        """The ``Retry`` field for a state that fails with one of `errors`."""
        if self.attempts == 0:
            return []
        return [
            {
                "ErrorEquals": errors,
                "IntervalSeconds": self.first_wait.to_seconds(),
                "MaxDelaySeconds": self.longest_wait.to_seconds(),
                "BackoffRate": _BACK_OFF,
                "JitterStrategy": "FULL",
                "MaxAttempts": self.attempts,
            }
        ]
