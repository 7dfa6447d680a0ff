"""Every run of a state machine is stopped, with a real client, whose requests botocore validates."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.stub import Stubber

from lean_silicon.runtime.alarm_responses import stop_runs

MACHINE = "arn:aws:states:us-east-1:111122223333:stateMachine:train"
RUN = "arn:aws:states:us-east-1:111122223333:execution:train:{}"


def event(state: str) -> dict[str, Any]:
    return {"alarmData": {"alarmName": "standstill", "state": {"value": state}}}


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv(stop_runs.STATE_MACHINE_SETTING, MACHINE)
    client = boto3.client(
        "stepfunctions",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    with Stubber(client) as stub, mock.patch.object(boto3, "client", lambda name: {"stepfunctions": client}[name]):
        yield stub
        stub.assert_no_pending_responses()


def page(*names: str, token: str | None = None) -> dict[str, Any]:
    now = datetime(2026, 11, 23, tzinfo=timezone.utc)
    runs = [
        {
            "executionArn": RUN.format(name),
            "stateMachineArn": MACHINE,
            "name": name,
            "status": "RUNNING",
            "startDate": now,
        }
        for name in names
    ]
    return {"executions": runs, **({"nextToken": token} if token else {})}


def test_every_run_on_every_page_is_stopped(states: Stubber) -> None:
    asked = {"stateMachineArn": MACHINE, "statusFilter": "RUNNING"}
    states.add_response("list_executions", page("a", token="more"), asked)
    states.add_response("list_executions", page("b"), {**asked, "nextToken": "more"})
    for name in ("a", "b"):
        answer = {"stopDate": datetime(2026, 11, 23, tzinfo=timezone.utc)}
        wanted = {"executionArn": RUN.format(name), "error": "Alarm", "cause": "standstill"}
        states.add_response("stop_execution", answer, wanted)

    assert stop_runs.handler(event("ALARM"), None) == {"stopped": 2}


def test_an_alarm_that_does_not_ring_stops_nothing(states: Stubber) -> None:
    assert stop_runs.handler(event("OK"), None) == {"stopped": 0}
