"""The sample agent remembers: a conversation goes on over several requests, and what a guardrail stopped is not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bedrock_server import BedrockServer, serving
from local_agent import invoke, running_agent
from memory_server import MemoryServer, serving_memory

from lean_silicon.agents import permissions

pytest.importorskip("strands")

SESSION = "session-0123456789-0123456789-0123456789"


def says(text: str, stop: str = "end_turn", trace: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """A stream in which the model says that."""
    usage = {"usage": {"inputTokens": 9, "outputTokens": 9, "totalTokens": 18}, "metrics": {"latencyMs": 9}}
    return [
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": text}}},
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": stop}},
        {"metadata": {**usage, **({"trace": trace} if trace else {})}},
    ]


@pytest.fixture(scope="module")
def bedrock() -> Iterator[BedrockServer]:
    with serving([says("Hello.")]) as server:
        yield server


@pytest.fixture(scope="module")
def memory() -> Iterator[MemoryServer]:
    with serving_memory() as server:
        yield server


@pytest.fixture(scope="module")
def agent(root: Path, bedrock: BedrockServer, memory: MemoryServer) -> Iterator[str]:
    told = {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock.url,
        "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": memory.url,
        "MODEL_ID": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123",
        "GUARDRAIL_ID": "gr1",
        "GUARDRAIL_VERSION": "1",
        "MEMORY_ID": "memory-0123456789",
    }
    with running_agent(root, told) as url:
        yield url


def test_the_next_request_of_a_session_knows_the_last(agent: str, bedrock: BedrockServer) -> None:
    bedrock.replies = [says("Nice to meet you, Ada.")]
    assert invoke(agent, {"prompt": "My name is Ada."}, session=SESSION)[1] == [{"text": "Nice to meet you, Ada."}]
    bedrock.replies = [says("Ada.")]
    invoke(agent, {"prompt": "What is my name?"}, session=SESSION)
    texts = json.dumps(bedrock.requests[-1]["body"]["messages"])
    assert "My name is Ada." in texts
    assert "Nice to meet you, Ada." in texts


def test_another_session_knows_nothing_of_it(agent: str, bedrock: BedrockServer) -> None:
    bedrock.replies = [says("I do not know.")]
    invoke(agent, {"prompt": "What is my name?"}, session=SESSION.replace("session", "another"))
    assert "Ada" not in json.dumps(bedrock.requests[-1]["body"]["messages"])


def test_a_prompt_that_the_guardrail_stopped_is_not_kept(
    agent: str, bedrock: BedrockServer, memory: MemoryServer
) -> None:
    found = {"contentPolicy": {"filters": [{"type": "HATE", "action": "BLOCKED", "detected": True}]}}
    stopped = {"guardrail": {"inputAssessment": {"gr1": found}}}
    bedrock.replies = [says("This cannot be answered here.", "guardrail_intervened", stopped)]
    invoke(agent, {"prompt": "Something hateful"}, session=SESSION.replace("session", "stopped"))
    assert "Something hateful" not in memory.said()
    assert "DeleteEvent" in memory.operations


def test_nothing_was_called_that_the_agents_role_may_not(
    agent: str, bedrock: BedrockServer, memory: MemoryServer
) -> None:
    invoke(agent, {"prompt": "Hello"}, session=SESSION.replace("session", "last"))
    called = {f"bedrock-agentcore:{operation}" for operation in memory.operations}
    assert {"bedrock-agentcore:CreateEvent", "bedrock-agentcore:ListEvents"} <= called
    assert called <= set(permissions.USE_MEMORY)
