"""UTL007: a HyperPod cluster looks for faulty nodes and replaces them."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, of_rule
from sample_utilisation import WRONG, only

from lean_silicon.rules import Severity

CHECKS: dict[str, Any] = {"OnStartDeepHealthChecks": ["InstanceStress", "InstanceConnectivity"]}


def worker(kind: Any = "ml.p5.48xlarge", name: str = "workers", **more: Any) -> dict[str, Any]:
    return {"InstanceGroupName": name, "InstanceType": kind, "InstanceCount": 2, **more}


def cluster(*groups: Any, key: str = "InstanceGroups", **more: Any) -> dict[str, Any]:
    return only("AWS::SageMaker::Cluster", {key: list(groups), **more})


def test_a_cluster_with_neither_is_one_warning_that_names_both(judged: Judge) -> None:
    [finding] = of_rule(judged(cluster(worker(), worker(name="more"))), "UTL007")
    assert finding.severity is Severity.WARNING
    assert "no NodeRecovery and no OnStartDeepHealthChecks in workers, more" in finding.message


def test_recovery_that_is_off_is_found(judged: Judge) -> None:
    [finding] = of_rule(judged(cluster(worker(**CHECKS), NodeRecovery="None")), "UTL007")
    assert "NodeRecovery None" in finding.message
    assert finding.property_path == "Properties.NodeRecovery"


def test_a_group_that_is_not_checked_is_named(judged: Judge) -> None:
    verdict = judged(cluster(worker(**CHECKS), worker("ml.trn1.32xlarge", "trainium"), NodeRecovery="Automatic"))
    [finding] = of_rule(verdict, "UTL007")
    assert "no OnStartDeepHealthChecks in trainium:" in finding.message
    assert finding.property_path == "Properties.InstanceGroups[1].OnStartDeepHealthChecks"


def test_restricted_groups_are_checked_too(judged: Judge) -> None:
    assert of_rule(judged(cluster(worker(), key="RestrictedInstanceGroups", NodeRecovery="Automatic")), "UTL007")


@pytest.mark.parametrize(
    "made",
    [
        cluster(worker(**CHECKS), NodeRecovery="Automatic"),
        cluster(worker(**CHECKS), worker("ml.m5.large", "controller"), NodeRecovery="Automatic"),
        cluster(worker("ml.m5.large")),
        cluster(worker(**CHECKS), NodeRecovery={"Ref": "Recovery"}),
        cluster(worker(OnStartDeepHealthChecks={"Ref": "Checks"}), NodeRecovery="Automatic"),
        cluster(),
    ],
)
def test_a_cluster_with_both_without_accelerators_or_unknown_passes(judged: Judge, made: dict[str, Any]) -> None:
    parameters = {"Recovery": {"Type": "String"}, "Checks": {"Type": "CommaDelimitedList"}}
    assert of_rule(judged(made, Parameters=parameters), "UTL007") == []


def test_a_condition_that_switches_recovery_off_is_named(judged: Judge) -> None:
    sections = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    }
    made = cluster(worker(**CHECKS), NodeRecovery={"Fn::If": ["Prod", "Automatic", "None"]})
    [finding] = of_rule(judged(made, **sections), "UTL007")
    assert "when Prod is false" in finding.message


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for made in (
        cluster(wrong, NodeRecovery=wrong),
        cluster(worker(wrong, OnStartDeepHealthChecks=wrong)),
        cluster(worker(InstanceGroupName=wrong)),
        only("AWS::SageMaker::Cluster", {"InstanceGroups": wrong, "RestrictedInstanceGroups": wrong}),
    ):
        assert judged(made).findings is not None
