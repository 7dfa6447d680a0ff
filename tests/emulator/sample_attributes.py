"""Attributes that only the service knows, in the form that it gives them: for types that are validated and recorded."""

from __future__ import annotations

import hashlib

from emulator.stacks import ACCOUNT

SERVICE_IN_ARN = {"BedrockAgentCore": "bedrock-agentcore", "ElasticLoadBalancingV2": "elasticloadbalancing"}
KIND_IN_ARN = {
    "AWS::Bedrock::ApplicationInferenceProfile": "application-inference-profile",
    "AWS::Bedrock::Guardrail": "guardrail",
    "AWS::Bedrock::KnowledgeBase": "knowledge-base",
    "AWS::Bedrock::Prompt": "prompt",
    "AWS::BedrockAgentCore::Evaluator": "evaluator",
    "AWS::BedrockAgentCore::OnlineEvaluationConfig": "online-evaluation-config",
    "AWS::BedrockAgentCore::Policy": "policy",
    "AWS::BedrockAgentCore::PolicyEngine": "policy-engine",
    "AWS::Logs::DeliveryDestination": "delivery-destination",
    "AWS::Logs::DeliverySource": "delivery-source",
    "AWS::SageMaker::InferenceComponent": "inference-component",
}
VERSIONS = {"Version": "1", "PromptVersion": "1"}


def sample_attribute(type_name: str, attribute: str, physical_id: str, region: str) -> str:
    """A value for `attribute` in the service's form; always the same for the same resource."""
    _, service, kind = type_name.split("::")
    name = physical_id.rsplit("/", 1)[-1]
    if attribute.endswith(("Arn", "ARN")):
        in_arn = KIND_IN_ARN.get(type_name, kind.lower())
        return f"arn:aws:{SERVICE_IN_ARN.get(service, service.lower())}:{region}:{ACCOUNT}:{in_arn}/{name}"
    if attribute in VERSIONS:
        return VERSIONS[attribute]
    if attribute.endswith(("Id", "Identifier")):
        return name
    if attribute.endswith("At"):
        return "2026-01-01T00:00:00Z"
    return "ACTIVE" if attribute.endswith("Status") else f"{name}-{attribute}"


def sample_identifier(type_name: str, logical_id: str, seed: str) -> str:
    """An identifier such as a service makes: lower-case letters and digits, ten of them."""
    digest = hashlib.sha256(f"{type_name}/{logical_id}/{seed}".encode()).hexdigest()
    # AgentCore's identifiers are a name and ten characters.
    return f"sample-{digest[:10]}" if type_name.startswith("AWS::BedrockAgentCore::") else digest[:10]
