"""The sample agent runs: the AgentCore SDK serves it on loopback, the real Bedrock client parses a stream in Bedrock's wire format.

The replies are events of ConverseStream as botocore's service model has them, in the wire format of AWS's event streams; no request goes to
AWS.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bedrock_server import BedrockServer, serving
from local_agent import invoke, running_agent

pytest.importorskip("strands")
pytest.importorskip("bedrock_agentcore")

PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123"
GUARDRAIL = "arn:aws:bedrock:us-east-1:111122223333:guardrail/gr1"
USAGE = {
    "metadata": {"usage": {"inputTokens": 21, "outputTokens": 9, "totalTokens": 30}, "metrics": {"latencyMs": 120}}
}
ANSWER = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "Paris is "}}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "the capital."}}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {"messageStop": {"stopReason": "end_turn"}},
    USAGE,
]
BLOCKED = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "This cannot be answered here."}}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {"messageStop": {"stopReason": "guardrail_intervened"}},
    USAGE,
]
ASK_SPECIALIST = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockStart": {"contentBlockIndex": 0, "start": {"toolUse": {"toolUseId": "t1", "name": "orders"}}}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"toolUse": {"input": '{"request": "Where is 1002?"}'}}}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {"messageStop": {"stopReason": "tool_use"}},
    USAGE,
]
ASK_LARGER = json.loads(json.dumps(ASK_SPECIALIST).replace("orders", "ask_larger_model"))
DENIED = {"status": 403, "error": "AccessDeniedException", "body": {"message": "not authorized to invoke this model"}}
LARGER = f"{PROFILE}-larger"
SPECIALIST = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/orders-0123456789"


@pytest.fixture(scope="module")
def bedrock() -> Iterator[BedrockServer]:
    with serving([ANSWER]) as server:
        yield server


@pytest.fixture(scope="module")
def agent(root: Path, bedrock: BedrockServer) -> Iterator[str]:
    told = {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock.url,
        "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": bedrock.url,
        "MODEL_ID": PROFILE,
        "LARGER_MODEL_ID": LARGER,
        "GUARDRAIL_ID": GUARDRAIL,
        "GUARDRAIL_VERSION": "3",
        "SPECIALISTS": json.dumps({"orders": SPECIALIST}),
    }
    with running_agent(root, told) as url:
        yield url


def test_ping_says_that_it_is_healthy(agent: str) -> None:
    with urllib.request.urlopen(f"{agent}/ping", timeout=5) as answer:
        assert json.loads(answer.read())["status"] == "Healthy"


def test_an_answer_is_streamed_piece_by_piece(agent: str, bedrock: BedrockServer) -> None:
    bedrock.replies = [ANSWER]
    status, events = invoke(agent, {"prompt": "What is the capital of France?"})
    assert status == 200
    assert [event["text"] for event in events] == ["Paris is ", "the capital."]


def test_the_model_is_invoked_through_the_profile_with_the_guardrail(agent: str, bedrock: BedrockServer) -> None:
    bedrock.replies = [ANSWER]
    invoke(agent, {"prompt": "What is the capital of France?"})
    request = bedrock.requests[-1]
    assert request["path"] == f"/model/{PROFILE}/converse-stream"
    assert request["body"]["guardrailConfig"]["guardrailIdentifier"] == GUARDRAIL
    assert request["body"]["guardrailConfig"]["guardrailVersion"] == "3"
    assert request["body"]["inferenceConfig"]["maxTokens"] <= 512


def test_what_the_guardrail_blocks_is_what_the_user_reads(agent: str, bedrock: BedrockServer) -> None:
    bedrock.replies = [BLOCKED]
    status, events = invoke(agent, {"prompt": "Something harmful"})
    assert (status, [event["text"] for event in events]) == (200, ["This cannot be answered here."])


def asked_for_order(agent: str, bedrock: BedrockServer, specialist_says: str) -> list[dict[str, Any]]:
    """The requests of a conversation in which the model asks the specialist: to Bedrock, to the specialist, and to Bedrock again."""
    bedrock.replies = [ASK_SPECIALIST, specialist_says, ANSWER]
    before = len(bedrock.requests)
    status, events = invoke(agent, {"prompt": "Where is order 1002?"})
    assert (status, events[-1]) == (200, {"text": "the capital."})
    return bedrock.requests[before:]


def test_a_specialist_is_offered_as_a_tool_and_asked(agent: str, bedrock: BedrockServer) -> None:
    first, call, second = asked_for_order(agent, bedrock, 'data: {"text": "On its "}\n\ndata: {"text": "way."}\n\n')
    assert "orders" in [tool["toolSpec"]["name"] for tool in first["body"]["toolConfig"]["tools"]]
    assert (call["path"], call["body"]) == (f"/runtimes/{SPECIALIST}/invocations", {"prompt": "Where is 1002?"})
    [result] = second["body"]["messages"][-1]["content"]
    assert result["toolResult"]["content"] == [{"text": "On its way."}]


def test_a_specialist_that_fails_is_told_to_the_model(agent: str, bedrock: BedrockServer) -> None:
    *_, second = asked_for_order(
        agent, bedrock, 'data: {"error": "no capacity", "error_type": "ThrottlingException"}\n\n'
    )
    [result] = second["body"]["messages"][-1]["content"]
    assert "no capacity" in result["toolResult"]["content"][0]["text"]


def test_a_conversation_has_one_session_of_a_specialist(agent: str, bedrock: BedrockServer) -> None:
    """Each session is billed until it was idle for long enough."""
    calls = [asked_for_order(agent, bedrock, 'data: {"text": "On its way."}\n\n')[1] for _ in range(2)]
    sessions = {call["headers"]["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"] for call in calls}
    assert sessions == {"s" * 33}


def test_a_larger_model_is_asked_where_the_small_one_asks_for_it(agent: str, bedrock: BedrockServer) -> None:
    bedrock.replies = [ASK_LARGER, ANSWER, ANSWER]
    before = len(bedrock.requests)
    status, _ = invoke(agent, {"prompt": "Prove it."})
    assert status == 200
    small, larger, again = bedrock.requests[before:]
    assert [each["path"].split("/")[-2] for each in (small, larger, again)] == ["abc123", "abc123-larger", "abc123"]
    assert larger["body"]["guardrailConfig"]["guardrailIdentifier"] == GUARDRAIL
    [result] = again["body"]["messages"][-1]["content"]
    assert "Paris is the capital." in result["toolResult"]["content"][0]["text"]


@pytest.mark.parametrize("payload", [{}, {"prompt": ""}, {"prompt": 3}, {"prompt": "x" * 4_001}, ["prompt"], "prompt"])
def test_a_wrong_request_costs_nothing_and_is_told_what_to_send(
    agent: str, bedrock: BedrockServer, payload: Any
) -> None:
    before = len(bedrock.requests)
    status, [refusal] = invoke(agent, payload)
    assert (status, "prompt" in refusal["error"]) == (400, True)
    assert len(bedrock.requests) == before


def test_a_request_that_is_no_json_is_refused(agent: str) -> None:
    assert invoke(agent, b"{")[0] == 400


def test_a_denied_model_is_told_as_an_error_and_the_agent_lives_on(agent: str, bedrock: BedrockServer) -> None:
    bedrock.replies = [DENIED]
    _, events = invoke(agent, {"prompt": "Hello"})
    assert "not authorized" in events[-1]["error"]
    bedrock.replies = [ANSWER]
    assert invoke(agent, {"prompt": "Hello"})[1][-1] == {"text": "the capital."}
