"""A small agent on AgentCore: one model, a guardrail, and where they were given, memory, tools and specialists.

Everything that it may use stands in the environment, set by ``lean_silicon.agents.Agent``; credentials come from its role.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

from bedrock_agentcore import BedrockAgentCoreApp, RequestContext
from parts import memory_of, model, tools  # type: ignore[import-not-found] # beside this file
from starlette.exceptions import HTTPException
from strands import Agent

LONGEST_PROMPT = 4_000

app = BedrockAgentCoreApp()


@app.entrypoint
async def invoke(payload: Any, context: RequestContext) -> AsyncIterator[dict[str, str]]:
    """Answer ``{"prompt": "..."}`` with a stream of ``{"text": "..."}``; a wrong request is refused before anything is paid for."""
    prompt = payload.get("prompt") if isinstance(payload, dict) else None
    if not isinstance(prompt, str) or not 0 < len(prompt) <= LONGEST_PROMPT:
        raise HTTPException(400, f'send {{"prompt": text}} with 1 to {LONGEST_PROMPT} characters of text')
    return stream(prompt, context.session_id)


async def stream(prompt: str, session_id: str | None) -> AsyncIterator[dict[str, str]]:
    """The answer, piece by piece as the model writes it."""
    with tools(session_id) as available:
        agent = Agent(
            model=model("MODEL_ID"),
            system_prompt=os.environ.get(
                "INSTRUCTIONS", "Answer in one or two sentences. Say so where you do not know."
            ),
            tools=available,
            session_manager=memory_of(session_id),
            callback_handler=None,
        )
        async for event in agent.stream_async(prompt):
            if "data" in event:
                yield {"text": event["data"]}


if __name__ == "__main__":
    app.run()
