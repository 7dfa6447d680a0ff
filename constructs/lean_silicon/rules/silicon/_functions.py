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
_FRAMEWORK = ("frameworkonEvent", "frameworkisComplete", "frameworkonTimeout")
"""In the logical ids of the functions of the CDK's provider framework, which call a handler on behalf of CloudFormation."""

_MADE_BY_THE_CDK = (
    *_FRAMEWORK,
    "CustomResourceProvider",
    "AWSb4cf1abd4e4f4bc699441af7ccd9ec37",
    "CDKPipelinesAutoApprove",
    "CrossRegionAwsSdk8a0c93f3dbef4b71ac137aaf2048ce7e",
    "DrainECSHook",
    "SingletonLambda224e77f9a32e4b4dac32983477abba16",
)
"""In the logical ids of functions that constructs of the CDK make and whose architecture they let nobody choose (aws-cdk-lib 2.275.0):
custom resource providers, the ``AwsApi`` target of events, the permission check of pipelines, ``CallAwsServiceCrossRegion``, the hook
that drains ECS instances, and ``DropSpamReceiptRule``. Those that answer CloudFormation by a ``ServiceToken`` are told by that."""

_BUILDS_MADE_BY_THE_CDK = ("CDKSecurityCheck",)
"""The same for builds: the permission check of pipelines."""

_ENVIRONMENTS = {
    "LINUX_CONTAINER": "ARM_CONTAINER",
    "LINUX_EC2": "ARM_EC2",
    "LINUX_LAMBDA_CONTAINER": "ARM_LAMBDA_CONTAINER",
}
_SMALLER_ON_ARM64 = ("BUILD_GENERAL1_XLARGE", "BUILD_GENERAL1_2XLARGE")
"""Sizes that have fewer vCPUs on arm64: 32 for 36 and 48 for 72 (CodeBuild User Guide, build environment compute types)."""


def bound_to_x86(use: SiliconUse, context: Context) -> bool:
    """Whether the place cannot move to arm64, it is not known whether it can, or moving it would change nothing that counts."""
    view = context.view(use.resource.template)
    if use.component is Component.LAMBDA:
        return _function_stays(use.resource, view, context)
    if use.component is Component.CODEBUILD:
        return _build_stays(use.resource, view)
    return False


def arm64_environment(use: SiliconUse, view: TemplateView) -> str | None:
    """The CodeBuild environment that is the arm64 one of that in the template; `None` for other services."""
    if use.component is not Component.CODEBUILD:
        return None
    known = (*view.known(use.resource, "Environment.Type"), *view.known(use.resource, "EnvironmentType"))
    return next((arm64 for x86, arm64 in _ENVIRONMENTS.items() if x86 in known), "ARM_CONTAINER")


def _function_stays(function: Resource, view: TemplateView, context: Context) -> bool:
    if any(word in function.logical_id for word in _MADE_BY_THE_CDK) or _answers_cloudformation(function):
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
    """Builds with GPUs, those that get fewer vCPUs, and those with Docker, whose images must match where they will run; the CDK's own."""
    if any(word in project.logical_id for word in _BUILDS_MADE_BY_THE_CDK):
        return True
    if "LINUX_GPU_CONTAINER" in (*view.known(project, "Environment.Type"), *view.known(project, "EnvironmentType")):
        return True
    sizes = (*view.known(project, "Environment.ComputeType"), *view.known(project, "ComputeType"))
    if any(size in sizes for size in _SMALLER_ON_ARM64):
        return True
    return any(
        at.unknown is not None or str(at.value).lower() == "true"
        for at in view.walk(project, "Environment.PrivilegedMode")
        if not at.absent
    )


def _answers_cloudformation(function: Resource) -> bool:
    """Whether the function itself says so: in its description, or by answering CloudFormation in its inline code.

    The template that uses it may be another one, which imports the function's ARN.
    """
    if "custom resource" in str(function.properties.get("Description", "")).lower():
        return True
    code = function.properties.get("Code")
    inline = code.get("ZipFile") if isinstance(code, Mapping) else function.properties.get("InlineCode")
    return any(word in str(inline) for word in ("cfnresponse", "cfn-response", "ResponseURL"))


def _deployment_handlers(view: TemplateView) -> frozenset[str]:
    """The functions that a ``ServiceToken`` or a macro names, and those that a macro or the CDK's provider framework calls."""
    resources = view.template.resources
    named = {
        name
        for resource in resources.values()
        if "ServiceToken" in resource.properties
        for name in _target(resource.properties["ServiceToken"])
    }
    macros = {each for macro in view.resources("AWS::CloudFormation::Macro") for each in view.mentioned_by(macro)}
    named |= macros
    functions = {each for each in named if each in resources and resources[each].type in _FUNCTIONS}
    # Whoever uses the framework may stand in another template: of a nested provider the parent knows the token.
    frameworks = {
        function.logical_id
        for function in view.resources("AWS::Lambda::Function")
        if any(word in function.logical_id for word in _FRAMEWORK)
    }
    called = {
        each
        for function in functions | frameworks
        if "framework" in function or function in macros
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
