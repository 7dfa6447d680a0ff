"""What keeps an endpoint from reaching zero machines, and what to change there."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.rules.utilisation._endpoints import (
    Scaling,
    Variant,
    components_of,
    copies_of,
    is_asynchronous,
    number,
    scaling_of,
    span,
)
from lean_silicon.templates import Resource, TemplateView

_OF_COMPONENTS = (
    "a step-scaling policy that an alarm on NoCapacityInvocationFailures (AWS/SageMaker) starts: target tracking alone does not "
    "come back from zero"
)
_OF_QUEUES = (
    "a step-scaling policy that an alarm on HasBacklogWithoutCapacity (AWS/SageMaker) starts: without it the first requests "
    "wait until the queue is longer than the target"
)


class Floor(NamedTuple):
    """Why at least one machine is kept, and what to change; no remedy where the endpoint is not on a way to zero at all."""

    why: str
    remedy: str | None = None


def floor_of(variant: Variant, view: TemplateView) -> Floor | None:
    """Why at least one machine is kept; `None` where it need not be, or may not be."""
    queues = is_asynchronous(variant, view)
    if queues is None:
        return None
    scaling = scaling_of(variant, view)
    return _of_queue(scaling, view) if queues else _of_components(variant, scaling, view)


def _of_queue(scaling: Scaling, view: TemplateView) -> Floor | None:
    """An asynchronous endpoint reaches zero by a scalable target; one that stands elsewhere cannot be seen."""
    if scaling.unclear or not scaling.endpoints:
        return None
    if not scaling.targets:
        name = scaling.endpoints[0].logical_id
        return Floor(
            f"the endpoint is asynchronous, but no scalable target of this template is for {name}",
            f"Add an AWS::ApplicationAutoScaling::ScalableTarget for {name} with MinCapacity: 0, and {_OF_QUEUES}.",
        )
    return _kept(scaling.targets, view, _OF_QUEUES)


def _of_components(variant: Variant, scaling: Scaling, view: TemplateView) -> Floor | None:
    """A real-time endpoint reaches zero by managed instance scaling and by each of its components."""
    managed = f"{variant.path}.ManagedInstanceScaling"
    status = list(view.walk(variant.configuration, f"{managed}.Status"))
    if any(at.unknown is not None for at in status):
        return None
    if not any(at.value == "ENABLED" for at in status):
        return Floor(
            "a real-time endpoint without inference components and managed instance scaling keeps at least one machine"
        )
    remedy = (
        "Set MinInstanceCount: 0 in its ManagedInstanceScaling; the copies of every inference component on it must reach 0 too: "
        f"MinCapacity: 0 in their scalable targets, and {_OF_COMPONENTS}."
    )
    if view.is_set(variant.configuration, f"{managed}.MinInstanceCount") is False:
        return Floor("its ManagedInstanceScaling has no MinInstanceCount of 0", remedy)
    least = number(variant.configuration, f"{managed}.MinInstanceCount", view)
    if least is None:
        return None
    if least > 0:
        return Floor(f"its ManagedInstanceScaling keeps at least {least} (MinInstanceCount)", remedy)
    floors = (_of_component(component, view) for component in components_of(scaling, view))
    return next((floor for floor in floors if floor is not None), None)


def _of_component(component: Resource, view: TemplateView) -> Floor | None:
    copies = copies_of(component, view)
    if not copies.targets and not copies.unclear:
        return Floor(
            f"nothing scales the copies of its inference component {component.logical_id}",
            f"Add an AWS::ApplicationAutoScaling::ScalableTarget for {component.logical_id} "
            f"(sagemaker:inference-component:DesiredCopyCount) with MinCapacity: 0, and {_OF_COMPONENTS}.",
        )
    return _kept(copies.targets, view, _OF_COMPONENTS)


def _kept(targets: tuple[Resource, ...], view: TemplateView, from_zero: str) -> Floor | None:
    """The least that scalable targets go to, where that is known to be more than zero."""
    for target in targets:
        least = span(target, view).least
        if least:
            return Floor(
                f"its scalable target {target.logical_id} keeps at least {least} (MinCapacity)",
                f"Set MinCapacity: 0 in {target.logical_id}, and add {from_zero}.",
            )
    return None
