"""Lambda functions, tasks and builds that cannot leave x86, or are too small to matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lean_silicon.catalog import Component
from lean_silicon.rules.context import Context
from lean_silicon.templates import Resource, SiliconUse, TemplateView

_FUNCTIONS = frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"})

X86_ONLY_RUNTIMES = frozenset(
    {
        "dotnetcore1.0",
        "dotnetcore2.0",
        "dotnetcore2.1",
        "go1.x",
        "java8",
        "nodejs",
        "nodejs4.3",
        "nodejs4.3-edge",
        "nodejs6.10",
        "nodejs8.10",
        "nodejs10.x",
        "provided",
        "python2.7",
        "python3.6",
        "python3.7",
        "ruby2.5",
    }
)
"""Runtimes that Lambda offers on x86_64 only (Lambda Developer Guide, "Lambda runtimes" and its list of deprecated ones). All of
them are deprecated, so the list does not grow."""

_RUN_ELSEWHERE = (
    "AWS::CloudFront::Distribution",
    "AWS::Greengrass::FunctionDefinition",
    "AWS::Greengrass::FunctionDefinitionVersion",
    "AWS::GreengrassV2::ComponentVersion",
)
_MADE_BY_THE_CDK = ("CustomResourceProvider", "frameworkonEvent", "frameworkisComplete", "frameworkonTimeout")


def bound_to_x86(use: SiliconUse, context: Context) -> bool:
    """Whether the place cannot move to arm64, it is not known whether it can, or moving it would change nothing that counts."""
    view = context.view(use.resource.template)
    if use.component is Component.LAMBDA:
        return _function_stays(use.resource, view, context)
    if use.component is Component.CODEBUILD:
        return _build_stays(use.resource, view)
    return False


def _function_stays(function: Resource, view: TemplateView, context: Context) -> bool:
    if any(word in function.logical_id for word in _MADE_BY_THE_CDK):
        return True
    template = view.template
    handlers = context.remembered(("SIL005", "handlers", template), lambda: _deployment_handlers(view))
    edge = context.remembered(("SIL005", "edge", template), lambda: _at_the_edge(view))
    if function.logical_id in handlers or function.logical_id in edge or edge & view.mentioned_by(function):
        return True
    runtimes = list(view.walk(function, "Runtime"))
    if any(at.unknown is not None for at in runtimes):
        return True
    named = {at.value for at in runtimes if isinstance(at.value, str)} or _global_runtime(function)
    return bool(named & X86_ONLY_RUNTIMES)


def _global_runtime(function: Resource) -> set[str]:
    """The runtime that SAM's ``Globals`` give to a function."""
    here: Any = function.template.body.get("Globals") if function.type == "AWS::Serverless::Function" else None
    for key in ("Function", "Runtime"):
        here = here.get(key) if isinstance(here, Mapping) else None
    return {here} if isinstance(here, str) else set()


def _build_stays(project: Resource, view: TemplateView) -> bool:
    """Builds with GPUs, and builds with Docker, whose images have to match the machines that they will run on."""
    if "LINUX_GPU_CONTAINER" in (*view.known(project, "Environment.Type"), *view.known(project, "EnvironmentType")):
        return True
    return any(
        at.unknown is not None or str(at.value).lower() == "true"
        for at in view.walk(project, "Environment.PrivilegedMode")
        if not at.absent
    )


def _deployment_handlers(view: TemplateView) -> frozenset[str]:
    """The functions that a ``ServiceToken`` or a macro names, and those that the CDK's provider framework calls for one."""
    resources = view.template.resources
    named = {
        name
        for resource in resources.values()
        if "ServiceToken" in resource.properties
        for name in _target(resource.properties["ServiceToken"])
    }
    named |= {each for macro in view.resources("AWS::CloudFormation::Macro") for each in view.mentioned_by(macro)}
    functions = {each for each in named if each in resources and resources[each].type in _FUNCTIONS}
    called = {
        each
        for function in functions
        if "framework" in function
        for each in view.mentioned_by(resources[function])
        if resources[each].type in _FUNCTIONS
    }
    return frozenset(functions | called)


def _target(token: Any) -> tuple[str, ...]:
    """The logical id that a ``Ref`` or ``Fn::GetAtt`` names."""
    if not isinstance(token, Mapping):
        return ()
    attribute = token.get("Fn::GetAtt")
    name = attribute.partition(".")[0] if isinstance(attribute, str) else token.get("Ref")
    if isinstance(attribute, list) and attribute:
        name = attribute[0]
    return (name,) if isinstance(name, str) else ()


def _at_the_edge(view: TemplateView) -> frozenset[str]:
    """The functions that run elsewhere than in Lambda's regions, and the roles of such functions.

    CloudFront runs Lambda@Edge, which AWS offers on x86_64 only; Greengrass runs functions on the customer's own devices.
    """
    resources = view.template.resources
    found: set[str] = set()
    for kind in _RUN_ELSEWHERE:
        for runner in view.resources(kind):
            for each in view.mentioned_by(runner):
                if resources[each].type in ("AWS::Lambda::Version", "AWS::Lambda::Alias"):
                    found |= view.mentioned_by(resources[each])
                elif resources[each].type in _FUNCTIONS:
                    found.add(each)
    found.update(
        role.logical_id
        for role in view.resources("AWS::IAM::Role")
        if "edgelambda.amazonaws.com" in str(role.properties.get("AssumeRolePolicyDocument"))
    )
    return frozenset(found)
