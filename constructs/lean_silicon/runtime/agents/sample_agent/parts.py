"""Models, memory, tools and specialists of the sample agent, as far as the environment names them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import boto3
from bedrock_agentcore.memory.integrations.strands.config import AgentCoreMemoryConfig
from bedrock_agentcore.memory.integrations.strands.session_manager import AgentCoreMemorySessionManager
from strands import Agent, tool
from strands.models import BedrockModel


def model(variable: str) -> BedrockModel:
    """A model that was chosen, its answers short: every token written costs several that are read."""
    return BedrockModel(
        model_id=os.environ[variable],
        guardrail_id=os.environ.get("GUARDRAIL_ID"),
        guardrail_version=os.environ.get("GUARDRAIL_VERSION"),
        temperature=0.0,
        max_tokens=512,
    )


def memory_of(session_id: str | None) -> AgentCoreMemorySessionManager | None:
    """The conversation so far; `None` where the agent has no memory, or nobody named the session.

    Each session is an actor of its own: where callers are known, put the one who was authenticated there, and what is remembered of people
    follows them from one session to the next, and nobody else.
    """
    memory_id = os.environ.get("MEMORY_ID")
    if memory_id is None or session_id is None:
        return None
    return AgentCoreMemorySessionManager(
        AgentCoreMemoryConfig(memory_id=memory_id, session_id=session_id, actor_id=session_id)
    )


@contextmanager
def tools(session_id: str | None) -> Iterator[list[Any]]:
    """The specialists, the larger model and the gateway's tools, for one request."""
    with ExitStack() as open_until_answered:
        specialists = json.loads(os.environ.get("SPECIALISTS", "{}"))
        available = [specialist(name, arn, session_id) for name, arn in specialists.items()]
        if "LARGER_MODEL_ID" in os.environ:
            available.append(ask_larger_model)
        if "GATEWAY_URL" in os.environ:
            # Imported where it is needed: it loads the MCP client.
            from gateway import connect  # type: ignore[import-not-found] # beside this file

            client = open_until_answered.enter_context(connect(os.environ["GATEWAY_URL"]))
            available += client.list_tools_sync()
        yield available


@tool
def ask_larger_model(request: str) -> str:
    """Ask a larger, dearer model. Only for what you cannot answer yourself and no other tool can.

    Args:
        request: The request, complete in itself.
    """
    return str(Agent(model=model("LARGER_MODEL_ID"), callback_handler=None)(request))


def specialist(name: str, arn: str, session_id: str | None) -> Any:
    """A tool that asks another agent, in one session for the whole conversation: each is billed until it was idle for long enough."""
    session = {"runtimeSessionId": session_id} if session_id else {}

    @tool(name=name, description=f"Ask the {name.replace('_', ' ')} specialist; give it all that it needs to know.")
    def ask(request: str) -> str:
        """Ask a specialist.

        Args:
            request: The request, complete in itself.
        """
        answer = boto3.client("bedrock-agentcore").invoke_agent_runtime(
            agentRuntimeArn=arn,
            payload=json.dumps({"prompt": request}).encode(),
            contentType="application/json",
            **session,
        )
        lines = answer["response"].read().decode().splitlines()
        events = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
        failed = next((event["error"] for event in events if "error" in event), None)
        if failed is not None:
            raise RuntimeError(f"the specialist failed: {failed}")
        return "".join(event.get("text", "") for event in events)

    return ask
