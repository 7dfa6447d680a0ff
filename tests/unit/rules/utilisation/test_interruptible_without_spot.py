"""UTL004: what is declared interruptible asks for spot capacity, and keeps checkpoints."""

from __future__ import annotations

from typing import Any

import pytest
from sample_templates import Judge, of_rule
from sample_utilisation import WRONG, machine, only, training

from lean_silicon.rules import Severity

MAY_STOP = {"Task": "fine-tuning", "Interruptible": True}
CHECKPOINTS: dict[str, Any] = {"CheckpointConfig": {"S3Uri": "s3://amzn-s3-demo-bucket/checkpoints"}}
NODEGROUP = "AWS::EKS::Nodegroup"
NODES = {"InstanceTypes": ["g5.xlarge"], "ScalingConfig": {"MinSize": 0, "DesiredSize": 0, "MaxSize": 2}}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "has no EnableManagedSpotTraining and no CheckpointConfig"),
        (CHECKPOINTS, "has no EnableManagedSpotTraining"),
        ({"EnableManagedSpotTraining": False, **CHECKPOINTS}, "has no EnableManagedSpotTraining"),
        ({"EnableManagedSpotTraining": True}, "has no CheckpointConfig"),
    ],
)
def test_an_interruptible_training_job_wants_spot_and_checkpoints(judged: Judge, more: Any, says: str) -> None:
    [finding] = of_rule(judged(machine(training(3600, **more), workload=MAY_STOP)), "UTL004")
    assert finding.severity is Severity.WARNING
    assert says in finding.message


@pytest.mark.parametrize(
    "parameters",
    [
        training(3600, EnableManagedSpotTraining=True, **CHECKPOINTS),
        training(3600, **{"EnableManagedSpotTraining.$": "$.spot", "CheckpointConfig.$": "$.checkpoints"}),
        training(3600, EnableManagedSpotTraining={"Ref": "Spot"}, **CHECKPOINTS),
        None,
    ],
)
def test_a_job_that_has_both_or_decides_later_passes(judged: Judge, parameters: Any) -> None:
    verdict = judged(machine(parameters, workload=MAY_STOP), Parameters={"Spot": {"Type": "String"}})
    assert of_rule(verdict, "UTL004") == []


@pytest.mark.parametrize("workload", [None, {"Task": "fine-tuning"}, {"Task": "fine-tuning", "Interruptible": False}])
def test_only_what_is_declared_interruptible_is_judged(judged: Judge, workload: Any) -> None:
    assert of_rule(judged(machine(training(3600), workload=workload)), "UTL004") == []


def test_a_workload_declared_for_one_state_counts_for_that_state(judged: Judge) -> None:
    made = machine(training(3600), Other={"Type": "Pass", "End": True})
    made["Machine"]["Metadata"] = {"LeanSilicon": {"Workloads": {"Run": MAY_STOP}}}
    assert of_rule(judged(made), "UTL004")
    made["Machine"]["Metadata"] = {"LeanSilicon": {"Workloads": {"Other": MAY_STOP}}}
    assert of_rule(judged(made), "UTL004") == []


def test_a_tuning_job_is_judged_by_its_definitions(judged: Judge) -> None:
    request = {
        "TrainingJobDefinitions": [training(3600, EnableManagedSpotTraining=True, **CHECKPOINTS), training(3600)]
    }
    [finding] = of_rule(judged(machine(request, "createHyperParameterTuningJob", MAY_STOP)), "UTL004")
    assert finding.property_path.endswith("TrainingJobDefinitions[1]")


@pytest.mark.parametrize(
    ("kind", "properties", "found"),
    [
        (NODEGROUP, NODES, 1),
        (NODEGROUP, {**NODES, "CapacityType": "SPOT"}, 0),
        (NODEGROUP, {**NODES, "CapacityType": "CAPACITY_BLOCK"}, 0),
        (NODEGROUP, {**NODES, "CapacityType": {"Ref": "Capacity"}}, 0),
        ("AWS::Batch::ComputeEnvironment", {"ComputeResources": {"Type": "EC2", "InstanceTypes": ["g5.xlarge"]}}, 1),
        ("AWS::Batch::ComputeEnvironment", {"ComputeResources": {"Type": "SPOT", "InstanceTypes": ["g5.xlarge"]}}, 0),
        ("AWS::SageMaker::Cluster", {"InstanceGroups": [{"InstanceType": "ml.trn1.32xlarge", "InstanceCount": 2}]}, 1),
        (
            "AWS::SageMaker::Cluster",
            {"InstanceGroups": [{"InstanceType": "ml.trn1.32xlarge", "CapacityRequirements": {"Spot": {}}}]},
            0,
        ),
        (
            "AWS::SageMaker::Cluster",
            {"InstanceGroups": [{"InstanceType": "ml.trn1.32xlarge", "TrainingPlanArn": "arn:aws:sagemaker:x"}]},
            0,
        ),
    ],
)
def test_an_interruptible_fleet_wants_spot_unless_it_is_reserved(
    judged: Judge, kind: str, properties: Any, found: int
) -> None:
    verdict = judged(only(kind, properties, MAY_STOP), Parameters={"Capacity": {"Type": "String"}})
    assert len(of_rule(verdict, "UTL004")) == found


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_never_an_exception(judged: Judge, wrong: Any) -> None:
    for made in (
        machine(training(3600, EnableManagedSpotTraining=wrong, CheckpointConfig=wrong), workload=MAY_STOP),
        machine(wrong, workload=MAY_STOP),
        only(NODEGROUP, {"CapacityType": wrong, "InstanceTypes": wrong}, MAY_STOP),
        only(
            "AWS::SageMaker::Cluster",
            {"InstanceGroups": [{"InstanceType": "ml.trn1.32xlarge", "TrainingPlanArn": wrong}]},
            MAY_STOP,
        ),
    ):
        assert judged(made).findings is not None
