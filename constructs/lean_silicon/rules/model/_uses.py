"""Where a template names a model of Amazon Bedrock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.rules.model._bedrock_models import ModelName, Reached, model_name
from lean_silicon.rules.model._texts import shown, texts_at
from lean_silicon.templates import Resource, TemplateView
from lean_silicon.templates.locations import At
from lean_silicon.templates.places import action_key

PROFILE = "AWS::Bedrock::ApplicationInferenceProfile"


class Place(NamedTuple):
    """A property that names a model, and whether an application inference profile may stand there."""

    path: str
    takes_profile: bool = True


_MEMORY = "MemoryStrategies[].CustomMemoryStrategy.Configuration"
_INGESTION = "VectorIngestionConfiguration"
_JUDGE = "BedrockEvaluatorModelConfig.ModelId"

PLACES: dict[str, tuple[Place, ...]] = {
    "AWS::Bedrock::Agent": (
        Place("FoundationModel"),
        Place("PromptOverrideConfiguration.PromptConfigurations[].FoundationModel"),
    ),
    PROFILE: (Place("ModelSource.CopyFrom", takes_profile=False),),
    "AWS::Bedrock::DataSource": (
        Place(f"{_INGESTION}.ParsingConfiguration.BedrockFoundationModelConfiguration.ModelArn"),
        Place(f"{_INGESTION}.ContextEnrichmentConfiguration.BedrockFoundationModelConfiguration.ModelArn"),
    ),
    "AWS::Bedrock::Flow": (
        Place("Definition.Nodes[].Configuration.Prompt.SourceConfiguration.Inline.ModelId"),
        Place("Definition.Nodes[].Configuration.KnowledgeBase.ModelId"),
    ),
    "AWS::Bedrock::IntelligentPromptRouter": (
        Place("FallbackModel.ModelArn"),
        Place("Models[].ModelArn"),
    ),
    # The service computes embeddings with the model itself.
    "AWS::Bedrock::KnowledgeBase": (
        Place("KnowledgeBaseConfiguration.VectorKnowledgeBaseConfiguration.EmbeddingModelArn", takes_profile=False),
        Place("KnowledgeBaseConfiguration.ManagedKnowledgeBaseConfiguration.EmbeddingModelArn", takes_profile=False),
    ),
    "AWS::Bedrock::Prompt": (Place("Variants[].ModelId"),),
    "AWS::BedrockAgentCore::Evaluator": (
        Place(f"EvaluatorConfig.LlmAsAJudge.ModelConfig.{_JUDGE}", takes_profile=False),
        Place(f"EvaluatorConfig.Derived.ModelConfig.{_JUDGE}", takes_profile=False),
    ),
    "AWS::BedrockAgentCore::Harness": (Place("Model.BedrockModelConfig.ModelId"),),
    "AWS::BedrockAgentCore::Memory": tuple(
        Place(f"{_MEMORY}.{strategy}Override.{step}.ModelId", takes_profile=False)
        for strategy, step in (
            ("Semantic", "Extraction"),
            ("Semantic", "Consolidation"),
            ("Summary", "Consolidation"),
            ("UserPreference", "Extraction"),
            ("UserPreference", "Consolidation"),
            ("Episodic", "Extraction"),
            ("Episodic", "Consolidation"),
            ("Episodic", "Reflection"),
        )
    ),
}
"""By resource type. Follows the CloudFormation Template Reference; whether a profile may stand there, the patterns of its schemas and
"Use an inference profile in model invocation" of the Amazon Bedrock User Guide (not said of AgentCore's memory and evaluators)."""

INVOCATIONS = frozenset(
    {
        "bedrock:invokeModel",
        "bedrockruntime:invokeModel",
        "bedrockruntime:converse",
        "bedrockruntime:startAsyncInvoke",
    }
)
"""API actions that invoke a model, as state machines and custom resources name them."""

OTHER_REQUESTS = {
    "bedrock:createModelCustomizationJob": ("BaseModelIdentifier", "baseModelIdentifier"),
    "bedrock:createModelInvocationJob": ("ModelId", "modelId"),
}
"""API actions that name a model for a job, and the keys under which they do."""

STATE_MACHINES = frozenset({"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine", "Custom::AWS"})

TYPES = frozenset(PLACES) | STATE_MACHINES
"""Every resource type that may name a model."""


class ModelUse(NamedTuple):
    """One place that names a model: `at` is where, with the text that stands there; `parameters` are those of the call that invokes it."""

    at: At
    name: ModelName
    takes_profile: bool = True
    parameters: At | None = None

    @property
    def text(self) -> str:
        """What stands there, as a message quotes it."""
        return shown(self.at.value)


def model_uses(view: TemplateView, resource: Resource) -> Iterator[ModelUse]:
    """Every model that a resource names, as far as it can be known."""
    for place in PLACES.get(resource.type, ()):
        for at in view.raw(resource, place.path):
            yield from _named(view, at, place.takes_profile, None)
    if resource.type in STATE_MACHINES:
        for request in view.requests(resource):
            action = action_key(request.service, request.action)
            invocation = request.parameters if action in INVOCATIONS else None
            for key in ("ModelId", "modelId") if invocation is not None else OTHER_REQUESTS.get(action, ()):
                for at in view.raw_from(request.parameters, key):
                    yield from _named(view, at, invocation is not None, invocation)


def _named(view: TemplateView, at: At, takes_profile: bool, parameters: At | None) -> Iterator[ModelUse]:
    if at.absent or at.unknown is not None:
        return
    if _refers_to_profile(view, at):
        yield ModelUse(
            at._replace(value=PROFILE), ModelName(Reached.APPLICATION_PROFILE, None), takes_profile, parameters
        )
        return
    for found in texts_at(view, at):
        name = model_name(found.value)
        if name is not None:
            yield ModelUse(found, name, takes_profile, parameters)


def _refers_to_profile(view: TemplateView, at: At) -> bool:
    """Whether a function refers to an application inference profile of the template."""
    if not isinstance(at.value, dict):
        return False
    known = view.template.resources
    return any(name in known and known[name].type == PROFILE for name in view.names_in(at.value))
