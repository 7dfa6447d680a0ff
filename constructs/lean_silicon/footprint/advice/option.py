"""One way to run a workload, with what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from lean_silicon.catalog import Component, InstanceType
from lean_silicon.footprint.consumption import Consumption
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
    fit
        Why the memory suffices.
    hourly, monthly
        Of all of them. `monthly` assumes that they never stop; for a training run it is the run instead.
    precision
        The number format, where it is not the declared one.
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
    fit: Fit
    hourly: Footprint
    monthly: Consumption
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
    def silicon(self) -> str:
        """What computes: ``"4 × L4"``, or the processor."""
        accelerators = self.instance_type.accelerators
        if accelerators is None:
            return f"{self.instance_type.vcpus} vCPU {self.instance_type.cpu_microarchitecture}"
        share = f"{accelerators.fraction:g} of " if accelerators.fraction < 1 else f"{accelerators.count} × "
        return f"{share}{accelerators.accelerator.key}"

    @property
    def leanness(self) -> tuple[float, float, str]:
        """Sorts the leanest first: by money (of the run, or of the month), then by power, then by name. Unknown goes last."""
        cost = self.monthly.cost
        power = self.hourly.power
        unknown = float("inf")
        return (cost.likely if cost else unknown, power.likely if power else unknown, self.instance_type.name)

    def ratio_of_cost(self, other: Option) -> float | None:
        """How many times the other's cost this one has."""
        return _ratio(self.monthly.cost, other.monthly.cost)

    def ratio_of_power(self, other: Option) -> float | None:
        """How many times the other's power this one draws."""
        return _ratio(self.hourly.power, other.hourly.power)


def _ratio(one: Quantity | None, other: Quantity | None) -> float | None:
    if one is None or other is None or other.likely <= 0:
        return None
    return one.likely / other.likely
