"""A node group is scaled in to its minimum, with a real client, whose requests botocore validates."""

from __future__ import annotations

from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.stub import Stubber

from lean_silicon.runtime.alarm_responses import scale_in

GROUP = {"clusterName": "llm", "nodegroupName": "trainers"}


def event(state: str) -> dict[str, Any]:
    return {"alarmData": {"alarmName": "idle", "state": {"value": state}}}


@pytest.fixture
def eks(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv(scale_in.CLUSTER_SETTING, GROUP["clusterName"])
    monkeypatch.setenv(scale_in.NODE_GROUP_SETTING, GROUP["nodegroupName"])
    client = boto3.client("eks", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub, mock.patch.object(boto3, "client", lambda name: {"eks": client}[name]):
        yield stub
        stub.assert_no_pending_responses()


def sizes(desired: int) -> dict[str, Any]:
    return {"nodegroup": {"scalingConfig": {"minSize": 0, "maxSize": 4, "desiredSize": desired}}}


def test_a_group_above_its_minimum_is_scaled_in(eks: Stubber) -> None:
    eks.add_response("describe_nodegroup", sizes(3), GROUP)
    wanted = {**GROUP, "scalingConfig": {"minSize": 0, "maxSize": 4, "desiredSize": 0}}
    eks.add_response("update_nodegroup_config", {}, wanted)

    assert scale_in.handler(event("ALARM"), None) == {"scaled": True}


def test_a_group_at_its_minimum_is_left_alone(eks: Stubber) -> None:
    eks.add_response("describe_nodegroup", sizes(0), GROUP)

    assert scale_in.handler(event("ALARM"), None) == {"scaled": False}


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_an_alarm_that_does_not_ring_changes_nothing(eks: Stubber, state: str) -> None:
    assert scale_in.handler(event(state), None) == {"scaled": False}
