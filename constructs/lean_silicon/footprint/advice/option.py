"""One way to run a workload, with what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lean_silicon.catalog import Component, InstanceType
from lean_silicon.footprint.consumption import HARDLY_MORE, Consumption
from lean_silicon.footprint.footprint import Footprint
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Fit, Precision
from lean_silicon.sizing.speed import Speed
from lean_silicon.sizing.training_time import TrainingRun


@dataclass(frozen=True)
class Option:
    """Machines that hold the workload and are fast enough.

    Parameters
    ----------
    component
        What runs them.
    instance_type, instances
        Which, and how many of them.
    silicon
        What computes in one of them: ``"4 × L4"``, or the processor.
    fit
        Why the memory suffices.
    hourly
        Of all of them.
    spent
        In a month in which they never stop; for a training run with declared tokens, on the run.
    precision
        The number format of the weights, where it is not the declared one.
    speed
        Of one replica, for inference.
    run
        How long, for training with declared tokens.
    replicas
        How many copies of the model answer, over all machines.
    busy
        Share of the time that the declared tokens of a day keep them busy; `None` where they are not declared.
    per_million_tokens
        With all of them always busy.
    doubts
        What is not certain, one sentence each.
    because
        Why it is the leanest, or why it is not needed: one sentence.
    """

    component: Component
    instance_type: InstanceType
    instances: int
    silicon: str
    fit: Fit
    hourly: Footprint
    spent: Consumption
    precision: Precision | None = None
    speed: Speed | None = None
    run: TrainingRun | None = None
    replicas: int = 1
    busy: float | None = None
    per_million_tokens: Consumption | None = None
    doubts: tuple[str, ...] = ()
    because: str = ""

    @property
    def label(self) -> str:
        """For a report: ``"2 × ml.g6.xlarge"``."""
        return f"{self.instances} × {self.instance_type.name}"

    @property
    def money(self) -> tuple[float, float, str]:
        """Sorts by money, then by energy, then by name. Unknown goes last."""
        cost = self.spent.cost.likely if self.spent.cost else float("inf")
        return cost, self.joules, self.instance_type.name

    @property
    def joules(self) -> float:
        """Its energy, for sorting; unknown goes last."""
        return self.spent.energy.likely if self.spent.energy else float("inf")

    def ratio_of_cost(self, other: Option) -> float | None:
        """How many times the other's cost this one has."""
        return _ratio(self.spent.cost, other.spent.cost)

    def ratio_of_energy(self, other: Option) -> float | None:
        """How many times the other's energy this one uses."""
        return _ratio(self.spent.energy, other.spent.energy)


def leanest_of(options: Sequence[Option]) -> Option | None:
    """The one that uses the least energy of those that cost hardly more than the cheapest."""
    cheapest = min(options, key=lambda option: option.money, default=None)
    if cheapest is None:
        return None
    limit = cheapest.money[0] * HARDLY_MORE
    return min(
        (option for option in options if option.money[0] <= limit), key=lambda option: (option.joules, *option.money)
    )


def _ratio(one: Quantity | None, other: Quantity | None) -> float | None:
    if one is None or other is None or other.likely <= 0:
        return None
    return one.likely / other.likely
