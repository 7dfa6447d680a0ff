"""The containers that the variants of an endpoint run: those of its model, and of the inference components that are placed on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.rules.fit._containers import Container, containers_at
from lean_silicon.templates import Resource, SiliconUse, TemplateView, once_a_view
from lean_silicon.templates.locations import Assumed, At

ENDPOINT_CONFIG = "AWS::SageMaker::EndpointConfig"
_MODEL = "AWS::SageMaker::Model"
_COMPONENT = "AWS::SageMaker::InferenceComponent"
_ENDPOINT = "AWS::SageMaker::Endpoint"
_VARIANT = re.compile(r"Properties\.((?:Shadow)?ProductionVariants\[\d+\])\.")


class Served(NamedTuple):
    """What one model brings: the resource that names the containers, and all of them; a pipeline has several."""

    source: Resource
    containers: tuple[Container, ...]


def served_by(use: SiliconUse, view: TemplateView) -> Iterator[Served]:
    """The models of a variant of an endpoint, as far as the template holds them."""
    found = _VARIANT.match(use.property_path)
    if use.resource.type != ENDPOINT_CONFIG or found is None:
        return
    index = _index_of(view)
    for model in _models(use.resource, f"{found[1]}.ModelName", use.conditions, view):
        yield Served(model, _of_model(model, use.conditions, view))
    for component in index.components.get(use.resource.logical_id, ()):
        if _is_of_variant(component, use.resource, found[1], view):
            yield from _of_component(component, view)


def _of_component(component: Resource, view: TemplateView) -> Iterator[Served]:
    for model in _models(component, "Specification.ModelName", (), view):
        yield Served(model, _of_model(model, (), view))
    start = At(dict(component.properties), "Properties")
    containers = [
        each for at in view.raw_from(start, "Specification.Container.Image") for each in containers_at(at, view)
    ]
    if containers:
        yield Served(component, tuple(containers))


def _of_model(model: Resource, assumed: Assumed, view: TemplateView) -> tuple[Container, ...]:
    start = At(dict(model.properties), "Properties", assumed)
    paths = ("PrimaryContainer.Image", "Containers[].Image")
    return tuple(each for path in paths for at in view.raw_from(start, path) for each in containers_at(at, view))


def _models(resource: Resource, path: str, assumed: Assumed, view: TemplateView) -> Iterator[Resource]:
    """The models of the template that a place names, by reference or by name."""
    for at in view.raw_from(At(dict(resource.properties), "Properties", assumed), path):
        if at.absent or at.unknown is not None:
            continue
        if isinstance(at.value, str):
            yield from (model for model in (_index_of(view).models.get(at.value),) if model is not None)
        else:
            named = (view.template.resources.get(each) for each in sorted(view.names_in(at.value)))
            yield from (each for each in named if each is not None and each.type == _MODEL)


def _is_of_variant(component: Resource, configuration: Resource, variant: str, view: TemplateView) -> bool:
    """Whether a component may be placed on that variant, as far as both names are known."""
    wanted = {name for name in view.known(component, "VariantName") if isinstance(name, str)}
    names = {name for name in view.known(configuration, f"{variant}.VariantName") if isinstance(name, str)}
    return not wanted or not names or bool(wanted & names)


class _Index(NamedTuple):
    """Models by name, and the components of each endpoint configuration by its logical id."""

    models: dict[str, Resource]
    components: dict[str, list[Resource]]


@once_a_view
def _index_of(view: TemplateView) -> _Index:
    """Who is who in a template."""
    models = {
        name: model
        for model in view.resources(_MODEL)
        for name in view.known(model, "ModelName")
        if isinstance(name, str)
    }
    components: dict[str, list[Resource]] = {}
    for component in view.resources(_COMPONENT):
        for endpoint in _referred(component, _ENDPOINT, view):
            for configuration in _referred(endpoint, ENDPOINT_CONFIG, view):
                components.setdefault(configuration.logical_id, []).append(component)
    return _Index(models, components)


def _referred(resource: Resource, kind: str, view: TemplateView) -> Iterator[Resource]:
    named = (view.template.resources[each] for each in sorted(view.mentioned_by(resource)))
    return (each for each in named if each.type == kind)
