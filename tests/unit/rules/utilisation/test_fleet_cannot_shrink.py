"""UTL006: bounds that keep accelerators on."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, of_rule
from sample_utilisation import WRONG, only

from lean_silicon.rules import Severity

NODEGROUP = "AWS::EKS::Nodegroup"
GROUP = "AWS::AutoScaling::AutoScalingGroup"
BATCH = "AWS::Batch::ComputeEnvironment"
FLEET = "AWS::EC2::EC2Fleet"
SERVING = {"Task": "inference", "Traffic": "realtime", "Environment": "production"}


def nodes(least: Any, most: Any, kind: Any = "g5.xlarge", workload: Any = None, **more: Any) -> dict[str, Any]:
    scaling = {"MinSize": least, "DesiredSize": least, "MaxSize": most}
    return only(NODEGROUP, {"InstanceTypes": [kind], "ScalingConfig": scaling, **more}, workload)


def group(least: Any, most: Any, **launch: Any) -> dict[str, Any]:
    return {
        "Group": {
            "Type": GROUP,
            "Properties": {
                "MinSize": least,
                "MaxSize": most,
                "LaunchTemplate": {
                    "LaunchTemplateId": {"Ref": "Launch"},
                    "Version": {"Fn::GetAtt": ["Launch", "LatestVersionNumber"]},
                },
            },
        },
        "Launch": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {"LaunchTemplateData": {"InstanceType": "p4d.24xlarge", **launch}},
        },
    }


def fleet(**more: Any) -> dict[str, Any]:
    configs = [{"Overrides": [{"InstanceType": "g5.xlarge"}]}]
    capacity = {"TotalTargetCapacity": 4, "TargetCapacityUnitType": "units"}
    return only(FLEET, {"LaunchTemplateConfigs": configs, "TargetCapacitySpecification": capacity, **more})


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (nodes(2, 2), "least and greatest size are both 2"),
        (nodes("2", "2"), "least and greatest size are both 2"),
        (nodes(2, 2, workload=SERVING), "both 2"),
        (nodes(1, 4), "never has fewer than 1 (ScalingConfig.MinSize)"),
        (nodes(1, 4, workload={"Task": "fine-tuning"}), "never has fewer than 1"),
        (nodes(1, 4, workload={**SERVING, "Environment": "staging"}), "never has fewer than 1"),
        (nodes(1, 4, workload={**SERVING, "Traffic": "intermittent"}), "never has fewer than 1"),
        (group("1", "1"), "both 1"),
        (
            only(BATCH, {"ComputeResources": {"InstanceTypes": ["p4d.24xlarge"], "MinvCpus": 96, "MaxvCpus": 960}}),
            "at least 96 vCPUs",
        ),
        (fleet(), "maintains its target of 4"),
        (fleet(Type="maintain"), "maintains its target of 4"),
    ],
)
def test_bounds_that_keep_accelerators_on_are_a_warning(judged: Judge, made: dict[str, Any], says: str) -> None:
    [finding] = of_rule(judged(made), "UTL006")
    assert finding.severity is Severity.WARNING
    assert says in finding.message


@pytest.mark.parametrize(
    "made",
    [
        nodes(0, 4),
        nodes(0, 0),
        nodes(2, 2, "m7g.large"),
        nodes(1, 4, workload=SERVING),
        nodes(1, 4, workload={"Task": "inference"}),
        nodes({"Ref": "Size"}, 4),
        nodes(2, 2, CapacityType="CAPACITY_BLOCK"),
        group(1, 1, InstanceMarketOptions={"MarketType": "capacity-block"}),
        group(1, 1, CapacityReservationSpecification={"CapacityReservationTarget": {"CapacityReservationId": "cr-1"}}),
        group(0, 4),
        only(NODEGROUP, {"InstanceTypes": ["g5.xlarge"]}),
        only(BATCH, {"ComputeResources": {"InstanceTypes": ["p4d.24xlarge"], "MinvCpus": 0, "MaxvCpus": 960}}),
        only(BATCH, {"ComputeResources": {"InstanceTypes": ["p4d.24xlarge"]}}),
        fleet(Type="instant"),
        fleet(ValidUntil="2027-01-01T00:00:00Z"),
    ],
)
def test_what_can_shrink_is_reserved_or_cannot_be_known_passes(judged: Judge, made: dict[str, Any]) -> None:
    assert of_rule(judged(made, Parameters={"Size": {"Type": "Number"}}), "UTL006") == []


def test_a_scheduled_action_shrinks_a_group(judged: Judge) -> None:
    night = {
        "Night": {
            "Type": "AWS::AutoScaling::ScheduledAction",
            "Properties": {
                "AutoScalingGroupName": {"Ref": "Group"},
                "MinSize": 0,
                "MaxSize": 0,
                "Recurrence": "0 20 * * *",
            },
        }
    }
    assert of_rule(judged({**group(1, 1), **night}), "UTL006") == []


def test_the_idle_hour_of_all_kept_machines_is_priced(judged: Judge) -> None:
    [one], [two] = (of_rule(judged(nodes(size, size)), "UTL006") for size in (1, 2))
    prices = [finding.message.partition("costs ")[2].partition(" USD/h")[0] for finding in (one, two)]
    assert float(prices[1]) == pytest.approx(2 * float(prices[0]), rel=0.02)


def test_each_branch_of_a_condition_is_judged_under_it(judged: Judge) -> None:
    sections = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    }
    choice = {"Fn::If": ["Prod", "p4d.24xlarge", "m7g.large"]}
    [finding] = of_rule(judged(nodes(2, 2, choice), **sections), "UTL006")
    assert "when Prod is true" in finding.message


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for made in (
        nodes(wrong, wrong),
        nodes(2, 2, wrong, CapacityType=wrong),
        group(wrong, wrong, InstanceMarketOptions=wrong, CapacityReservationSpecification=wrong),
        fleet(Type=wrong, ValidUntil=wrong, TargetCapacitySpecification=wrong),
        only(BATCH, {"ComputeResources": {"InstanceTypes": ["p4d.24xlarge"], "MinvCpus": wrong}}),
    ):
        assert judged(made).findings is not None
