"""How many machines of a template run for how long, and how busy: as far as it says, with the rest named as assumed."""

from __future__ import annotations

from dataclasses import dataclass

from lean_silicon.catalog import Component
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import UTILISATION, Quantity
from lean_silicon.footprint.consumption import HOURS_PER_MONTH
from lean_silicon.templates import Count, SiliconUse

# They run when there is work, for a time that a template does not say.
_JOBS = frozenset(
    {
        Component.SAGEMAKER_TRAINING,
        Component.SAGEMAKER_PROCESSING,
        Component.SAGEMAKER_TRANSFORM,
        Component.BATCH,
        Component.CODEBUILD,
        Component.GLUE,
    }
)
_BUSY = 1.0


@dataclass(frozen=True)
class Settings:
    """What a template does not say.

    Parameters
    ----------
    region
        For templates that name none; `None` where unknown.
    hours
        Hours per month that machines run which never stop by themselves, and that jobs run. Default: 730 for the former, unknown for jobs.
    utilisation
        How busy they are, from 0 to 1. Default: 0.5, and 1 for training.

    Raises
    ------
    InvalidValueError
        If `hours` is not within 0 and 744, or `utilisation` not within 0 and 1.
    """

    region: str | None = None
    hours: float | None = None
    utilisation: float | None = None

    def __post_init__(self) -> None:
        if self.hours is not None and not 0 <= self.hours <= 744:
            raise InvalidValueError(f"hours is {self.hours}; a month has 0 to 744")
        if self.utilisation is not None and not 0 <= self.utilisation <= 1:
            raise InvalidValueError(f"utilisation is {self.utilisation}; it must lie between 0 (idle) and 1 (full)")


@dataclass(frozen=True)
class Demand:
    """Machines at once, hours per month (`None` where unknown), utilisation, and what was assumed."""

    machines: Quantity
    hours: Quantity | None
    utilisation: float
    assumptions: tuple[str, ...]


def demand_of(use: SiliconUse, settings: Settings) -> Demand:
    """What a use asks for."""
    assumptions: list[str] = []
    machines = _machines(use.count)
    if machines is None:
        machines = Quantity.exact(1.0, "machines")
        assumptions.append("how many machines is unknown: one is counted")
    elif machines.low < machines.high:
        assumptions.append(f"{machines.low:g} to {machines.high:g} machines, most likely {machines.likely:g}")
    hours: Quantity | None = None
    if settings.hours is not None:
        hours = Quantity.exact(settings.hours, "h")
    elif use.component in _JOBS:
        assumptions.append("how long it runs is unknown: only the hour is estimated (--hours)")
    else:
        hours = Quantity.exact(HOURS_PER_MONTH, "h")
    return Demand(machines, hours, _utilisation(use, settings), tuple(assumptions))


def _machines(count: Count) -> Quantity | None:
    known = [number for number in count if number is not None]
    if not known:
        return None
    likely = next(number for number in (count.desired, count.minimum, count.maximum) if number is not None)
    return Quantity(float(min(known)), float(likely), float(max(known)), "machines")


def _utilisation(use: SiliconUse, settings: Settings) -> float:
    if settings.utilisation is not None:
        return settings.utilisation
    return _BUSY if use.task is not None and use.task.trains else UTILISATION
