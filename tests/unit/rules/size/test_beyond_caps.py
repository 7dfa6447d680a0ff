"""SIZ004: caps on what one resource and the whole app may ask for."""

from __future__ import annotations

import math
from typing import Any

import pytest
from sample_silicon import cluster, one
from sample_templates import Judge, endpoint, instance, of_rule

from lean_silicon.rules import Policy, Settings, Severity

RULE = "SIZ004"


def capped(**settings: float) -> Policy:
    return Policy(settings=Settings(**settings))  # type: ignore[arg-type]


def test_a_cluster_beyond_the_default_caps_is_an_error_that_names_them(judged: Judge) -> None:
    found = of_rule(judged(cluster("ml.trn1.32xlarge", 64)), RULE)
    assert [finding.severity for finding in found] == [Severity.ERROR, Severity.ERROR]
    assert "1,024 accelerators where max_resource_accelerators allows 256" in found[0].message
    assert "max_app_accelerators" in found[1].message


@pytest.mark.parametrize(
    "resources", [cluster("ml.trn1.32xlarge", 8), endpoint("ml.p5.48xlarge"), instance("m7g.large")]
)
def test_ordinary_work_passes(judged: Judge, resources: dict[str, Any]) -> None:
    assert of_rule(judged(resources), RULE) == []


def test_the_largest_number_of_machines_counts(judged: Judge) -> None:
    group = one(
        "AWS::EKS::Nodegroup",
        {"InstanceTypes": ["g5.xlarge"], "ScalingConfig": {"MinSize": 0, "DesiredSize": 0, "MaxSize": 10}},
    )
    [finding] = of_rule(judged(group, policy=capped(max_resource_accelerators=9)), RULE)
    assert "10 accelerators" in finding.message
    assert of_rule(judged(group, policy=capped(max_resource_accelerators=10)), RULE) == []


def test_the_app_is_counted_over_its_resources(judged: Judge) -> None:
    machines = {f"M{number}": instance("g5.xlarge")["Machine"] for number in range(5)}
    [finding] = of_rule(judged(machines, policy=capped(max_app_accelerators=4)), RULE)
    assert "The app, of which this resource is the largest, may ask for 5 accelerators" in finding.message


def test_money_and_power_are_capped_too(judged: Judge) -> None:
    [finding] = of_rule(judged(instance("p4d.24xlarge"), policy=capped(max_resource_usd_per_hour=10)), RULE)
    assert finding.severity is Severity.ERROR
    assert "22 USD/h where max_resource_usd_per_hour allows 10" in finding.message
    assert of_rule(judged(instance("p4d.24xlarge"), policy=capped(max_resource_watts=100)), RULE)


def test_what_only_the_likely_value_exceeds_is_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(endpoint("ml.p4d.24xlarge"), policy=capped(max_resource_watts=2500)), RULE)
    assert finding.severity is Severity.WARNING
    assert "not for certain" in finding.message


def test_what_only_one_branch_exceeds_is_a_warning(judged: Judge) -> None:
    count = {"Fn::If": ["Large", 64, 1]}
    found = of_rule(
        judged(
            cluster({"Fn::If": ["Large", "ml.trn1.32xlarge", "ml.trn1.2xlarge"]}, count),
            Parameters={"Stage": {"Type": "String"}},
            Conditions={"Large": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
        ),
        RULE,
    )
    assert {finding.severity for finding in found} == {Severity.WARNING}


def test_the_jobs_of_a_state_machine_run_one_after_the_other(judged: Judge) -> None:
    def train(next_state: dict[str, Any]) -> dict[str, Any]:
        resources = {"ResourceConfig": {"InstanceCount": 4, "InstanceType": "ml.trn1.32xlarge", "VolumeSizeInGB": 1}}
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
            "Parameters": resources,
        }
        return {**task, **next_state}

    definition = {"StartAt": "One", "States": {"One": train({"Next": "Two"}), "Two": train({"End": True})}}
    machine = one("AWS::StepFunctions::StateMachine", {"Definition": definition})
    assert of_rule(judged(machine, policy=capped(max_resource_accelerators=64)), RULE) == []
    assert of_rule(judged(machine, policy=capped(max_resource_accelerators=63)), RULE)


def test_zero_forbids_and_infinity_allows(judged: Judge) -> None:
    assert of_rule(judged(endpoint("ml.inf2.xlarge"), policy=capped(max_resource_accelerators=0)), RULE)
    endless = capped(
        max_resource_accelerators=math.inf,
        max_app_accelerators=math.inf,
        max_resource_usd_per_hour=math.inf,
        max_app_usd_per_hour=math.inf,
        max_resource_watts=math.inf,
        max_app_watts=math.inf,
    )
    assert of_rule(judged(cluster("ml.p5.48xlarge", 1000), policy=endless), RULE) == []


def test_a_number_that_is_not_known_counts_as_nothing(judged: Judge) -> None:
    parameters = {"Nodes": {"Type": "Number"}}
    assert of_rule(judged(cluster("ml.p5.48xlarge", {"Ref": "Nodes"}), Parameters=parameters), RULE) == []


@pytest.mark.parametrize("wrong", ["many", None, [], {}, True, {"Ref": 4}, -5, 1e99])
def test_a_wrong_value_is_no_exception(judged: Judge, wrong: Any) -> None:
    assert all(finding.message for finding in of_rule(judged(cluster("ml.p5.48xlarge", wrong)), RULE))
    assert of_rule(judged(cluster(wrong, 64)), RULE) == []
