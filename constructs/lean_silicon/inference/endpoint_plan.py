"""How a real-time endpoint hosts its model: as an inference component or on the variant itself, with how many copies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_applicationautoscaling as autoscaling

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.copy_scaling import CopyScaling
from lean_silicon.inference.opening_hours import OpeningHours
from lean_silicon.inference.placement import Placement
from lean_silicon.inference.scaling import Capacity
from lean_silicon.sizing import Traffic, Workload

_OF_WHAT_FITS = 0.75
"""A copy is added before the others have all that they are sized for: one takes minutes to start."""
_CONCURRENT_REQUESTS_UNDECLARED = 5
"""As in the example of the SageMaker developer guide, "Define a scaling policy"."""
_MANY = "CopyScaling(minimum=1)"


@dataclass(frozen=True)
class EndpointPlan:
    """How the model is hosted."""

    placement: Placement
    components: bool
    capacity: Capacity
    hours: OpeningHours | None

    @property
    def least_copies(self) -> int:
        """The fewest copies there ever are: none outside the opening hours."""
        return 0 if self.hours is not None else self.capacity.minimum

    @property
    def least_instances(self) -> int:
        """The fewest machines there ever are."""
        return self.placement.instances_for(self.least_copies)

    @property
    def most_instances(self) -> int:
        """The most machines there may be."""
        return self.placement.instances_for(self.capacity.maximum)

    @property
    def log_groups(self) -> tuple[str, ...]:
        """The kinds of log groups that SageMaker writes to."""
        return ("Endpoints", "InferenceComponents") if self.components else ("Endpoints",)

    @property
    def scheduled_actions(self) -> Sequence[autoscaling.CfnScalableTarget.ScheduledActionProperty]:
        """What opens and closes the endpoint."""
        if self.hours is None:
            return ()
        return self.hours.actions(self.capacity.minimum, self.capacity.maximum)


def endpoint_plan(
    workload: Workload,
    placement: Placement,
    *,
    scaling: CopyScaling,
    components: bool | None,
    hours: OpeningHours | None,
    needs_variant: tuple[str, ...],
) -> EndpointPlan:
    """The user's wishes, completed.

    `needs_variant` names the properties that were given and need the model on the variant itself.

    Raises
    ------
    InvalidValueError
        If they contradict each other.
    """
    minimum = scaling.minimum
    if minimum is None:
        minimum = 0 if workload.traffic is Traffic.INTERMITTENT else 1
    chosen = components
    if chosen is None:
        accelerated = placement.devices_per_copy > 0
        known = placement.hardware.machine is not None
        chosen = known and not needs_variant and (accelerated or minimum == 0 or hours is not None)
    if chosen:
        _require_component_possible(placement, needs_variant)
    else:
        _require_never_zero(workload, minimum, hours, needs_variant)
        placement = placement.on_whole_machines(workload)
    if workload.traffic is Traffic.INTERMITTENT and minimum > 0 and hours is None:
        raise InvalidValueError(
            f"the workload's traffic is intermittent, but minimum is {minimum}, so machines wait between the bursts; leave minimum out, "
            "give opening_hours, or declare the traffic realtime"
        )
    maximum = scaling.maximum or max(2 * placement.needed_copies, minimum + placement.copies_per_instance)
    return EndpointPlan(placement, chosen, Capacity.of(scaling, minimum, maximum, _target(placement)), hours)


def _target(placement: Placement) -> int:
    """The requests in flight for each copy that scaling aims at."""
    if placement.requests_per_copy is None:
        return _CONCURRENT_REQUESTS_UNDECLARED
    return max(1, math.floor(_OF_WHAT_FITS * placement.requests_per_copy))


def _require_component_possible(placement: Placement, needs_variant: tuple[str, ...]) -> None:
    if needs_variant:
        raise InvalidValueError(
            f"{_they_need(needs_variant)} the model on the variant itself, and inference_components is asked for; leave "
            f"inference_components out, with {_MANY}, or leave out {' and '.join(needs_variant)}"
        )
    if placement.hardware.machine is None:
        raise InvalidValueError(
            "the instance type is not known at synth, so what an inference component asks of it cannot be computed; name the type, or "
            "give inference_components=False"
        )


def _they_need(names: tuple[str, ...]) -> str:
    """The properties as the subject of a sentence."""
    return f"{names[0]} needs" if len(names) == 1 else f"{' and '.join(names)} need"


def _require_never_zero(
    workload: Workload, minimum: int, hours: OpeningHours | None, needs_variant: tuple[str, ...]
) -> None:
    """A model on the variant itself keeps a machine for ever."""
    why = _they_need(needs_variant) if needs_variant else "inference_components=False puts"
    if hours is not None:
        raise InvalidValueError(
            f"opening_hours close an endpoint that cannot stop: {why} the model on the variant itself, which keeps one machine at least; "
            "use inference components, or leave opening_hours out"
        )
    if minimum == 0:
        because = " (the traffic is intermittent)" if workload.traffic is Traffic.INTERMITTENT else ""
        raise InvalidValueError(
            f"the endpoint is to scale to zero{because}, which only inference components can: {why} the model on the variant itself, "
            f"which keeps one machine at least; use inference components, or {_MANY} with real-time traffic"
        )
