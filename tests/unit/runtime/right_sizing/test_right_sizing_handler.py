"""The function as it runs in AWS: on the engine of its layer alone, telling a topic, and failing where it saw nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest
from measured_account import REGION, MeasuredAccount
from moto import mock_aws

from lean_silicon.live.account import Account, CallFailedError
from lean_silicon.monitoring.right_sizing import copy_engine
from lean_silicon.runtime.right_sizing import right_sizing

SETTINGS = {"REGIONS": REGION, "DAYS": "2", "MINIMUM_HOURS": "24", "HEAD_ROOM": "0.2"}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[MeasuredAccount]:
    """An account with a topic whose messages a queue keeps."""
    credentials = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": REGION}
    for name, value in {**SETTINGS, **credentials}.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        topic = boto3.client("sns").create_topic(Name="sizing")["TopicArn"]
        queues = boto3.client("sqs")
        queue = queues.create_queue(QueueName="told")["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        monkeypatch.setenv("TOPIC_ARN", topic)
        yield MeasuredAccount()


def told() -> list[dict[str, Any]]:
    queues = boto3.client("sqs")
    queue = queues.get_queue_url(QueueName="told")["QueueUrl"]
    messages = queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(each["Body"]) for each in messages]


def test_a_proposal_is_told_and_only_counts_are_logged(
    account: MeasuredAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    account.endpoint("small-load", "ml.m5.4xlarge")
    account.endpoint_metrics("small-load", CPUUtilization=10, MemoryUtilization=5)
    assert right_sizing.handler({}, None) == {"machines": 1, "proposals": 1, "unknown": 0, "unreadable": 0}
    [message] = told()
    assert message["Subject"] == "Right-sizing: 1 proposals for 1 uses of silicon"
    assert "RSZ001" in message["Message"]
    assert "small-load" in message["Message"]
    assert "small-load" not in capsys.readouterr().out


def test_nobody_is_told_where_there_is_nothing_to_propose(account: MeasuredAccount) -> None:
    account.endpoint("busy", "ml.m5.4xlarge")
    account.endpoint_metrics("busy", CPUUtilization=1500, MemoryUtilization=90)
    assert right_sizing.handler({}, None)["proposals"] == 0
    assert told() == []


def test_fails_where_nothing_could_be_looked_at(account: MeasuredAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> Iterator[dict[str, Any]]:
        raise CallFailedError("ec2:DescribeInstances is not allowed to these credentials")
        yield {}

    monkeypatch.setattr(Account, "pages", refused)
    with pytest.raises(RuntimeError, match="nothing could be looked at: us-east-1: endpoints"):
        right_sizing.handler({}, None)


def test_a_report_that_sns_would_refuse_is_cut(account: MeasuredAccount) -> None:
    right_sizing._tell(os.environ["TOPIC_ARN"], {"proposals": 9, "machines": 9}, "x" * 300_000)
    [message] = told()
    assert message["Message"].endswith("shows all of it)")


def test_the_layer_holds_all_that_the_function_imports(tmp_path: Path) -> None:
    layer = tmp_path / "python"
    copy_engine(layer / "lean_silicon")
    folder = Path(right_sizing.__file__).parent
    program = (
        f"import sys; sys.path[:0] = {[str(layer), str(folder)]!r}; "
        f"sys.path.append({str(Path(botocore.__file__).parent.parent)!r}); import right_sizing, lean_silicon, json; "
        "from lean_silicon.rules import Context; assert Context().catalog.find('ml.m5.large'); print(lean_silicon.__file__)"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(layer / "lean_silicon/__init__.py"), done.stderr
