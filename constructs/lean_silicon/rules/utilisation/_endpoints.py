"""The variants of an endpoint, and everything in the template that scales them.

Who scales whom is written as ``endpoint/<name>/variant/<name>`` or ``inference-component/<name>``, with the names as references more
often than not. A reference is followed; a name that cannot be known may be ours, and then nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lean_silicon.catalog import Component
from lean_silicon.rules.utilisation._switches import may_do
from lean_silicon.templates import Resource, SiliconUse, TemplateView, once_a_view
from lean_silicon.templates.amounts import whole_number
from lean_silicon.templates.documents.json_text import text_pieces
from lean_silicon.templates.locations import At

_CONFIG = "AWS::SageMaker::EndpointConfig"
_ENDPOINT = "AWS::SageMaker::Endpoint"
_COMPONENT = "AWS::SageMaker::InferenceComponent"
_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_VARIANT = re.compile(r"Properties\.(ProductionVariants\[\d+\])(?:\.|$)")
_SOMETHING = "\0"
"""Stands for a part of a text that only a deployment knows."""


class Variant(NamedTuple):
    """A variant of an endpoint that runs on machines: its configuration, where it stands in that, its name if known."""

    configuration: Resource
    path: str
    name: str | None


class Span(NamedTuple):
    """The least and the most that a scalable target may go to, by its own bounds and its schedule; `None` is unknown."""

    least: int | None
    most: int | None


class Scaling(NamedTuple):
    """What scales a variant or the copies of a component.

    `endpoints` are those of the template that use the configuration; `targets` the scalable targets that are surely meant for it;
    `unclear` says that something else may be.
    """

    endpoints: tuple[Resource, ...]
    targets: tuple[Resource, ...]
    unclear: bool


def variant_of(use: SiliconUse, view: TemplateView) -> Variant | None:
    """The production variant that a use is; `None` for everything else, serverless variants too."""
    if use.component is not Component.SAGEMAKER_HOSTING or use.resource.type != _CONFIG:
        return None
    found = _VARIANT.match(use.property_path)
    if found is None:
        return None
    names = {name for name in view.known(use.resource, f"{found[1]}.VariantName") if isinstance(name, str)}
    return Variant(use.resource, found[1], names.pop() if len(names) == 1 else None)


def is_asynchronous(variant: Variant, view: TemplateView) -> bool | None:
    """Whether the endpoint queues its requests; `None` where that depends on what cannot be known."""
    return view.is_set(variant.configuration, "AsyncInferenceConfig")


def number(resource: Resource, path: str, view: TemplateView, *, absent: int | None = None) -> int | None:
    """The one whole number that stands at a path, or what is meant where it is absent; `None` where unknown."""
    values = {
        absent if at.absent else None if at.unknown is not None else whole_number(at.value)
        for at in view.walk(resource, path)
    }
    return values.pop() if len(values) == 1 else None


def span(target: Resource, view: TemplateView) -> Span:
    """How far a scalable target goes, its scheduled actions included."""
    least, most = _bounds(target, "MinCapacity", view), _bounds(target, "MaxCapacity", view)
    return Span(None if None in least else min(_known(least)), None if None in most else max(_known(most)))


def _bounds(target: Resource, name: str, view: TemplateView) -> list[int | None]:
    """Every value of a bound: its own, and those of its scheduled actions."""
    own = [None if at.absent else _whole(at) for at in view.walk(target, name)]
    scheduled = view.walk(target, f"ScheduledActions[].ScalableTargetAction.{name}")
    return [*own, *(_whole(at) for at in scheduled if not at.absent)] or [None]


def _known(numbers: list[int | None]) -> list[int]:
    return [each for each in numbers if each is not None]


def _whole(at: At) -> int | None:
    return None if at.unknown is not None else whole_number(at.value)


def is_driven(target: Resource, view: TemplateView) -> bool:
    """Whether a policy or a schedule moves a scalable target, or may."""
    if view.is_set(target, "ScheduledActions") is not False:
        return True
    index = _index_of(view)
    return index.has_stray_policies or target.logical_id in index.driven or may_do(view, "putScheduledAction")


def scaling_of(variant: Variant, view: TemplateView) -> Scaling:
    """What scales the number of a variant's machines."""
    index = _index_of(view)
    endpoints = index.endpoints.get(variant.configuration.logical_id, ())
    keys = [variant.configuration.logical_id, *(endpoint.logical_id for endpoint in endpoints)]
    candidates = list(_unique(target for key in keys for target in index.targets.get(key, ())))
    for endpoint in endpoints:
        for name in view.known(endpoint, "EndpointName"):
            candidates += index.named.get(("endpoint", name), ()) if isinstance(name, str) else ()
    ours = tuple(_unique(target for target in candidates if _is_for(target, variant, view)))
    unclear = index.unclear or may_do(view, "registerScalableTarget", "updateEndpointWeightsAndCapacities")
    return Scaling(endpoints, ours, unclear or _is_handed_on(keys, index) or _name_is_open(endpoints, index, view))


def is_published(endpoints: tuple[Resource, ...], view: TemplateView) -> bool:
    """Whether other stacks are given the name of one of them: as an export, or in the Parameter Store."""
    ours = {endpoint.logical_id for endpoint in endpoints}
    outputs = view.template.body.get("Outputs")
    exports = [each for each in outputs.values() if isinstance(each, Mapping)] if isinstance(outputs, Mapping) else []
    exported = (view.names_in(each.get("Value")) for each in exports if "Export" in each)
    stored = (view.mentioned_by(parameter) for parameter in view.resources("AWS::SSM::Parameter"))
    return any(not ours.isdisjoint(names) for names in (*exported, *stored))


def copies_of(component: Resource, view: TemplateView) -> Scaling:
    """What scales the number of copies of an inference component."""
    index = _index_of(view)
    candidates = list(index.targets.get(component.logical_id, ()))
    names = [name for name in view.known(component, "InferenceComponentName") if isinstance(name, str)]
    for name in names:
        candidates += index.named.get(("inference-component", name), ())
    unclear = index.unclear or may_do(view, "registerScalableTarget", "updateInferenceComponentRuntimeConfig")
    unclear = (
        unclear or (not names and index.names_some("inference-component")) or component.logical_id in index.handed_on
    )
    return Scaling((component,), tuple(_unique(candidates)), unclear)


def components_of(scaling: Scaling, view: TemplateView) -> tuple[Resource, ...]:
    """The inference components of the template that run on these endpoints."""
    index = _index_of(view)
    return tuple(each for endpoint in scaling.endpoints for each in index.components.get(endpoint.logical_id, ()))


class _Index(NamedTuple):
    """Who refers to whom, looked up once for a template."""

    endpoints: dict[str, tuple[Resource, ...]]
    components: dict[str, tuple[Resource, ...]]
    targets: dict[str, tuple[Resource, ...]]
    named: dict[tuple[str, str], tuple[Resource, ...]]
    driven: frozenset[str]
    handed_on: frozenset[str]
    unclear: bool = False
    has_stray_policies: bool = False

    def names_some(self, kind: str) -> bool:
        """Whether any target names something of that kind in full."""
        return any(named == kind for named, _ in self.named)


@once_a_view
def _index_of(view: TemplateView) -> _Index:
    """The index of a template."""
    served = {each.logical_id for each in view.resources(_CONFIG, _ENDPOINT, _COMPONENT)}
    targets: dict[str, list[Resource]] = {}
    named: dict[tuple[str, str], list[Resource]] = {}
    unclear = False
    for target in view.resources(_TARGET):
        if not _may_concern_sagemaker(target, view):
            continue
        meant = view.mentioned_by(target) & served
        name = _full_name(target, view)
        for each in meant:
            targets.setdefault(each, []).append(target)
        if not meant and name is not None:
            named.setdefault(name, []).append(target)
        unclear = unclear or (not meant and name is None)
    known_targets = {each.logical_id for each in view.resources(_TARGET)}
    driven, stray = _driven(view, known_targets | served)
    return _Index(
        endpoints=_endpoints(view),
        components=_grouped((each, view.mentioned_by(each)) for each in view.resources(_COMPONENT)),
        targets={key: tuple(found) for key, found in targets.items()},
        named={key: tuple(found) for key, found in named.items()},
        driven=driven | _driven_by_name(view, driven),
        handed_on=frozenset(
            each for stack in view.resources("AWS::CloudFormation::Stack") for each in view.mentioned_by(stack)
        ),
        unclear=unclear,
        has_stray_policies=stray,
    )


def _endpoints(view: TemplateView) -> dict[str, tuple[Resource, ...]]:
    """The endpoints of each configuration, by reference or by its name."""
    names: dict[str, str] = {}
    for configuration in view.resources(_CONFIG):
        for name in view.known(configuration, "EndpointConfigName"):
            if isinstance(name, str):
                names[name] = configuration.logical_id
    found = []
    for endpoint in view.resources(_ENDPOINT):
        used = {name for name in view.known(endpoint, "EndpointConfigName") if isinstance(name, str)}
        found.append((endpoint, view.mentioned_by(endpoint) | {names[name] for name in used if name in names}))
    return _grouped(found)


def _grouped(pairs: Iterable[tuple[Resource, frozenset[str]]]) -> dict[str, tuple[Resource, ...]]:
    found: dict[str, list[Resource]] = {}
    for resource, keys in pairs:
        for key in keys:
            found.setdefault(key, []).append(resource)
    return {key: tuple(resources) for key, resources in found.items()}


def _driven(view: TemplateView, known: set[str]) -> tuple[frozenset[str], bool]:
    """What scaling policies refer to, and whether any of them refers to what cannot be known."""
    driven: set[str] = set()
    stray = False
    for policy in view.resources(_POLICY):
        meant = view.mentioned_by(policy) & known
        driven |= meant
        if not meant and _may_concern_sagemaker(policy, view):
            stray = True
    return frozenset(driven), stray


def _driven_by_name(view: TemplateView, driven: frozenset[str]) -> frozenset[str]:
    """The targets of an endpoint or component to which a policy refers directly, by ``ResourceId``."""
    return frozenset(
        target.logical_id for target in view.resources(_TARGET) if not view.mentioned_by(target).isdisjoint(driven)
    )


def _may_concern_sagemaker(resource: Resource, view: TemplateView) -> bool:
    """Whether a scalable target or policy is for SageMaker, as far as its service and its dimension say."""
    for path in ("ServiceNamespace", "ScalableDimension"):
        said = [at for at in view.walk(resource, path) if not at.absent]
        if said and all(at.unknown is None and not str(at.value).startswith("sagemaker") for at in said):
            return False
    return True


def _full_name(target: Resource, view: TemplateView) -> tuple[str, str] | None:
    """The kind and the name of what a target scales, where its ``ResourceId`` is known in full."""
    ids = list(view.walk(target, "ResourceId"))
    if len(ids) != 1 or ids[0].absent or not isinstance(ids[0].value, str):
        return None
    kind, _, rest = ids[0].value.partition("/")
    return kind, rest.partition("/")[0]


def _is_for(target: Resource, variant: Variant, view: TemplateView) -> bool:
    """Whether a target of the endpoint is for this variant and not for another, as far as its text says."""
    for at in view.raw(target, "ResourceId"):
        text = "".join(piece if isinstance(piece, str) else _SOMETHING for piece in text_pieces(at.value))
        _, _, named = text.partition("/variant/")
        if not named or _SOMETHING in named or variant.name is None or named == variant.name:
            return True
    return False


def _is_handed_on(keys: Iterable[str], index: _Index) -> bool:
    """Whether a nested stack is told the name of the endpoint: it may scale it."""
    return any(key in index.handed_on for key in keys)


def _name_is_open(endpoints: tuple[Resource, ...], index: _Index, view: TemplateView) -> bool:
    """Whether a target names some endpoint in full while the name of one of ours is known to the deployment only."""
    return index.names_some("endpoint") and any(not view.known(endpoint, "EndpointName") for endpoint in endpoints)


def _unique(resources: Iterable[Resource]) -> Iterable[Resource]:
    return {resource.logical_id: resource for resource in resources}.values()
