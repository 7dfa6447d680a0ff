"""OBS006: a generative endpoint, agent or flow without a guardrail."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.model._bedrock_models import writes_text
from lean_silicon.rules.model._uses import STATE_MACHINES, ModelUse, model_uses
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import App, Resource, TemplateView
from lean_silicon.templates.locations import At

_ENFORCED = "AWS::Bedrock::EnforcedGuardrailConfiguration"
_AGENT = "AWS::Bedrock::Agent"
_FLOW = "AWS::Bedrock::Flow"
_GENERATING_NODES = (("Prompt", "SourceConfiguration"), ("KnowledgeBase", "ModelId"))
"""Nodes of a flow that generate text, and the property without which they do not."""
_GUARDED_BY = ("GuardrailIdentifier", "guardrailIdentifier", "GuardrailConfig", "guardrailConfig")


class UnguardedGeneration(ResourceRule):
    """A model answers people, and nothing stands between what it says and who reads it.

    A guardrail filters harmful content, personal data and denied topics in prompts and answers, and counts what it
    blocks: the measure of harm that the advice asks for. What it stops early is also text that no model need write.

    The rule looks at Bedrock agents, at the prompt and knowledge-base nodes of flows, and at calls of state machines to
    models that write text. An account in which the app enforces a guardrail
    (``AWS::Bedrock::EnforcedGuardrailConfiguration``) passes. Code that calls a model by itself (Lambda functions,
    AgentCore runtimes, whoever calls a SageMaker endpoint) names its guardrail there, where no template shows it: not
    judged. A guardrail that an organization enforces is not seen either: acknowledge.

    Bad
    ---
    ```yaml
    Resources:
      Agent:
        Type: AWS::Bedrock::Agent
        Properties:
          AgentName: claims
          FoundationModel: amazon.nova-2-lite-v1:0
          Instruction: Help customers of an insurance company with their claims.
    ```

    Good
    ----
    ```yaml
    Resources:
      Guardrail:
        Type: AWS::Bedrock::Guardrail
        Properties:
          Name: claims
          BlockedInputMessaging: This cannot be answered here.
          BlockedOutputsMessaging: This cannot be answered here.
          ContentPolicyConfig: {FiltersConfig: [{Type: HATE, InputStrength: HIGH, OutputStrength: HIGH}]}
      Agent:
        Type: AWS::Bedrock::Agent
        Properties:
          AgentName: claims
          FoundationModel: amazon.nova-2-lite-v1:0
          Instruction: Help customers of an insurance company with their claims.
          GuardrailConfiguration: {GuardrailIdentifier: !GetAtt Guardrail.GuardrailId, GuardrailVersion: DRAFT}
    ```
    """

    id = "OBS006"
    title = "Generated text without a guardrail"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Measure utilisation, drift, bias, harm"
    sources = ("https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use.html",)
    resource_types = frozenset({_AGENT, _FLOW}) | STATE_MACHINES

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """The first place of the resource where text is generated without a guardrail."""
        view = context.view(resource.template)
        unguarded = next(_unguarded(view, resource), None)
        if unguarded is None or context.of_app("enforced guardrail", _is_enforced):
            return
        what, path, key = unguarded
        yield self.found_at(
            resource,
            f"{what} generates text, and no guardrail checks it.",
            property_path=path,
            suggestion=Suggestion(
                f"Create an AWS::Bedrock::Guardrail and name it in {key}; start with the content filters and watch what it blocks."
            ),
        )


def _unguarded(view: TemplateView, resource: Resource) -> Iterator[tuple[str, str, str]]:
    """Who generates text without a guardrail, where, and the property that would name one."""
    if resource.type == _AGENT:
        if view.is_set(resource, "GuardrailConfiguration") is False:
            yield "The agent", "Properties.GuardrailConfiguration", "GuardrailConfiguration"
    elif resource.type == _FLOW:
        yield from _nodes(view, resource)
    else:
        for use in model_uses(view, resource):
            if _writes_unguarded(view, use):
                yield (
                    f"A call of {use.name.model_id}",
                    use.at.path,
                    "GuardrailIdentifier (GuardrailConfig of the Converse API)",
                )


def _nodes(view: TemplateView, resource: Resource) -> Iterator[tuple[str, str, str]]:
    """The nodes of a flow that generate text without a guardrail."""
    for node in view.walk(resource, "Definition.Nodes[]"):
        if node.unknown is not None or not isinstance(node.value, dict):
            continue
        for kind, needed in _GENERATING_NODES:
            configuration = f"Configuration.{kind}"
            if _is_there(view, node, f"{configuration}.{needed}") and _is_missing(
                view, node, f"{configuration}.GuardrailConfiguration"
            ):
                name = node.value.get("Name")
                path = f"{node.path}.{configuration}"
                yield (
                    (f"The node {name} of the flow" if isinstance(name, str) else "A node of the flow"),
                    path,
                    "its GuardrailConfiguration",
                )


def _writes_unguarded(view: TemplateView, use: ModelUse) -> bool:
    """Whether a call is known to make a model write text, and to name no guardrail."""
    return (
        use.name.model_id is not None
        and use.parameters is not None
        and writes_text(use.name.model_id)
        and all(_is_missing(view, use.parameters, key) for key in _GUARDED_BY)
    )


def _is_there(view: TemplateView, start: At, path: str) -> bool:
    return all(not at.absent and at.unknown is None for at in view.walk_from(start, path))


def _is_missing(view: TemplateView, start: At, path: str) -> bool:
    return all(at.absent for at in view.walk_from(start, path))


def _is_enforced(app: App) -> bool:
    return any(resource.type == _ENFORCED for template in app.templates for resource in template.resources.values())
