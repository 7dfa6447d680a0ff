"""``lean-silicon rightsize`` against moto, with machines and hours of metrics put there, through the real botocore."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from measured_account import REGION, MeasuredAccount
from moto import mock_aws

from lean_silicon.cli import rightsize
from lean_silicon.cli.main import main
from lean_silicon.live.account import Account, CallFailedError
from lean_silicon.live.right_sizing import Criteria
from lean_silicon.live.right_sizing_report import right_sized
from lean_silicon.live.running import FINDERS
from lean_silicon.rules import Context, Verdict

pytestmark = pytest.mark.slow
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def account(no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[MeasuredAccount]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield MeasuredAccount()


SHORT = Criteria(days=2, minimum_hours=24)
"""What moto has the speed for; a user's default is two weeks, of which one must be known."""
SHORTLY = ("--days", "2", "--minimum-hours", "24")


def looked(*only: str, criteria: Criteria = SHORT) -> Verdict:
    return right_sized(Account(), [REGION], Context(), criteria=criteria, only=only or tuple(FINDERS))


def told(verdict: Verdict) -> list[tuple[str, str, str | None]]:
    return [
        (each.rule, each.resource.logical_id, each.suggestion.instance_type if each.suggestion else None)
        for each in verdict.findings
    ]


def test_an_endpoint_that_used_a_quarter_of_its_gpus_is_told_the_smaller_type_and_what_it_saves(
    account: MeasuredAccount,
) -> None:
    account.endpoint("chat", "ml.g4dn.12xlarge", count=2)
    # SageMaker counts each of 48 processors and each of 4 GPUs as 100%
    account.endpoint_metrics(
        "chat", CPUUtilization=[100, 190], MemoryUtilization=6, GPUUtilization=[20, 70], GPUMemoryUtilization=60
    )
    verdict = looked("endpoints")
    assert told(verdict) == [("RSZ001", "chat", "ml.g4dn.xlarge")]
    [finding] = verdict.findings
    assert "processors up to 4% in 99 of 100 hours (26 h known)" in finding.message
    assert "accelerator memory at most 15%" in finding.message
    assert "2 of them" in finding.message
    assert "USD a month" in finding.message
    assert finding.suggestion is not None
    saved = finding.suggestion.saves
    assert saved is not None
    assert saved.cost is not None
    assert saved.power is not None
    assert saved.cost.likely > 0
    assert saved.power.low <= saved.power.likely <= saved.power.high
    assert "there is 1 device" in finding.suggestion.text


def test_a_machine_that_needs_what_it_has_is_not_mentioned(account: MeasuredAccount) -> None:
    account.endpoint("chat", "ml.g4dn.12xlarge")
    account.endpoint_metrics(
        "chat", CPUUtilization=4000, MemoryUtilization=80, GPUUtilization=380, GPUMemoryUtilization=390
    )
    verdict = looked("endpoints")
    assert (told(verdict), verdict.uses) == ([], 1)


def test_one_moment_of_memory_counts_and_one_moment_of_processors_does_not(account: MeasuredAccount) -> None:
    for name in ("memory", "processors"):
        account.endpoint(name, "ml.m5.4xlarge")
        account.endpoint_metrics(name, hours=110, CPUUtilization=100, MemoryUtilization=10)
    account.endpoint_metrics("memory", MemoryUtilization=95, hours=1)
    account.endpoint_metrics("processors", CPUUtilization=1600, hours=1)
    assert [name for _, name, _ in told(looked("endpoints", criteria=Criteria(5, 24)))] == ["processors"]


def test_too_few_values_are_unknown_and_not_idle(account: MeasuredAccount) -> None:
    account.endpoint("new", "ml.g4dn.12xlarge")
    account.endpoint_metrics("new", hours=20, CPUUtilization=1, MemoryUtilization=1, GPUUtilization=0)
    account.endpoint("silent", "ml.g4dn.12xlarge")
    verdict = looked("endpoints")
    assert {(rule, name) for rule, name, _ in told(verdict)} == {("RSZ003", "new"), ("RSZ003", "silent")}
    messages = {each.resource.logical_id: each.message for each in verdict.findings}
    assert "accelerators: 20 h" in messages["new"]
    assert "CloudWatch has no metric of it" in messages["silent"]
    assert all("unknown, not idle" in message for message in messages.values())


def test_accelerators_that_did_nothing_for_two_weeks_are_idle(account: MeasuredAccount) -> None:
    account.endpoint("forgotten", "ml.g4dn.xlarge")
    account.endpoint_metrics("forgotten", CPUUtilization=2, GPUUtilization=0)
    verdict = looked("endpoints")
    assert told(verdict) == [("RSZ002", "forgotten", None)]
    assert "USD a month" in verdict.findings[0].message


def test_an_instance_without_a_memory_metric_is_not_guessed_at(account: MeasuredAccount) -> None:
    [instance] = account.instances("m5.4xlarge")
    account.metric("AWS/EC2", "CPUUtilization", {"InstanceId": instance}, 3)
    [finding] = looked("instances").findings
    assert finding.rule == "RSZ003"
    assert "memory is not measured" in finding.message


def test_with_the_agents_memory_metric_the_instance_is_sized(account: MeasuredAccount) -> None:
    [instance] = account.instances("m5.4xlarge")
    account.metric("AWS/EC2", "CPUUtilization", {"InstanceId": instance}, 3)
    account.metric("CWAgent", "mem_used_percent", {"InstanceId": instance, "InstanceType": "m5.4xlarge"}, [20, 40])
    assert told(looked("instances")) == [("RSZ001", instance, "m5.2xlarge")]


def test_a_node_group_is_sized_by_the_busiest_of_its_nodes(account: MeasuredAccount) -> None:
    nodes = account.instances(
        "m5.4xlarge", 3, **{"eks_nodegroup-name": "general", "aws_autoscaling:groupName": "eks-1"}
    )
    for node, busy in zip(nodes, (1, 1, 40), strict=True):
        account.metric("AWS/EC2", "CPUUtilization", {"InstanceId": node}, busy)
        account.metric("CWAgent", "mem_used_percent", {"InstanceId": node}, 2)
    [finding] = looked("instances").findings
    assert finding.resource.type == "AWS::EKS::Nodegroup"
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type == "m5.2xlarge", "40% of 16 vCPUs and a fifth more need nearly 8"


def test_a_group_with_one_busy_gpu_is_not_called_idle(account: MeasuredAccount) -> None:
    nodes = account.instances("g5.xlarge", 8, **{"eks_nodegroup-name": "gpus"})
    for node, busy in zip(nodes, (30, *[0] * 7), strict=True):
        account.metric("CWAgent", "nvidia_smi_utilization_gpu", {"InstanceId": node, "index": "0"}, busy)
    assert "RSZ002" not in {rule for rule, *_ in told(looked("instances"))}


@pytest.mark.parametrize(("mean", "idle"), [(0.1, True), (4, False)])
def test_a_low_mean_of_many_machines_may_be_one_that_is_busy(account: MeasuredAccount, mean: float, idle: bool) -> None:
    account.cluster("research", "gpu", "ml.p4d.24xlarge", 16)
    about = {"ClusterName": "research", "InstanceGroup": "gpu"}
    account.metric("/aws/sagemaker/Clusters", "AcceleratorUtilization", about, mean)
    assert ("RSZ002" in {rule for rule, *_ in told(looked("clusters"))}) is idle


def test_gpus_on_instances_are_known_from_the_agent(account: MeasuredAccount) -> None:
    [instance] = account.instances("g5.12xlarge")
    about = {"InstanceId": instance}
    account.metric("AWS/EC2", "CPUUtilization", about, 4)
    account.metric("CWAgent", "mem_used_percent", about, 4)
    for index in range(4):
        gpu = {**about, "index": str(index), "name": "NVIDIA A10G"}
        account.metric("CWAgent", "nvidia_smi_utilization_gpu", gpu, 15)
        account.metric("CWAgent", "nvidia_smi_memory_used", gpu, 4096)
    [(rule, _, suggested)] = told(looked("instances"))
    assert (rule, suggested) == ("RSZ001", "g5.xlarge")


def test_a_cluster_is_known_from_this_librarys_publisher(account: MeasuredAccount) -> None:
    account.cluster("research", "gpu", "ml.p4d.24xlarge", 2)
    account.metric(
        "/aws/sagemaker/Clusters", "AcceleratorUtilization", {"ClusterName": "research", "InstanceGroup": "gpu"}, 1
    )
    [finding] = looked("clusters").findings
    assert (finding.rule, finding.property_path) == ("RSZ002", "gpu")


def test_a_burstable_instance_gets_no_proposal(account: MeasuredAccount) -> None:
    [instance] = account.instances("t3.2xlarge")
    account.metric("AWS/EC2", "CPUUtilization", {"InstanceId": instance}, 1)
    account.metric("CWAgent", "mem_used_percent", {"InstanceId": instance}, 1)
    assert told(looked("instances")) == []


def test_stopped_instances_and_empty_accounts_have_nothing(account: MeasuredAccount) -> None:
    verdict = looked()
    assert (verdict.findings, verdict.unreadable, verdict.uses) == ([], [], 0)


@pytest.fixture
def oversized(account: MeasuredAccount) -> MeasuredAccount:
    account.endpoint("small-load", "ml.m5.4xlarge")
    account.endpoint_metrics("small-load", CPUUtilization=10, MemoryUtilization=5)
    return account


def test_the_exit_codes_are_those_of_check(oversized: MeasuredAccount, capsys: Capture) -> None:
    assert main(["rightsize", *SHORTLY]) == 0
    assert "RSZ001" in capsys.readouterr().out
    assert main(["rightsize", *SHORTLY, "--fail-on", "warning"]) == 1
    assert main(["rightsize", "--region", "nowhere"]) == 2
    assert main(["rightsize", "--region", "us-nowhere-1"]) == 2
    assert "'us-nowhere-1' is not known" in capsys.readouterr().err


@pytest.mark.parametrize("style", ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"])
def test_every_format_of_check_tells_it(oversized: MeasuredAccount, capsys: Capture, style: str) -> None:
    assert main(["rightsize", *SHORTLY, "--only", "endpoints", "--format", style]) == 0
    shown = capsys.readouterr().out
    assert "RSZ001" in shown
    assert "ml.m5." in shown


def test_the_json_has_the_shape_of_check_with_the_band_of_what_is_saved(
    oversized: MeasuredAccount, capsys: Capture
) -> None:
    main(["rightsize", *SHORTLY, "--only", "endpoints", "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    [finding] = report["findings"]
    assert finding["evidence"] == "measured"
    assert finding["resource"] == {
        "logical_id": "small-load",
        "type": "AWS::SageMaker::Endpoint",
        "construct_path": None,
        "created_at": None,
        "template": REGION,
    }
    assert set(finding["suggestion"]["saves"]["power"]) == {"low", "likely", "high", "unit", "sources"}
    assert report["summary"]["uses"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--days", "0"), "--days is 0"),
        (("--days", "64"), "--days is 64"),
        (("--days", "7", "--minimum-hours", "169"), "--minimum-hours is 169"),
    ],
)
def test_fails_for_options_that_cannot_be(words: tuple[str, ...], said: str, capsys: Capture) -> None:
    assert main(["rightsize", *words]) == 2
    assert said in capsys.readouterr().err


def test_without_credentials_it_says_what_is_needed(no_credentials: None, capsys: Capture) -> None:
    assert main(["rightsize", "--region", REGION]) == 2
    said = capsys.readouterr().err
    assert "cloudwatch:GetMetricData" in said
    assert "sagemaker:ListEndpoints" in said


class Refusing(Account):
    """An account that refuses a service."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._refused = service

    def pages(self, service: str, operation: str, region: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        if service == self._refused:
            raise CallFailedError(f"{service}: not allowed to these credentials")
        yield from super().pages(service, operation, region, **parameters)


def test_a_refused_service_is_told_and_the_rest_is_looked_at(oversized: MeasuredAccount) -> None:
    verdict = right_sized(Refusing("ec2"), [REGION], Context(), criteria=SHORT)
    assert [each.path for each in verdict.unreadable] == ["us-east-1: instances"]
    assert [rule for rule, *_ in told(verdict)] == ["RSZ001"]


def test_without_metrics_nothing_is_said_of_anything(oversized: MeasuredAccount) -> None:
    verdict = right_sized(Refusing("cloudwatch"), [REGION], Context(), criteria=SHORT, only=["endpoints"])
    assert [each.path for each in verdict.unreadable] == ["us-east-1: measurements"]
    assert verdict.findings == []


def test_how_much_must_be_known_is_the_users_to_say(account: MeasuredAccount) -> None:
    account.endpoint("new", "ml.m5.4xlarge")
    account.endpoint_metrics("new", hours=20, CPUUtilization=10, MemoryUtilization=5)
    assert [rule for rule, *_ in told(looked("endpoints"))] == ["RSZ003"]
    assert [rule for rule, *_ in told(looked("endpoints", criteria=Criteria(2, 12)))] == ["RSZ001"]


def test_what_the_command_offers_is_what_there_is() -> None:
    assert tuple(FINDERS) == rightsize._LOOKED_AT
