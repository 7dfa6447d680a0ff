"""Agents as users write them, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template

from lean_silicon.agents import Agent, AgentCode
from lean_silicon.bedrock import EvaluationVerdict, ModelChoice

US_EAST_1 = Environment(region="us-east-1", account="111122223333")
MICRO = "amazon.nova-micro-v1:0"
DEAR = "anthropic.claude-opus-4-1-20250805-v1:0"
SMALLEST = "The smallest that calls tools; evaluated next week"


def agent_folder(folder: Path, **files: str | bytes) -> Path:
    """A folder with a ``main.py``, and whatever else is named."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {"main.py": "print('hello')\n", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def new_stack(environment: Environment | None = US_EAST_1) -> Stack:
    """A stack in an app of its own."""
    return Stack(App(analytics_reporting=False), "Test", env=environment)


def micro(stack: Stack, construct_id: str = "Model") -> ModelChoice:
    """The smallest Nova."""
    return ModelChoice(stack, construct_id, model=MICRO, reason=SMALLEST)


def new_agent(stack: Stack, folder: Path, construct_id: str = "Support", **properties: Any) -> Agent:
    """An agent on the smallest Nova."""
    given = {"code": AgentCode.from_folder(agent_folder(folder)), **properties}
    if "model" not in given:
        given["model"] = micro(stack, f"{construct_id}Model")
    return Agent(stack, construct_id, **given)


def template_of(stack: Stack) -> dict[str, Any]:
    """What the stack deploys."""
    template: dict[str, Any] = Template.from_stack(stack).to_json()
    return template


def of_type(template: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    """The resources of one type."""
    return [each for each in template["Resources"].values() if each["Type"] == resource_type]


def the(template: dict[str, Any], resource_type: str) -> dict[str, Any]:
    """The properties of the only resource of a type."""
    [found] = of_type(template, resource_type)
    properties: dict[str, Any] = found["Properties"]
    return properties


def verdict_for(winner: str, loser: str) -> EvaluationVerdict:
    """An evaluation in which only `winner` met the target."""
    scores = [{"candidate": loser, "model": loser, "score": 0.61}, {"candidate": winner, "model": winner, "score": 0.9}]
    return EvaluationVerdict.from_mapping(
        {
            "version": 1,
            "evaluation": "s3://evaluations/support/verdict.json",
            "date": "2026-10-01",
            "target": 0.8,
            "chosen": winner,
            "candidates": scores,
        }
    )
