"""The CloudWatch agent measures what a type has, listens to nobody outside, and is installed by commands that a shell takes."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.monitoring.agent_configuration import CloudWatchAgentConfiguration
from lean_silicon.runtime.accelerator_metrics.command import _parser

# What the agent knows on Linux: amazon-cloudwatch-agent, translator/translate/metrics/config/registered_metrics.go, of 2026-08
KNOWN = {
    "cpu": {"usage_active", "usage_idle", "usage_iowait", "usage_user", "usage_system"},
    "mem": {"used_percent", "used", "total", "available_percent"},
    "disk": {"used_percent", "used", "free", "total"},
    "nvidia_gpu": {
        "utilization_gpu",
        "utilization_memory",
        "memory_used",
        "memory_total",
        "power_draw",
        "temperature_gpu",
    },
}


def collected(instance_type: str) -> dict[str, Any]:
    document = CloudWatchAgentConfiguration(instance_type).to_json()
    found: dict[str, Any] = document["metrics"]["metrics_collected"]
    return found


@pytest.mark.parametrize("instance_type", ["m7g.large", "g6.xlarge", "p5.48xlarge", "inf2.xlarge", "trn1.32xlarge"])
def test_every_measurement_is_one_that_the_agent_knows(instance_type: str) -> None:
    for section, settings in collected(instance_type).items():
        assert settings["measurement"]
        assert set(settings["measurement"]) <= KNOWN[section]


def test_gpus_are_measured_where_there_are_some() -> None:
    assert "nvidia_gpu" in collected("g6.xlarge")
    for other in ("m7g.large", "inf2.xlarge", "dl1.24xlarge", "no.such"):
        assert "nvidia_gpu" not in collected(other)


def test_neuron_devices_are_measured_by_the_publisher_over_the_loopback_interface() -> None:
    agent = CloudWatchAgentConfiguration("inf2.24xlarge", interval_seconds=30)
    assert agent.to_json()["logs"] == {"metrics_collected": {"emf": {"service_address": "tcp://127.0.0.1:25888"}}}
    unit = agent.publisher_unit()
    assert unit is not None
    [start] = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
    python, folder, *words = shlex.split(start.partition("=")[2])
    given = _parser().parse_args(words)
    assert (python, folder) == ("/usr/bin/python3", "/opt/lean_silicon/accelerator_metrics")
    assert (given.kind, given.to, given.publish_seconds) == ("neuron", "tcp://127.0.0.1:25888", 30)
    assert given.dimension == [("InstanceId", "${INSTANCE_ID}")]
    assert given.power_band.full[1] > given.power_band.idle[1]
    assert "%" not in unit


@pytest.mark.parametrize("instance_type", ["m7g.large", "g6.xlarge"])
def test_without_neuron_devices_there_is_no_publisher_and_no_open_port(instance_type: str) -> None:
    agent = CloudWatchAgentConfiguration(instance_type)
    assert agent.publisher_unit() is None
    assert "logs" not in agent.to_json()


@pytest.mark.parametrize("seconds", [9, 3601])
def test_fails_for_an_interval_that_the_agent_does_not_take_well(seconds: int) -> None:
    with pytest.raises(InvalidValueError, match=f"interval_seconds is {seconds}; it must be 10 to 3600"):
        CloudWatchAgentConfiguration("m7g.large", interval_seconds=seconds)


def installed(stack: Stack, instance_type: str) -> ec2.UserData:
    user_data = ec2.UserData.for_linux()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    CloudWatchAgentConfiguration(instance_type).install(stack, user_data, role)
    return user_data


@pytest.mark.parametrize("instance_type", ["m7g.large", "inf2.xlarge"])
def test_the_commands_are_a_script_that_writes_the_configuration(instance_type: str, tmp_path: Path) -> None:
    text = installed(Stack(App(analytics_reporting=False), "Machines"), instance_type).render()
    script = re.sub(r"\$\{Token\[[^\]]*\]\}", "token", text)
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    local = script.replace("/etc/", f"{tmp_path}/etc/").replace("/opt/lean_silicon", f"{tmp_path}/opt")
    stand_ins = "dnf() { :; }; aws() { :; }; unzip() { :; }; systemctl() { :; }; curl() { echo i-0123; }\n"
    agent = f"{tmp_path}/agent-ctl"
    local = local.replace("/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl", f"echo >>{agent}")
    (tmp_path / "etc/systemd/system").mkdir(parents=True)
    subprocess.run(["bash", "-eu", "-c", stand_ins + local], check=True, cwd=tmp_path)
    written = json.loads((tmp_path / "etc/lean_silicon/cloudwatch_agent.json").read_text())
    assert written == CloudWatchAgentConfiguration(instance_type).to_json()
    assert "fetch-config -m ec2 -s" in Path(agent).read_text()
    if instance_type == "inf2.xlarge":
        assert (tmp_path / "etc/lean_silicon/instance").read_text() == "INSTANCE_ID=i-0123\n"


def test_the_role_may_publish_and_nothing_else() -> None:
    stack = Stack(App(analytics_reporting=False), "Machines")
    installed(stack, "m7g.large")
    [policy] = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "cloudwatch:PutMetricData"
    assert statement["Condition"] == {"StringEquals": {"cloudwatch:namespace": "CWAgent"}}


def test_the_permissions_pass_every_judge(tmp_path: Path) -> None:
    app = judged_app(tmp_path)
    stack = Stack(app, "Machines")
    installed(stack, "inf2.xlarge")
    app.synth()
    assembly = tmp_path / "cdk.out"
    assert nag_report(assembly)["violations"] == []
    assert cloudformation_findings(assembly) == []
    assert cfn_lint_findings(assembly) == []
