"""``check --deployed`` and ``rightsize`` against an AWS that breaks: what answers is judged, and what does not is named."""

from __future__ import annotations

import json

import boto3
import pytest
from faulty_aws import Fault, FaultyAws, cut_off, failing, halved, hung_up, somebody_elses_page, throttled, unfinished
from faulty_process import Ask, require_told
from measured_account import MeasuredAccount

pytestmark = pytest.mark.slow
DEPLOYED = ("check", "--deployed")
RIGHTSIZE = ("rightsize", "--only", "endpoints", "--minimum-hours", "20")


@pytest.fixture
def stacks(account: MeasuredAccount) -> None:
    """Two stacks, each with a machine of a generation that is superseded."""
    client = boto3.client("cloudformation", region_name="us-east-1")
    machine = {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": {"InstanceType": "m4.large"}}}
    for name in ("First", "Second"):
        client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {f"{name}Machine": machine}}))


@pytest.fixture
def endpoints(account: MeasuredAccount) -> None:
    """Two endpoints that did nothing for a day."""
    for name in ("first", "second"):
        account.endpoint(name, "ml.g4dn.12xlarge")
        account.endpoint_metrics(name, CPUUtilization=1, MemoryUtilization=1, GPUUtilization=0, GPUMemoryUtilization=1)


@pytest.mark.parametrize("fault", [throttled, cut_off])
def test_deployed_stacks_are_asked_for_again(ask: Ask, aws: FaultyAws, stacks: None, fault: Fault) -> None:
    aws.faults = {"DescribeStacks": [fault], "GetTemplate": [fault]}
    done = ask(*DEPLOYED, attempts=3)
    require_told(done, "FirstMachine", "SecondMachine", "2 templates", code=0)


@pytest.mark.parametrize("fault", [failing, somebody_elses_page])
def test_a_stack_that_cannot_be_read_does_not_hide_the_other(
    ask: Ask, aws: FaultyAws, stacks: None, fault: Fault
) -> None:
    aws.broken = {"GetTemplate": (fault, "Second")}
    done = ask(*DEPLOYED)
    require_told(
        done, "unreadable us-east-1/Second", "cloudformation:GetTemplate", "1 unreadable", "1 template,", "FirstMachine"
    )


@pytest.mark.parametrize("fault", [halved, hung_up])
def test_stacks_that_cannot_be_listed_are_not_none(ask: Ask, aws: FaultyAws, stacks: None, fault: Fault) -> None:
    aws.broken = {"DescribeStacks": (fault, "")}
    require_told(ask(*DEPLOYED), "unreadable us-east-1", "cloudformation", "1 unreadable", "0 templates")


def test_an_endpoint_that_cannot_be_described_does_not_hide_the_other(
    ask: Ask, aws: FaultyAws, endpoints: None
) -> None:
    aws.faults = {"ListEndpoints": [throttled], "GetMetricData": [failing]}
    aws.broken = {"DescribeEndpoint": (failing, '"first"')}
    done = ask(*RIGHTSIZE, "--days", "1", "--format", "json", attempts=3)
    require_told(done)
    report = json.loads(done.stdout)
    assert [each["path"] for each in report["unreadable"]] == ["us-east-1: endpoint first"]
    assert {(each["rule"], each["resource"]["logical_id"]) for each in report["findings"]} == {("RSZ002", "second")}


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (failing, "us-east-1: measurements"),
        (halved, "us-east-1: measurements"),
        (unfinished, "us-east-1: measurements of "),
    ],
)
def test_measurements_that_are_not_whole_judge_nothing(
    ask: Ask, aws: FaultyAws, endpoints: None, fault: Fault, place: str
) -> None:
    aws.broken = {"GetMetricData": (fault, "")}
    done = ask(*RIGHTSIZE, "--days", "1")
    require_told(done, f"unreadable {place}", "0 errors, 0 warnings, 0 notes")
