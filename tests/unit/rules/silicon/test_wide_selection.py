"""SIL010: a selection is judged by what it admits."""

from __future__ import annotations

import pytest
from sample_observability import component, served
from sample_silicon import mixed_group, node_pool, one
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity

RULE = "SIL010"
AMD64 = {"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}
ARM64 = {"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}
GENERAL = {"key": "karpenter.k8s.aws/instance-category", "operator": "In", "values": ["c", "m", "r"]}
MODEL = {"Task": "classification", "Parameters": 20_000_000}


def test_a_node_pool_of_x86_only_is_a_warning_that_names_the_requirement_to_add(judged: Judge) -> None:
    [finding] = of_rule(judged(node_pool(AMD64, GENERAL)), RULE)
    assert finding.severity is Severity.WARNING
    assert "SIL004" in finding.message
    assert finding.suggestion is not None
    assert "kubernetes.io/arch In [arm64]" in finding.suggestion.text


def test_a_node_pool_of_graviton_passes(judged: Judge) -> None:
    assert of_rule(judged(node_pool(ARM64, GENERAL)), RULE) == []


def test_a_node_pool_of_both_leaves_the_choice_to_the_software_unless_a_workload_is_declared(judged: Judge) -> None:
    recent = {"key": "karpenter.k8s.aws/instance-generation", "operator": "Gt", "values": ["5"]}
    assert of_rule(judged(node_pool(GENERAL, recent)), RULE) == []
    assert of_rule(judged(node_pool(GENERAL, recent, workload=MODEL)), RULE)


def test_a_node_pool_without_requirements_admits_what_is_at_its_end_of_life(judged: Judge) -> None:
    [finding] = of_rule(judged(node_pool()), RULE)
    assert "SIL006" in finding.message
    assert finding.suggestion is not None
    assert "instance-family NotIn [" in finding.suggestion.text


def test_a_mixed_group_of_x86_types_is_a_warning_that_names_them(judged: Judge) -> None:
    [finding] = of_rule(judged(mixed_group({"InstanceType": "m5.large"}, {"InstanceType": "m5a.large"})), RULE)
    assert "m5.large, m5a.large" in finding.message
    assert finding.suggestion is not None
    assert "List Graviton types" in finding.suggestion.text


def test_attributes_that_admit_intel_only_are_a_warning(judged: Judge) -> None:
    wanted = {"VCpuCount": {"Min": 2, "Max": 4}, "MemoryMiB": {"Min": 4096}, "CpuManufacturers": ["intel"]}
    [finding] = of_rule(judged(mixed_group({"InstanceRequirements": wanted})), RULE)
    assert finding.suggestion is not None
    assert "CpuManufacturers" in finding.suggestion.text


def test_a_stated_need_of_x86_accepts_all_of_them(judged: Judge) -> None:
    workload = {**MODEL, "Requires": ["x86"], "Reason": "MKL-only solver"}
    assert (
        of_rule(
            judged(mixed_group({"InstanceType": "m5.large"}, {"InstanceType": "c5.large"}, workload=workload)), RULE
        )
        == []
    )


def test_gpus_among_the_types_of_a_declared_training_cluster_are_named(judged: Judge) -> None:
    group = {
        "InstanceGroupName": "workers",
        "InstanceRequirements": {"InstanceTypes": ["ml.p4d.24xlarge", "ml.trn1.32xlarge"]},
        "InstanceCount": 2,
    }
    found = of_rule(judged(one("AWS::SageMaker::Cluster", {"InstanceGroups": [group]}, {"Task": "training"})), RULE)
    assert [("SIL001" in finding.message, "ml.p4d.24xlarge" in finding.message) for finding in found] == [(True, True)]


def test_what_is_worth_no_more_than_a_note_is_not_held_against_a_selection(judged: Judge) -> None:
    pools = {"InstancePools": [{"InstanceType": "ml.g4dn.xlarge"}, {"InstanceType": "ml.g4dn.2xlarge"}]}
    configuration = one("AWS::SageMaker::EndpointConfig", {"ProductionVariants": [{"VariantName": "main", **pools}]})
    assert "SIL002" not in "".join(finding.message for finding in of_rule(judged(configuration), RULE))
    pools["InstancePools"].append({"InstanceType": "ml.p4d.24xlarge"})
    assert "SIL002" in "".join(finding.message for finding in of_rule(judged(configuration), RULE))


def test_an_inference_component_leaves_no_choice_where_its_endpoint_names_the_type(judged: Judge) -> None:
    verdict = judged({**served("ml.g5.xlarge"), **component()})
    assert of_rule(verdict, RULE) == []
    assert [finding.resource.logical_id for finding in of_rule(verdict, "SIL002")] == ["Config"]


def test_nothing_is_said_of_the_machines_of_an_endpoint_that_was_not_read(judged: Judge) -> None:
    elsewhere = component()
    elsewhere["Component"]["Properties"]["EndpointName"] = {"Fn::ImportValue": "endpoint"}
    assert of_rule(judged(elsewhere), RULE) == []


def test_each_branch_of_a_condition_is_judged(judged: Judge) -> None:
    group = mixed_group({"InstanceType": {"Fn::If": ["Arm", "m7g.large", "m5.large"]}}, {"InstanceType": "m5a.large"})
    verdict = judged(
        group, Parameters={"Chip": {"Type": "String"}}, Conditions={"Arm": {"Fn::Equals": [{"Ref": "Chip"}, "arm"]}}
    )
    [finding] = of_rule(verdict, RULE)
    assert "when Arm is false" in finding.message


@pytest.mark.parametrize("wrong", [3, [], {}, True, {"InstanceType": 3}, {"InstanceRequirements": "many"}, "m5.large"])
def test_a_wrong_value_is_no_finding(judged: Judge, wrong: object) -> None:
    assert of_rule(judged(mixed_group(wrong)), RULE) == []  # type: ignore[arg-type]
