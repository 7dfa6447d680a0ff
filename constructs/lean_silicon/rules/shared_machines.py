"""Machines that several models or pods share, so that the workload of one of them does not size the machine."""

from __future__ import annotations

import re

from lean_silicon.templates import SiliconUse, TemplateView

_CONFIG = "AWS::SageMaker::EndpointConfig"
_COMPONENT = "AWS::SageMaker::InferenceComponent"
_ENDPOINT = "AWS::SageMaker::Endpoint"
_MODEL = "AWS::SageMaker::Model"
_VARIANT = re.compile(r"Properties\.((?:Shadow)?ProductionVariants\[\d+\])\.")


_MANIFESTS = frozenset({"Custom::AWSCDK-EKS-KubernetesResource", "Custom::AWSCDK-EKS-HelmChart"})
_OF_A_POOL = ".requirements"


def is_shared(use: SiliconUse, view: TemplateView) -> bool:
    """Whether something else may run on the machine of a use: another model of the variant, another pod of the node."""
    return is_pod(use) or holds_several_models(use, view)


def is_pod(use: SiliconUse) -> bool:
    """Whether a use is a pod, which asks for a machine by its labels and may leave room for others on it; a pool of nodes is none."""
    return use.resource.type in _MANIFESTS and not use.property_path.endswith(_OF_A_POOL)


def holds_several_models(use: SiliconUse, view: TemplateView) -> bool:
    """Whether a variant holds more than one inference component of the template, or a container of many models."""
    found = _VARIANT.match(use.property_path)
    if use.resource.type != _CONFIG or found is None:
        return False
    if view.is_set(use.resource, f"{found[1]}.ModelName") is False:
        return _components(use, view) > 1
    resources = view.template.resources
    models = (resources[each] for each in view.mentioned_by(use.resource) if resources[each].type == _MODEL)
    return any(
        "MultiModel" in (*view.known(model, "PrimaryContainer.Mode"), *view.known(model, "Containers[].Mode"))
        for model in models
    )


def _components(use: SiliconUse, view: TemplateView) -> int:
    """How many inference components of the template are placed on the endpoints of a configuration."""
    endpoints = {each.logical_id for each in view.mentioning(use.resource) if each.type == _ENDPOINT}
    return sum(not endpoints.isdisjoint(view.mentioned_by(component)) for component in view.resources(_COMPONENT))
