"""Functions that nobody can move, or that run only while a stack is deployed."""

from __future__ import annotations

from typing import Any

from lean_silicon.templates import Resource, TemplateView

_MADE_BY_THE_CDK = ("CustomResourceProvider", "frameworkonEvent", "frameworkisComplete", "frameworkonTimeout")
_FUNCTIONS = frozenset({"AWS::Lambda::Function", "AWS::Serverless::Function"})


def handles_custom_resources(function: Resource, handlers: frozenset[str]) -> bool:
    """Whether the function only answers custom resources: it runs for seconds, while the stack is deployed."""
    return function.logical_id in handlers or any(word in function.logical_id for word in _MADE_BY_THE_CDK)


def custom_resource_handlers(view: TemplateView) -> frozenset[str]:
    """The functions that a ``ServiceToken`` names, and those that the CDK's provider framework calls for one."""
    resources = view.template.resources
    named: set[str] = set()
    for resource in resources.values():
        if "ServiceToken" in resource.properties:
            named.update(_target(resource.properties["ServiceToken"]))
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
    if not isinstance(token, dict):
        return ()
    attribute = token.get("Fn::GetAtt")
    name = attribute.partition(".")[0] if isinstance(attribute, str) else token.get("Ref")
    if isinstance(attribute, list) and attribute:
        name = attribute[0]
    return (name,) if isinstance(name, str) else ()


def edge_functions(view: TemplateView) -> frozenset[str]:
    """The functions that CloudFront runs (Lambda@Edge), which AWS offers on x86_64 only."""
    found: set[str] = set()
    for distribution in view.resources("AWS::CloudFront::Distribution"):
        mentioned = view.mentioned_by(distribution)
        found |= mentioned
        for each in mentioned:
            if view.template.resources[each].type == "AWS::Lambda::Version":
                found |= view.mentioned_by(view.template.resources[each])
    for role in view.resources("AWS::IAM::Role"):
        if "edgelambda.amazonaws.com" in str(role.properties.get("AssumeRolePolicyDocument")):
            found |= {resource.logical_id for resource in view.mentioning(role)}
    return frozenset(found)
