"""Whether machines are paid for in advance, so that turning them off saves nothing."""

from __future__ import annotations

from lean_silicon.rules.mentions import mentions
from lean_silicon.templates import Resource, SiliconUse, TemplateView
from lean_silicon.templates.places.compute import LAUNCH_TEMPLATE

_IN_LAUNCH_TEMPLATE = "LaunchTemplateData.InstanceMarketOptions.MarketType"
_RESERVATION = "LaunchTemplateData.CapacityReservationSpecification"


def may_be_reserved(use: SiliconUse, view: TemplateView) -> bool:
    """Whether the machines come, or may come, from a capacity block, a reservation or a training plan."""
    resource = use.resource
    item = use.property_path.removeprefix("Properties.").rpartition(".")[0]
    if resource.type == "AWS::EKS::Nodegroup":
        own = "CAPACITY_BLOCK" in view.known(resource, "CapacityType")
    elif resource.type == "AWS::SageMaker::Cluster":
        own = view.is_set(resource, f"{item}.TrainingPlanArn" if item else "TrainingPlanArn") is not False
    elif resource.type == "AWS::SageMaker::EndpointConfig":
        own = view.is_set(resource, f"{item}.CapacityReservationConfig") is not False
    else:
        own = False
    return own or any(_reserves(template, view) for template in mentions(resource, view, LAUNCH_TEMPLATE))


def _reserves(template: Resource, view: TemplateView) -> bool:
    markets = [at for at in view.walk(template, _IN_LAUNCH_TEMPLATE) if not at.absent]
    if any(at.unknown is not None or at.value == "capacity-block" for at in markets):
        return True
    return view.is_set(template, f"{_RESERVATION}.CapacityReservationTarget") is not False
