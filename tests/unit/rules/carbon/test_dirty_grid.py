"""CAR001: movable work is sent to a cleaner grid where the bands leave no doubt."""

from __future__ import annotations

from typing import Any

import pytest
from sample_silicon import one
from sample_templates import Judge, endpoint, instance, of_rule, training

from lean_silicon.catalog import load_catalog
from lean_silicon.rules import Policy, Settings, Severity

RULE = "CAR001"


@pytest.mark.parametrize("region", ["us-east-1", "us-east-2", "eu-central-1", "ap-northeast-1"])
def test_accelerated_training_on_a_dirty_grid_is_a_warning_with_a_cleaner_region(judged: Judge, region: str) -> None:
    [finding] = of_rule(judged(training("ml.p4d.24xlarge"), region=region), RULE)
    assert finding.severity is Severity.WARNING
    assert finding.suggestion is not None
    named = [each for each in load_catalog().regions() if f"Run it in {each.code}," in finding.suggestion.text]
    here = load_catalog().region(region)
    assert here is not None
    assert here.grid is not None
    assert [each.grid is not None and each.grid.clearly_below(here.grid) for each in named] == [True]
    assert finding.suggestion.saves is not None
    assert finding.suggestion.saves.carbon is not None
    assert finding.suggestion.saves.carbon.likely > 0


def test_a_region_of_the_same_continent_goes_first(judged: Judge) -> None:
    [finding] = of_rule(judged(training("ml.g5.48xlarge")), RULE)
    assert finding.suggestion is not None
    assert "ca-central-1" in finding.suggestion.text


@pytest.mark.parametrize("clean", ["eu-north-1", "eu-west-3", "us-west-2", "ca-central-1"])
def test_a_clean_or_uncertain_grid_passes(judged: Judge, clean: str) -> None:
    assert of_rule(judged(training("ml.g5.48xlarge"), region=clean), RULE) == []


def test_a_region_that_is_not_known_is_not_judged(judged: Judge) -> None:
    assert of_rule(judged(training("ml.p4d.24xlarge"), region=None), RULE) == []
    assert of_rule(judged(training("ml.p4d.24xlarge"), region="xx-nowhere-1"), RULE) == []


def test_another_partition_is_no_place_to_go(judged: Judge) -> None:
    assert of_rule(judged(training("ml.p3.16xlarge"), region="cn-north-1"), RULE) == []


def test_the_limit_is_a_setting(judged: Judge) -> None:
    lenient = Policy(settings=Settings(grid_g_per_kwh=300))
    assert of_rule(judged(training("ml.p4d.24xlarge"), policy=lenient), RULE) == []


@pytest.mark.parametrize("bound", [endpoint("ml.p4d.24xlarge"), instance("p4d.24xlarge"), training("ml.m5.xlarge")])
def test_endpoints_machines_of_unknown_purpose_and_small_jobs_stay(judged: Judge, bound: dict[str, Any]) -> None:
    assert of_rule(judged(bound), RULE) == []


def test_a_machine_declared_to_process_in_batches_is_movable(judged: Judge) -> None:
    assert of_rule(judged(instance("m7g.4xlarge", {"Task": "processing"})), RULE)
    assert of_rule(judged(instance("g5.xlarge", {"Task": "batch-inference"})), RULE)


def _node_group(**properties: Any) -> dict[str, Any]:
    return one("AWS::EKS::Nodegroup", {"InstanceTypes": ["p5.48xlarge"], **properties}, {"Task": "training"})


def _by_machine(**data: Any) -> dict[str, Any]:
    nodes = one("AWS::EKS::Nodegroup", {"LaunchTemplate": {"Id": {"Ref": "Machine"}}}, {"Task": "training"})
    launched = {"LaunchTemplateData": {"InstanceType": "p5.48xlarge", **data}}
    return {**nodes, "Machine": {"Type": "AWS::EC2::LaunchTemplate", "Properties": launched}}


def _fleet(**properties: Any) -> dict[str, Any]:
    group = {"MinSize": "0", "MaxSize": "2", "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Machine"}, "Version": "1"}}
    launched = {"LaunchTemplateData": {"InstanceType": "p5.48xlarge"}}
    return {
        **one("AWS::AutoScaling::AutoScalingGroup", {**group, **properties}, {"Task": "training"}),
        "Machine": {"Type": "AWS::EC2::LaunchTemplate", "Properties": launched},
    }


def _workers(**group: Any) -> dict[str, Any]:
    named = {"InstanceGroupName": "workers", "InstanceType": "ml.p5.48xlarge", "InstanceCount": 2, **group}
    return one("AWS::SageMaker::Cluster", {"InstanceGroups": [named]}, {"Task": "pre-training"})


def _on_plan(**resources: Any) -> dict[str, Any]:
    job = training("ml.p5.48xlarge")
    states = job["Train"]["Properties"]["Definition"]["States"]
    states["Train"]["Parameters"]["ResourceConfig"].update(resources)
    return job


PLAN = "arn:aws:sagemaker:us-east-1:111122223333:training-plan/spring"
TARGET = {"CapacityReservationTarget": {"CapacityReservationId": "cr-0123456789abcdef0"}}


@pytest.mark.parametrize(
    ("made", "bought"),
    [
        (_node_group, {"CapacityType": "CAPACITY_BLOCK"}),
        (_by_machine, {"InstanceMarketOptions": {"MarketType": "capacity-block"}}),
        (_by_machine, {"CapacityReservationSpecification": TARGET}),
        (
            _by_machine,
            {"CapacityReservationSpecification": {"CapacityReservationPreference": "capacity-reservations-only"}},
        ),
        (_fleet, {"CapacityReservationSpecification": {"CapacityReservationPreference": "capacity-reservations-only"}}),
        (_workers, {"TrainingPlanArn": PLAN}),
        (_on_plan, {"TrainingPlanArn": PLAN}),
    ],
    ids=["node-group", "market", "target", "reservations-only", "fleet", "hyperpod", "training-job"],
)
def test_capacity_that_was_bought_cannot_move(judged: Judge, made: Any, bought: dict[str, Any]) -> None:
    assert len(of_rule(judged(made()), RULE)) == 1
    assert of_rule(judged(made(**bought)), RULE) == []


@pytest.mark.parametrize(
    ("made", "not_bought"),
    [
        (_node_group, {"CapacityType": "ON_DEMAND"}),
        (_by_machine, {"InstanceMarketOptions": {"MarketType": "spot"}}),
        (_by_machine, {"CapacityReservationSpecification": {"CapacityReservationPreference": "open"}}),
    ],
    ids=["node-group", "market", "open"],
)
def test_capacity_that_was_not_bought_may_move(judged: Judge, made: Any, not_bought: dict[str, Any]) -> None:
    assert len(of_rule(judged(made(**not_bought)), RULE)) == 1


def test_a_plan_of_another_job_leaves_a_job_movable(judged: Judge) -> None:
    job = _on_plan(TrainingPlanArn=PLAN)
    states = job["Train"]["Properties"]["Definition"]["States"]
    states["Train"].pop("End")
    states["Train"]["Next"] = "Tune"
    states["Tune"] = training("ml.p4d.24xlarge")["Train"]["Properties"]["Definition"]["States"]["Train"]
    [finding] = of_rule(judged(job), RULE)
    assert ".Tune." in finding.property_path


def test_jobs_that_watch_an_endpoint_stay_with_it(judged: Judge) -> None:
    resources = {"ClusterConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 20}}
    monitor = one("AWS::SageMaker::ModelQualityJobDefinition", {"JobResources": resources})
    assert of_rule(judged(monitor), RULE) == []


def test_the_type_in_each_branch_is_judged(judged: Judge) -> None:
    choice = {"Fn::If": ["Large", "ml.p4d.24xlarge", "ml.m5.xlarge"]}
    verdict = judged(
        training(choice),
        Parameters={"Stage": {"Type": "String"}},
        Conditions={"Large": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
    )
    [finding] = of_rule(verdict, RULE)
    assert "when Large is true" in finding.message


def test_data_that_must_stay_is_acknowledged(judged: Judge) -> None:
    acknowledge = [{"Id": RULE, "Reason": "Patients' records may not leave the country"}]
    [finding] = of_rule(judged(training("ml.p4d.24xlarge", Acknowledge=acknowledge)), RULE)
    assert finding.acknowledged is not None


@pytest.mark.parametrize("wrong", [3, None, [], {}, True, {"Ref": 4}, "", "ml.", "🦙"])
def test_a_wrong_value_is_no_finding(judged: Judge, wrong: Any) -> None:
    assert of_rule(judged(training(wrong)), RULE) == []
