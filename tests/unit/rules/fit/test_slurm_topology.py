"""FIT005: the limits of a HyperPod cluster with Slurm."""

from __future__ import annotations

from typing import Any

import pytest
from sample_fit import group, hyperpod
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity

_HEAD = group("head", "Controller")
_WORK = group("work", "Compute", ["train"])
_NETWORK = {"VpcConfig": {"SecurityGroupIds": ["sg-0"], "Subnets": ["subnet-0"]}}
_MANAGED = {
    "Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/AmazonSageMakerClusterInstanceRolePolicy"]]
}


def test_a_topology_that_the_service_takes_passes(judged: Judge) -> None:
    own = hyperpod(
        _HEAD, group("login", "Login"), _WORK, group("more", "Compute", ["infer"]), Orchestrator={"Slurm": {}}
    )
    assert of_rule(judged(own), "FIT005") == []


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ((_HEAD, group("second", "Controller"), _WORK), "2 Controller groups (head, second)"),
        ((_WORK,), "no Controller group"),
        ((_HEAD, group("a", "Login"), group("b", "Login"), _WORK), "2 Login groups (a, b)"),
        ((_HEAD, group("work", "Compute")), "Compute group work has no PartitionNames"),
        ((_HEAD, group("work", "Compute", [])), "Compute group work has no PartitionNames"),
        ((_HEAD, group("work", "Compute", ["a", "b"])), "is in 2 partitions"),
        ((group("head", "Controller", ["train"]), _WORK), "which only Compute groups may have"),
        ((_HEAD, group("login", "Login", ["train"]), _WORK), "which only Compute groups may have"),
    ],
)
def test_each_limit_is_an_error_of_its_own(judged: Judge, groups: tuple[Any, ...], said: str) -> None:
    [finding] = of_rule(judged(hyperpod(*groups)), "FIT005")
    assert finding.severity is Severity.ERROR
    assert said in finding.message
    assert finding.property_path.startswith("Properties.InstanceGroups")


def test_several_broken_limits_stand_at_several_places(judged: Judge) -> None:
    found = of_rule(judged(hyperpod(group("head", "Controller", ["x"]), group("work", "Compute"))), "FIT005")
    assert len({finding.property_path for finding in found}) == len(found) == 2


def test_slurm_in_the_orchestrator_needs_a_controller_too(judged: Judge) -> None:
    assert len(of_rule(judged(hyperpod(group("work"), Orchestrator={"Slurm": {}})), "FIT005")) == 1


def test_clusters_on_eks_and_those_with_provisioning_parameters_are_left_alone(judged: Judge) -> None:
    assert of_rule(judged(hyperpod(group("head"), group("work"))), "FIT005") == []
    assert of_rule(judged(hyperpod(group("work"), Orchestrator={"Eks": {"ClusterArn": "arn"}})), "FIT005") == []


@pytest.mark.parametrize(
    "storage",
    [
        {"FsxLustreConfig": {"DnsName": "fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com", "MountName": "abcdefgh"}},
        {"FsxOpenZfsConfig": {"DnsName": "fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com"}},
    ],
)
def test_a_file_system_needs_a_network(judged: Judge, storage: dict[str, Any]) -> None:
    mounting = group("work", "Compute", ["train"], InstanceStorageConfigs=[storage])
    [finding] = of_rule(judged(hyperpod(_HEAD, mounting)), "FIT005")
    assert "VpcConfig" in finding.message
    assert of_rule(judged(hyperpod(_HEAD, mounting, **_NETWORK)), "FIT005") == []


def test_an_accounting_database_needs_continuous_provisioning(judged: Judge) -> None:
    orchestrator = {"Orchestrator": {"Slurm": {"AccountingDatabase": {"Endpoint": "db.example", "SecretArn": "arn"}}}}
    [finding] = of_rule(judged(hyperpod(_HEAD, _WORK, **orchestrator)), "FIT005")
    assert finding.property_path == "Properties.Orchestrator.Slurm.AccountingDatabase"
    assert of_rule(judged(hyperpod(_HEAD, _WORK, **orchestrator, NodeProvisioningMode="Continuous")), "FIT005") == []
    parameters = {"Mode": {"Type": "String"}}
    unknown = hyperpod(_HEAD, _WORK, **orchestrator, NodeProvisioningMode={"Ref": "Mode"})
    assert of_rule(judged(unknown, Parameters=parameters), "FIT005") == []


def _with_scripts(uri: object, role: dict[str, Any] | None, **others: Any) -> dict[str, Any]:
    scripts = {"LifeCycleConfig": {"SourceS3Uri": uri, "OnCreate": "on_create.sh"}}
    named = {"ExecutionRole": {"Fn::GetAtt": ["Role", "Arn"]}} if role is not None else {}
    own = hyperpod(group("head", "Controller", **scripts, **named), _WORK)
    if role is not None:
        own["Role"] = {"Type": "AWS::IAM::Role", "Properties": role}
    return {**own, **others}


def test_scripts_in_a_bucket_that_the_managed_policy_does_not_read_are_an_error(judged: Judge) -> None:
    [finding] = of_rule(judged(_with_scripts("s3://scripts-bucket/v1", {"ManagedPolicyArns": [_MANAGED]})), "FIT005")
    assert finding.severity is Severity.ERROR
    assert "scripts-bucket" in finding.message


def test_a_role_of_elsewhere_makes_it_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(_with_scripts("s3://scripts-bucket/v1", None)), "FIT005")
    assert finding.severity is Severity.WARNING


def test_a_role_with_more_policies_may_read_any_bucket(judged: Judge) -> None:
    inline = {"ManagedPolicyArns": [_MANAGED], "Policies": [{"PolicyName": "scripts", "PolicyDocument": {}}]}
    assert of_rule(judged(_with_scripts("s3://scripts-bucket/v1", inline)), "FIT005") == []
    wide = {"ManagedPolicyArns": [_MANAGED, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]}
    assert of_rule(judged(_with_scripts("s3://scripts-bucket/v1", wide)), "FIT005") == []
    grant = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "read", "Roles": [{"Ref": "Role"}]}}
    granted = _with_scripts("s3://scripts-bucket/v1", {"ManagedPolicyArns": [_MANAGED]}, Grant=grant)
    assert of_rule(judged(granted), "FIT005") == []


def test_the_name_of_the_bucket_is_read_through_references(judged: Judge) -> None:
    uri = {"Fn::Join": ["", ["s3://", {"Ref": "Bucket"}, "/v1"]]}
    role = {"ManagedPolicyArns": [_MANAGED]}
    wrong = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "scripts-1"}}
    right = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "sagemaker-${AWS::AccountId}"}}}
    assert len(of_rule(judged(_with_scripts(uri, role, Bucket=wrong)), "FIT005")) == 1
    assert of_rule(judged(_with_scripts(uri, role, Bucket=right)), "FIT005") == []


@pytest.mark.parametrize(
    "uri",
    [
        "s3://sagemaker-scripts/v1",
        {"Fn::Sub": "s3://sagemaker-${AWS::Region}-${AWS::AccountId}/v1"},
        {"Fn::Sub": "s3://sage${Suffix}/v1"},
        {"Ref": "Uri"},
    ],
)
def test_a_bucket_that_has_or_may_have_the_prefix_passes(judged: Judge, uri: object) -> None:
    parameters = {"Uri": {"Type": "String"}, "Suffix": {"Type": "String"}}
    assert of_rule(judged(_with_scripts(uri, {"ManagedPolicyArns": [_MANAGED]}), Parameters=parameters), "FIT005") == []


def test_groups_that_a_condition_decides_are_not_counted_together(judged: Judge) -> None:
    sections = {
        "Parameters": {"Size": {"Type": "String"}},
        "Conditions": {"Large": {"Fn::Equals": [{"Ref": "Size"}, "large"]}},
    }
    head = {"Fn::If": ["Large", group("large", "Controller"), group("small", "Controller")]}
    assert of_rule(judged(hyperpod(head, _WORK), **sections), "FIT005") == []
    unknown = {**_WORK, "SlurmConfig": {"NodeType": {"Ref": "Size"}}}
    assert of_rule(judged(hyperpod(unknown), **sections), "FIT005") == []


@pytest.mark.parametrize("wrong", [7, None, True, "Controller", {}, [], ["a"], {"Fn::If": []}, {"Ref": "Nowhere"}])
def test_values_of_the_wrong_kind_raise_nothing(judged: Judge, wrong: Any) -> None:
    storage = {"InstanceStorageConfigs": wrong, "LifeCycleConfig": {"SourceS3Uri": wrong}, "ExecutionRole": wrong}
    templates = (
        hyperpod(wrong, _HEAD, _WORK),
        hyperpod(_HEAD, {**_WORK, "SlurmConfig": wrong}),
        hyperpod(_HEAD, group("work", "Compute", wrong, **storage), Orchestrator=wrong, VpcConfig=wrong),
        {
            "Cluster": {
                "Type": "AWS::SageMaker::Cluster",
                "Properties": {"InstanceGroups": wrong, "Orchestrator": {"Slurm": wrong}},
            }
        },
    )
    for template in templates:
        judged(template)
