"""Whether machines are paid for in advance, so that turning them off saves nothing and they cannot be moved."""

from __future__ import annotations

from lean_silicon.catalog import Component
from lean_silicon.rules.jobs import jobs_of, training_of
from lean_silicon.rules.mentions import mentions
from lean_silicon.templates import Resource, SiliconUse, TemplateView
from lean_silicon.templates.places.compute import LAUNCH_TEMPLATE

_MARKET = "InstanceMarketOptions.MarketType"
_RESERVATION = "CapacityReservationSpecification"
_GROUP = "AWS::AutoScaling::AutoScalingGroup"
_ONLY = "capacity-reservations-only"
_OF_ITEM = {
    "AWS::SageMaker::Cluster": "TrainingPlanArn",
    "AWS::SageMaker::EndpointConfig": "CapacityReservationConfig",
}
"""Where an instance group or a variant says that its capacity was bought."""


def may_be_reserved(use: SiliconUse, view: TemplateView) -> bool:
    """Whether the machines come, or may come, from a capacity block, a reservation or a training plan."""
    return _is_bought(use, view) or any(
        _launches_reserved(template, view) for template in mentions(use.resource, view, LAUNCH_TEMPLATE)
    )


def _is_bought(use: SiliconUse, view: TemplateView) -> bool:
    """Whether the resource itself says so."""
    resource = use.resource
    if resource.type == "AWS::EKS::Nodegroup":
        return "CAPACITY_BLOCK" in view.known(resource, "CapacityType")
    if resource.type in _OF_ITEM:
        item = use.property_path.removeprefix("Properties.").partition(".")[0]
        return view.is_set(resource, f"{item}.{_OF_ITEM[resource.type]}") is not False
    if resource.type == _GROUP:
        return _takes_reserved(resource, _RESERVATION, view)
    if resource.type == LAUNCH_TEMPLATE:
        return _launches_reserved(resource, view)
    return use.component is Component.SAGEMAKER_TRAINING and _has_plan(use, view)


def _launches_reserved(template: Resource, view: TemplateView) -> bool:
    markets = [at for at in view.walk(template, f"LaunchTemplateData.{_MARKET}") if not at.absent]
    if any(at.unknown is not None or at.value == "capacity-block" for at in markets):
        return True
    return _takes_reserved(template, f"LaunchTemplateData.{_RESERVATION}", view)


def _takes_reserved(resource: Resource, path: str, view: TemplateView) -> bool:
    """Whether a specification targets a reservation, or takes nothing else."""
    if view.is_set(resource, f"{path}.CapacityReservationTarget") is not False:
        return True
    return _ONLY in view.known(resource, f"{path}.CapacityReservationPreference")


def _has_plan(use: SiliconUse, view: TemplateView) -> bool:
    """Whether the training job that a use belongs to runs on a training plan."""
    for job in jobs_of(use.resource, view):
        if any(each.property_path == use.property_path for each in job.uses):
            plans = (
                at
                for training in training_of(job, view)
                for at in view.walk_from(training, "ResourceConfig.TrainingPlanArn")
            )
            return any(not at.absent for at in plans)
    return False
