"""What may be spent, and drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.monitoring.severity import Capability


@dataclass(frozen=True)
class Budget:
    """A line in the charts of money and power, and an alarm above it. Only what the dashboard observes counts.

    Parameters
    ----------
    usd_per_hour
        Money, at on-demand prices. `None` for no line.
    watts
        Electric power of the machines, the likely value. `None` for no line.
    lasting
        For how long a line must be passed until the alarm rings. Default: an hour.

    Raises
    ------
    InvalidValueError
        If neither is given, or one is not above zero.
    """

    usd_per_hour: float | None = None
    watts: float | None = None
    lasting: Duration | None = None

    def __post_init__(self) -> None:
        given = {"usd_per_hour": self.usd_per_hour, "watts": self.watts}
        if all(value is None for value in given.values()):
            raise InvalidValueError(
                "the budget says nothing; give usd_per_hour, watts, or both, for instance Budget(usd_per_hour=40)"
            )
        for name, value in given.items():
            if value is not None and not value > 0:
                raise InvalidValueError(f"{name} of the budget is {value}; it must be above zero")


@dataclass(frozen=True)
class Budgets:
    """The one budget of everything, or that of each capability.

    Parameters
    ----------
    whole
        Of everything that is observed.
    parts
        By capability; each has charts of its own.
    """

    whole: Budget | None = None
    parts: Mapping[Capability, Budget] | None = None

    @classmethod
    def of(cls, given: Budget | Mapping[Capability, Budget] | None) -> Budgets:
        """What a user gave.

        Raises
        ------
        InvalidValueError
            If it is neither a budget nor a map from capabilities to budgets.
        """
        parts = given.values() if isinstance(given, Mapping) else [given] if given is not None else []
        if not all(isinstance(each, Budget) for each in parts):
            raise InvalidValueError(
                f"budget is {given!r}; it takes a Budget, for instance Budget(usd_per_hour=40), or a map from Capability to Budget"
            )
        return cls(given) if given is None or isinstance(given, Budget) else cls(parts=dict(given))

    @property
    def each(self) -> Mapping[Capability | None, Budget]:
        """Every budget by what it is of; `None` is everything."""
        if self.whole is not None:
            return {None: self.whole}
        parts: dict[Capability | None, Budget] = dict((self.parts or {}).items())
        return parts
