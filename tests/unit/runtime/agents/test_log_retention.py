"""The function that ends the logs of agents: against moto's CloudWatch Logs, and the address that CloudFormation waits at."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

GROUP = "/aws/bedrock-agentcore/runtimes/support-0123456789-DEFAULT"
CONTEXT = SimpleNamespace(log_stream_name="2026/11/23/[$LATEST]abc")


@pytest.fixture
def retention(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    path = root / "constructs" / "lean_silicon" / "runtime" / "agents" / "log_retention" / "retention.py"
    location = importlib.util.spec_from_file_location("agent_log_retention", path)
    assert location is not None
    assert location.loader is not None
    module = importlib.util.module_from_spec(location)
    location.loader.exec_module(module)
    return module


@pytest.fixture
def answers() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address that CloudFormation gives, and what arrives there."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            assert self.headers["content-type"] == ""
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/answer?signature=x", received
    server.shutdown()
    server.server_close()


def event(url: str, request_type: str = "Create", days: str = "90") -> dict[str, Any]:
    return {
        "RequestType": request_type,
        "ResponseURL": url,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Retention",
        "ResourceProperties": {"LogGroupName": GROUP, "RetentionInDays": days},
    }


def groups() -> list[tuple[str, int | None]]:
    described = boto3.client("logs").describe_log_groups(logGroupNamePrefix="/aws/bedrock-agentcore")["logGroups"]
    return [(group["logGroupName"], group.get("retentionInDays")) for group in described]


@mock_aws
def test_a_group_that_the_service_made_gets_an_end(retention: ModuleType, answers: Any) -> None:
    boto3.client("logs").create_log_group(logGroupName=GROUP)
    retention.handler(event(answers[0]), CONTEXT)
    assert groups() == [(GROUP, 90)]
    [answer] = answers[1]
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", GROUP)


@mock_aws
def test_a_group_that_is_not_there_yet_is_made(retention: ModuleType, answers: Any) -> None:
    retention.handler(event(answers[0]), CONTEXT)
    assert groups() == [(GROUP, 90)]


@mock_aws
def test_an_update_changes_the_end_and_may_come_twice(retention: ModuleType, answers: Any) -> None:
    for _ in range(2):
        retention.handler(event(answers[0], "Update", "30"), CONTEXT)
    assert groups() == [(GROUP, 30)]
    assert [answer["Status"] for answer in answers[1]] == ["SUCCESS", "SUCCESS"]


@mock_aws
def test_deleting_leaves_the_log_to_its_end(retention: ModuleType, answers: Any) -> None:
    retention.handler(event(answers[0]), CONTEXT)
    retention.handler(event(answers[0], "Delete"), CONTEXT)
    assert groups() == [(GROUP, 90)]
    assert answers[1][-1]["Status"] == "SUCCESS"


@mock_aws
def test_a_refusal_is_told_rather_than_waited_out(retention: ModuleType, answers: Any) -> None:
    retention.handler(event(answers[0], days="none"), CONTEXT)
    [answer] = answers[1]
    assert answer["Status"] == "FAILED"
    assert "ValueError" in answer["Reason"]
