"""Functions, builds, tasks and SageMaker containers, and the machines that they run on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.rules.fit._containers import NEURON
from lean_silicon.rules.fit._disagreement import WORDS, Disagreement
from lean_silicon.rules.fit._image_names import image_names
from lean_silicon.rules.fit._run_together import run_together
from lean_silicon.rules.fit._served_containers import ENDPOINT_CONFIG
from lean_silicon.templates import Resource, TemplateView
from lean_silicon.templates.locations import At
from lean_silicon.templates.places.architectures import ARCHITECTURES

FUNCTIONS = frozenset({"AWS::Lambda::Function"})
BUILDS = frozenset({"AWS::CodeBuild::Project"})
SERVICES = frozenset({"AWS::ECS::Service"})

_CAPACITY = "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig.CapacityProviderArn"
_BUILD_IMAGE = re.compile(r"aws/codebuild/(?P<name>[a-z0-9_-]+):")
_DEFAULT_OF_LAMBDA = "x86_64"


def of_containers(resource: Resource, context: Context) -> Iterator[Disagreement]:
    """Deep Learning Containers on SageMaker machines of another architecture."""
    told: set[str] = set()
    for together in run_together(resource, context.view(resource.template)):
        use = together.use
        kind = context.type_of(use)
        if kind is None or kind.architecture is None or use.admitted_only or use.property_path in told:
            continue
        wrong = [each for each in together.containers if each.architecture not in (None, kind.architecture)]
        if resource.type == ENDPOINT_CONFIG:
            wrong = [each for each in wrong if each.built_for != NEURON]  # FIT006 speaks of those
        if wrong:
            told.add(use.property_path)
            yield Disagreement(
                f"{machine(kind)}{together.origin} is {kind.architecture}. {together.brought_by} {wrong[0].name}, which is for "
                f"{wrong[0].architecture}",
                use.property_path,
                f"Use a container for {kind.architecture}"
                + (
                    " (pytorch-inference-arm64, tensorflow-inference-arm64, or your own)"
                    if kind.architecture == "arm64"
                    else ""
                )
                + f", or a type that is {wrong[0].architecture}.",
                kind.name,
            )


def of_function(resource: Resource, context: Context) -> Iterator[Disagreement]:
    """A function on a capacity provider whose machines are of another architecture."""
    view = context.view(resource.template)
    own = _only(_architecture(at, absent=_DEFAULT_OF_LAMBDA) for at in view.walk(resource, "Architectures[0]"))
    own = own or (_DEFAULT_OF_LAMBDA if view.is_set(resource, "Architectures") is False else None)
    provider = _provider_of(resource, view)
    if own is None or provider is None:
        return
    theirs = _architecture_of_provider(provider, view, context)
    if theirs is not None and theirs != own:
        yield Disagreement(
            f"The function is {own}{'' if view.is_set(resource, 'Architectures') else ' by default'}; the machines of its capacity "
            f"provider {provider.logical_id} are {theirs}",
            "Properties.Architectures",
            f"Set Architectures: [{theirs}] and build the function for it, or use a capacity provider for {own}.",
        )


def _provider_of(function: Resource, view: TemplateView) -> Resource | None:
    for at in view.raw(function, _CAPACITY):
        for name in sorted(view.names_in(at.value)) if at.unknown is None else ():
            named = view.template.resources.get(name)
            if named is not None and named.type == "AWS::Lambda::CapacityProvider":
                return named
    return None


def _architecture_of_provider(provider: Resource, view: TemplateView, context: Context) -> str | None:
    """What is written, else what all types are that it may use."""
    written = list(view.walk(provider, "InstanceRequirements.Architectures[0]"))
    if any(at.unknown is not None or not at.absent for at in written):
        return _only(_architecture(at) for at in written)
    allowed = list(view.walk(provider, "InstanceRequirements.AllowedInstanceTypes[]"))
    kinds = [context.find(at.value) if isinstance(at.value, str) and at.unknown is None else None for at in allowed]
    return _only(None if kind is None else kind.architecture for kind in kinds)


def of_build(resource: Resource, context: Context) -> Iterator[Disagreement]:
    """A build in one of CodeBuild's own images, on machines of another architecture."""
    view = context.view(resource.template)
    for at in view.walk(resource, "Environment.Type"):
        machines = ARCHITECTURES.get(at.value) if at.unknown is None and isinstance(at.value, str) else None
        if machines is None:
            continue
        start = At(dict(resource.properties), "Properties", at.assumed)
        for image in view.raw_from(start, "Environment.Image"):
            for name in image_names(image, view):
                found = _BUILD_IMAGE.match(name.text)
                built_for = None if found is None else "arm64" if "aarch64" in found["name"] else "x86_64"
                if built_for is not None and built_for != machines:
                    yield Disagreement(
                        f"The build runs on {at.value}, which is {machines}, in the image {name.text}, which is for {built_for}",
                        name.at.path,
                        "Use the image for aarch64 with an ARM environment type, and the one for x86_64 with the others.",
                    )
                    return


def of_service(resource: Resource, context: Context) -> Iterator[Disagreement]:
    """An ECS service whose tasks ask for an architecture that none of its capacity providers has."""
    view = context.view(resource.template)
    wanted = _only(
        _architecture(at)
        for task in _named(resource, "TaskDefinition", "AWS::ECS::TaskDefinition", view)
        for at in view.walk(task, "RuntimePlatform.CpuArchitecture")
    )
    providers = list(
        _named(resource, "CapacityProviderStrategy[].CapacityProvider", "AWS::ECS::CapacityProvider", view)
    )
    listed = list(view.walk(resource, "CapacityProviderStrategy[]"))
    if wanted is None or not providers or len(providers) != len(listed):
        return
    theirs = [_architecture_of_group(provider, view, context) for provider in providers]
    if all(each is not None and each != wanted for each in theirs):
        names = ", ".join(provider.logical_id for provider in providers)
        yield Disagreement(
            f"The service's tasks ask for {wanted}; the machines of its capacity providers ({names}) are {theirs[0]}",
            "Properties.CapacityProviderStrategy",
            f"Use machines that are {wanted}, or set RuntimePlatform.CpuArchitecture of the task definition and build its images for it.",
            certain=False,
        )


def _named(resource: Resource, path: str, kind: str, view: TemplateView) -> Iterator[Resource]:
    """The resources of a type that a place refers to."""
    for at in view.raw(resource, path):
        names = sorted(view.names_in(at.value)) if at.unknown is None else ()
        yield from (view.template.resources[each] for each in names if _is(each, kind, view))


def _is(name: str, kind: str, view: TemplateView) -> bool:
    named = view.template.resources.get(name)
    return named is not None and named.type == kind


def _architecture_of_group(provider: Resource, view: TemplateView, context: Context) -> str | None:
    """The architecture of the machines of a provider's Auto Scaling group; `None` where it is unknown or there are several."""
    found: list[str | None] = []
    for group in _named(
        provider, "AutoScalingGroupProvider.AutoScalingGroupArn", "AWS::AutoScaling::AutoScalingGroup", view
    ):
        for use in view.uses_by_resource.get(group.logical_id, ()):
            names = (use.instance_type,) if use.selection is None else use.selection.admitted
            kinds = [None if name is None else context.find(name) for name in names]
            found += [None if kind is None else kind.architecture for kind in kinds] or [None]
    return _only(found)


def _architecture(at: At, absent: str | None = None) -> str | None:
    if at.absent:
        return absent
    return WORDS.get(at.value) if at.unknown is None and isinstance(at.value, str) else None


def _only(found: Iterator[str | None] | list[str | None]) -> str | None:
    """The one architecture of all; `None` where there are several, none, or unknown ones."""
    values = set(found)
    return values.pop() if len(values) == 1 else None
