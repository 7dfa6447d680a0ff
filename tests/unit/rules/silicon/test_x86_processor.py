"""SIL004: Graviton where it does as much for no more money."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, endpoint, instance, of_rule

from lean_silicon.rules import Severity


def test_an_undeclared_machine_is_a_warning_since_nobody_knows_whether_its_software_can_move(judged: Judge) -> None:
    [finding] = of_rule(judged(instance("m5.xlarge")), "SIL004")
    assert finding.severity is Severity.WARNING
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type is not None
    assert finding.suggestion.instance_type.startswith("m")
    assert finding.suggestion.instance_type.endswith("g.xlarge")


def test_a_declared_workload_without_need_of_x86_is_an_error(judged: Judge) -> None:
    workload = {"Task": "classification", "Parameters": 20_000_000}
    [finding] = of_rule(judged(endpoint("ml.c5.xlarge", workload)), "SIL004")
    assert finding.severity is Severity.ERROR
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type is not None
    assert finding.suggestion.instance_type.startswith("ml.c")


def test_a_stated_need_of_x86_accepts(judged: Judge) -> None:
    workload = {"Task": "classification", "Requires": ["x86"], "Reason": "MKL-only solver"}
    [finding] = of_rule(judged(endpoint("ml.c5.xlarge", workload)), "SIL004")
    assert finding.acknowledged is not None


@pytest.mark.parametrize("fine", ["m7g.xlarge", "c8g.large", "t4g.micro", "r8g.2xlarge", "g5.xlarge", "p4d.24xlarge"])
def test_graviton_and_accelerated_types_pass(judged: Judge, fine: str) -> None:
    assert of_rule(judged(instance(fine)), "SIL004") == []


@pytest.mark.parametrize(
    ("properties", "sections"),
    [
        ({"ImageId": "{{resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base}}"}, {}),
        ({"UserData": {"Fn::Base64": {"Fn::Sub": "<powershell>Install-WindowsFeature Web-Server</powershell>"}}}, {}),
        (
            {"ImageId": {"Ref": "Image"}},
            {
                "Parameters": {
                    "Image": {
                        "Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
                        "Default": "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
                    }
                }
            },
        ),
    ],
)
def test_windows_is_left_alone(judged: Judge, properties: dict[str, Any], sections: dict[str, Any]) -> None:
    assert of_rule(judged(instance("m5.xlarge", **properties), **sections), "SIL004") == []


def test_the_suggestion_never_costs_more(judged: Judge) -> None:
    for name in (
        "m5.xlarge",
        "m7i.2xlarge",
        "c5.4xlarge",
        "r6i.large",
        "t3.micro",
        "c7a.8xlarge",
        "m5d.xlarge",
        "c5n.9xlarge",
    ):
        for finding in of_rule(judged(instance(name)), "SIL004"):
            assert finding.suggestion is not None
            assert finding.suggestion.saves is not None
            assert finding.suggestion.saves.cost is not None
            assert finding.suggestion.saves.cost.likely >= 0, name
