"""SIL005: managed services on x86, where their software runs on Graviton."""

from __future__ import annotations

import gzip
import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sample_silicon import database, function, one
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity
from lean_silicon.rules.silicon._engine_versions import EMR_FAMILIES
from lean_silicon.rules.silicon._engines import emr_takes

RULE = "SIL005"


@pytest.mark.parametrize(
    ("resource_type", "properties", "suggested"),
    [
        ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.m5.large", "Engine": "mysql"}, "db.m"),
        ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.t3.medium", "Engine": "aurora-postgresql"}, "db.t4g.medium"),
        ("AWS::RDS::DBCluster", {"DBClusterInstanceClass": "db.m5d.large", "Engine": "postgres"}, "db.m"),
        ("AWS::ElastiCache::ReplicationGroup", {"CacheNodeType": "cache.r5.large"}, "cache.r"),
        ("AWS::OpenSearchService::Domain", {"ClusterConfig": {"InstanceType": "r5.large.search"}}, "r"),
        (
            "AWS::MSK::Cluster",
            {"BrokerNodeGroupInfo": {"InstanceType": "kafka.m5.large"}, "KafkaVersion": "3.6.0"},
            "kafka.m7g.large",
        ),
        ("AWS::Neptune::DBInstance", {"DBInstanceClass": "db.r5.large"}, "db.r"),
        ("AWS::DocDB::DBInstance", {"DBInstanceClass": "db.t3.medium"}, "db.t4g.medium"),
        (
            "AWS::EMR::Cluster",
            {
                "ReleaseLabel": "emr-7.1.0",
                "Instances": {"CoreInstanceGroup": {"InstanceType": "m5.xlarge", "InstanceCount": 2}},
            },
            "m",
        ),
    ],
)
def test_a_type_of_x86_is_a_warning_with_a_graviton_type_of_its_size(
    judged: Judge, resource_type: str, properties: dict[str, Any], suggested: str
) -> None:
    [finding] = of_rule(judged(one(resource_type, properties)), RULE)
    assert finding.severity is Severity.WARNING
    assert finding.suggestion is not None
    assert finding.suggestion.instance_type is not None
    assert finding.suggestion.instance_type.startswith(suggested)
    assert "g." in finding.suggestion.instance_type.removesuffix(".search") or "gd." in finding.suggestion.instance_type


@pytest.mark.parametrize(
    "graviton",
    ["db.m6g.large", "db.m7g.large", "db.r6g.large", "db.r8g.xlarge", "db.t4g.micro", "db.m6gd.large", "db.r7g.large"],
)
def test_every_graviton_passes(judged: Judge, graviton: str) -> None:
    assert of_rule(judged(database(graviton)), RULE) == []


@pytest.mark.parametrize(
    ("engine", "version"),
    [
        ("oracle-ee", "19"),
        ("sqlserver-se", "15.00"),
        ("db2-se", "11.5"),
        ("custom-oracle-ee", "19.cdb"),
        ("mysql", "5.7.44"),
        ("postgres", "11.22"),
        (None, None),
        ({"Ref": "Engine"}, "16.4"),
        ("postgres", {"Ref": "Engine"}),
        (["postgres"], "16.4"),
        ("postgres", {"Major": 16}),
    ],
)
def test_an_engine_that_does_not_run_on_graviton_or_is_not_known_passes(
    judged: Judge, engine: object, version: object
) -> None:
    parameters = {"Engine": {"Type": "String"}}
    assert of_rule(judged(database("db.m5.large", engine, version), Parameters=parameters), RULE) == []


def test_the_version_of_an_aurora_instance_is_that_of_its_cluster(judged: Judge) -> None:
    def found(version: str) -> int:
        resources = {
            "Cluster": {
                "Type": "AWS::RDS::DBCluster",
                "Properties": {"Engine": "aurora-mysql", "EngineVersion": version},
            },
            "Writer": {
                "Type": "AWS::RDS::DBInstance",
                "Properties": {
                    "DBInstanceClass": "db.r5.large",
                    "Engine": "aurora-mysql",
                    "DBClusterIdentifier": {"Ref": "Cluster"},
                },
            },
        }
        return len(of_rule(judged(resources), RULE))

    assert found("8.0.mysql_aurora.3.08.0") == 1
    assert found("5.7.mysql_aurora.2.07.0") == 0


@pytest.mark.parametrize(
    ("engine", "version", "findings"),
    [
        ("mysql", "8.0.25", 1),
        ("mysql", "8.0.24", 0),
        ("mysql", "8.0", 1),
        ("mysql", "8.4.3", 1),
        ("MySQL", "8.0.36", 1),
        ("postgres", "12.7", 1),
        ("postgres", "12.6", 0),
        ("postgres", 16, 1),
        ("postgres", "12.22-rds.20250508", 1),
        ("mariadb", "10.4.13", 1),
        ("mariadb", "10.3.39", 0),
        ("aurora-mysql", "8.0.mysql_aurora.3.01.0", 1),
        ("aurora-mysql", "5.7.mysql_aurora.2.12.0", 0),
        ("aurora-postgresql", "12.8", 1),
        ("aurora-postgresql", "12.7", 0),
        ("postgres", "sixteen", 0),
    ],
)
def test_a_database_is_judged_from_the_first_version_on_that_runs_on_graviton(
    judged: Judge, engine: str, version: object, findings: int
) -> None:
    assert len(of_rule(judged(database("db.r5.large", engine, version)), RULE)) == findings


@pytest.mark.parametrize(
    ("resource_type", "properties", "findings"),
    [
        ("AWS::ElastiCache::ReplicationGroup", {"CacheNodeType": "cache.r5.large", "EngineVersion": "5.0.6"}, 1),
        ("AWS::ElastiCache::ReplicationGroup", {"CacheNodeType": "cache.r5.large", "EngineVersion": "5.0.5"}, 0),
        ("AWS::ElastiCache::ReplicationGroup", {"CacheNodeType": "cache.r5.large", "EngineVersion": "6.x"}, 1),
        (
            "AWS::ElastiCache::ReplicationGroup",
            {"CacheNodeType": "cache.r5.large", "Engine": "valkey", "EngineVersion": "7.2"},
            1,
        ),
        (
            "AWS::ElastiCache::CacheCluster",
            {"CacheNodeType": "cache.r5.large", "Engine": "memcached", "EngineVersion": "1.5.16"},
            1,
        ),
        (
            "AWS::ElastiCache::CacheCluster",
            {"CacheNodeType": "cache.r5.large", "Engine": "memcached", "EngineVersion": "1.5.10"},
            0,
        ),
        ("AWS::MSK::Cluster", {"BrokerNodeGroupInfo": {"InstanceType": "kafka.m5.large"}, "KafkaVersion": "3.3.2"}, 1),
        ("AWS::MSK::Cluster", {"BrokerNodeGroupInfo": {"InstanceType": "kafka.m5.large"}, "KafkaVersion": "3.3.1"}, 0),
        ("AWS::MSK::Cluster", {"BrokerNodeGroupInfo": {"InstanceType": "kafka.m5.large"}, "KafkaVersion": "3.7.x"}, 1),
        (
            "AWS::OpenSearchService::Domain",
            {"ClusterConfig": {"InstanceType": "r5.large.search"}, "EngineVersion": "Elasticsearch_7.9"},
            1,
        ),
        (
            "AWS::OpenSearchService::Domain",
            {"ClusterConfig": {"InstanceType": "r5.large.search"}, "EngineVersion": "Elasticsearch_7.8"},
            0,
        ),
        (
            "AWS::OpenSearchService::Domain",
            {"ClusterConfig": {"InstanceType": "r5.large.search"}, "EngineVersion": "OpenSearch_1.0"},
            1,
        ),
    ],
)
def test_a_service_is_judged_from_the_first_version_on_that_runs_on_graviton(
    judged: Judge, resource_type: str, properties: dict[str, Any], findings: int
) -> None:
    assert len(of_rule(judged(one(resource_type, properties)), RULE)) == findings


@pytest.mark.parametrize(
    ("service", "version", "findings"),
    [("Neptune", "1.1.0.0", 1), ("Neptune", "1.0.5.1", 0), ("DocDB", "4.0.0", 1), ("DocDB", "3.6.0", 0)],
)
def test_an_instance_of_a_cluster_is_judged_by_the_version_of_the_cluster(
    judged: Judge, service: str, version: str, findings: int
) -> None:
    resources = {
        "Cluster": {"Type": f"AWS::{service}::DBCluster", "Properties": {"EngineVersion": version}},
        "Writer": {
            "Type": f"AWS::{service}::DBInstance",
            "Properties": {"DBInstanceClass": "db.r5.large", "DBClusterIdentifier": {"Ref": "Cluster"}},
        },
    }
    assert len(of_rule(judged(resources), RULE)) == findings


@pytest.mark.parametrize(
    "taken_from",
    [
        {"DBSnapshotIdentifier": "nightly"},
        {"SourceDBInstanceIdentifier": "arn:aws:rds:us-east-1:111122223333:db:main"},
        {"DBClusterIdentifier": "a-cluster-of-another-stack"},
    ],
)
def test_a_version_that_is_taken_over_from_elsewhere_is_not_known(judged: Judge, taken_from: dict[str, str]) -> None:
    properties = {"DBInstanceClass": "db.r5.large", "Engine": "aurora-postgresql", **taken_from}
    assert of_rule(judged(one("AWS::RDS::DBInstance", properties)), RULE) == []
    stated = {**properties, "EngineVersion": "16.4"}
    assert len(of_rule(judged(one("AWS::RDS::DBInstance", stated)), RULE)) == 1


@pytest.mark.parametrize(
    ("label", "instance_type", "suggested"),
    [
        ("emr-5.30.0", "m5.xlarge", ["m6g.xlarge"]),
        ("emr-5.29.0", "m5.xlarge", []),
        ("emr-5.30.0", "r5.xlarge", []),
        ("emr-5.31.0", "r5.xlarge", ["r6g.xlarge"]),
        ("emr-6.0.0", "m5.xlarge", []),
        ("emr-6.1.0", "m5.xlarge", ["m6g.xlarge"]),
        ("emr-6.1.0", "m5d.xlarge", []),
        ("emr-6.3.0", "m5d.xlarge", ["m6gd.xlarge"]),
        ("emr-6.9.0", "m5.xlarge", ["m6g.xlarge"]),
        ("emr-6.10.0", "m5.xlarge", ["m8g.xlarge", "m7g.xlarge", "m6g.xlarge"]),
        ("emr-7.14.0", "m5.xlarge", ["m8g.xlarge", "m7g.xlarge", "m6g.xlarge"]),
        ("emr-8.0.0", "m5.xlarge", ["m8g.xlarge", "m7g.xlarge", "m6g.xlarge"]),
        ("latest", "m5.xlarge", []),
        ({"Ref": "Release"}, "m5.xlarge", []),
    ],
)
def test_an_emr_cluster_is_told_the_types_that_its_release_takes(
    judged: Judge, label: object, instance_type: str, suggested: list[str]
) -> None:
    cluster = one(
        "AWS::EMR::Cluster",
        {
            "ReleaseLabel": label,
            "Instances": {"CoreInstanceGroup": {"InstanceType": instance_type, "InstanceCount": 2}},
        },
    )
    found = of_rule(judged(cluster, Parameters={"Release": {"Type": "String"}}), RULE)
    assert [
        re.findall(r"[a-z0-9]+g[a-z]*\.xlarge", (each.suggestion and each.suggestion.text) or "") for each in found
    ] == ([suggested] if suggested else [])


def test_the_first_releases_of_emr_are_those_that_its_api_lists() -> None:
    origin = (find_spec("moto") or pytest.fail("moto is a development dependency")).origin
    listed: dict[tuple[int, ...], set[str]] = {}
    for path in (Path(str(origin)).parent / "emr" / "resources").glob("instance-types-emr-*.json.gz"):
        label = re.fullmatch(r"instance-types-emr-(\d+)\.(\d+)\.(\d+)\.json\.gz", path.name)
        if label is not None:
            types = json.loads(gzip.decompress(path.read_bytes()))
            listed[tuple(map(int, label.groups()))] = {name.partition(".")[0] for name in types}
    assert len(listed) > 100
    for family in EMR_FAMILIES:
        assert {release for release in listed if emr_takes(release, family)} == {
            release for release, families in listed.items() if family in families
        }, family


def test_a_suggestion_names_every_generation_because_old_engines_take_only_the_oldest(judged: Judge) -> None:
    [finding] = of_rule(judged(database("db.m5.large", "postgres", "12.22")), RULE)
    assert finding.suggestion is not None
    assert "db.m6g.large" in finding.suggestion.text
    assert "newer versions of the engine" in finding.suggestion.text


@pytest.mark.parametrize(("version", "findings"), [("7.10", 1), ("6.8", 0), (None, 0)])
def test_elasticsearch_runs_on_graviton_from_7_9_on(judged: Judge, version: str | None, findings: int) -> None:
    engine = {} if version is None else {"EngineVersion": f"Elasticsearch_{version}"}
    domain = one("AWS::OpenSearchService::Domain", {**engine, "ClusterConfig": {"InstanceType": "m5.large.search"}})
    assert len(of_rule(judged(domain), RULE)) == (findings if version else 1)


def test_a_function_without_architectures_runs_on_x86_and_is_a_warning(judged: Judge) -> None:
    [finding] = of_rule(judged(function()), RULE)
    assert finding.severity is Severity.WARNING
    assert "default of AWS Lambda" in finding.message


@pytest.mark.parametrize(
    "properties",
    [
        {"Architectures": ["arm64"]},
        {"Runtime": "python3.7"},
        {"Runtime": "go1.x"},
        {"Runtime": {"Ref": "Runtime"}},
    ],
)
def test_a_function_on_arm64_or_bound_to_x86_passes(judged: Judge, properties: dict[str, Any]) -> None:
    assert of_rule(judged(function(**properties), Parameters={"Runtime": {"Type": "String"}}), RULE) == []


def test_functions_that_answer_custom_resources_or_macros_pass(judged: Judge) -> None:
    token = {"Type": "Custom::Cleaner", "Properties": {"ServiceToken": {"Fn::GetAtt": ["It", "Arn"]}}}
    assert of_rule(judged({**function(), "Cleaner": token}), RULE) == []
    macro = {"Type": "AWS::CloudFormation::Macro", "Properties": {"Name": "Count", "FunctionName": {"Ref": "It"}}}
    assert of_rule(judged({**function(), "Macro": macro}), RULE) == []
    made_by_the_cdk = {"CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F": function()["It"]}
    assert of_rule(judged(made_by_the_cdk), RULE) == []


@pytest.mark.parametrize(
    "properties",
    [
        {"Description": "Lambda function for a CloudFormation custom resource"},
        {
            "Code": {
                "ZipFile": "import cfnresponse\ndef handler(event, context):\n    cfnresponse.send(event, context, 'SUCCESS', {})"
            }
        },
        {"Code": {"ZipFile": {"Fn::Join": ["\n", ["const url = event.ResponseURL;"]]}}},
    ],
)
def test_a_function_that_answers_custom_resources_of_other_templates_passes(
    judged: Judge, properties: dict[str, Any]
) -> None:
    assert of_rule(judged(function(**properties)), RULE) == []


def test_a_function_that_a_macro_hands_on_to_the_templates_it_expands_passes(judged: Judge) -> None:
    variables = {"Variables": {"LAMBDA_ARN": {"Fn::GetAtt": ["Provider", "Arn"]}}}
    resources = {
        "Provider": function()["It"],
        "Expander": function(Environment=variables)["It"],
        "Macro": {
            "Type": "AWS::CloudFormation::Macro",
            "Properties": {"Name": "S3Objects", "FunctionName": {"Fn::GetAtt": ["Expander", "Arn"]}},
        },
    }
    assert of_rule(judged(resources), RULE) == []
    without_macro = {name: each for name, each in resources.items() if name != "Macro"}
    assert len(of_rule(judged(without_macro), RULE)) == 2


@pytest.mark.parametrize(
    ("resource_type", "properties", "figures"),
    [
        ("AWS::Lambda::Function", {"Runtime": "python3.13"}, ("0.0000133334", "0.0000166667", "us-east-1, 2026-08-31")),
        ("AWS::ECS::TaskDefinition", {"RequiresCompatibilities": ["FARGATE"]}, ("0.03238", "0.04048", "2026-07-31")),
        ("AWS::EMRServerless::Application", {"Type": "SPARK"}, ("0.052585", "0.065728", "ap-southeast-1, 2026-08-12")),
        ("AWS::CodeBuild::Project", {"Environment": {"Type": "LINUX_CONTAINER"}}, ("0.0034", "0.005", "2026-09-28")),
    ],
)
def test_an_architecture_is_judged_by_two_list_prices_with_their_region_and_date(
    judged: Judge, resource_type: str, properties: dict[str, Any], figures: tuple[str, ...]
) -> None:
    [finding] = of_rule(judged(one(resource_type, properties), region="eu-west-1"), RULE)
    assert all(figure in finding.message for figure in figures)
    assert "32% less" in finding.message if "CodeBuild" in resource_type else "20% less" in finding.message
    assert finding.sources[0].startswith("AWS price list")


def test_functions_at_the_edge_pass(judged: Judge) -> None:
    behaviour = {
        "LambdaFunctionAssociations": [{"EventType": "viewer-request", "LambdaFunctionARN": {"Ref": "Version"}}]
    }
    resources = {
        **function(),
        "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "It"}}},
        "Site": {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {"DistributionConfig": {"DefaultCacheBehavior": behaviour}},
        },
    }
    assert of_rule(judged(resources), RULE) == []
    principal = {"Statement": [{"Principal": {"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]}}]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": principal}}
    assert of_rule(judged({**function(), "Role": role}), RULE) == []


@pytest.mark.parametrize(
    ("environment", "findings"),
    [
        ({"Type": "LINUX_CONTAINER", "Image": "aws/codebuild/standard:7.0"}, 1),
        ({"Type": "ARM_CONTAINER", "Image": "aws/codebuild/amazonlinux2-aarch64-standard:3.0"}, 0),
        ({"Type": "LINUX_GPU_CONTAINER"}, 0),
        ({"Type": "LINUX_CONTAINER", "PrivilegedMode": True}, 0),
        ({"Type": "LINUX_CONTAINER", "PrivilegedMode": {"Ref": "Docker"}}, 0),
        ({"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_LARGE"}, 1),
        ({"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_XLARGE"}, 0),
        ({"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_2XLARGE"}, 0),
        ({"Type": "LINUX_CONTAINER", "ComputeType": ["BUILD_GENERAL1_XLARGE"]}, 1),
    ],
)
def test_builds_are_judged_unless_their_images_or_gpus_bind_them(
    judged: Judge, environment: dict[str, Any], findings: int
) -> None:
    project = one("AWS::CodeBuild::Project", {"Environment": environment})
    assert len(of_rule(judged(project, Parameters={"Docker": {"Type": "String"}}), RULE)) == findings


@pytest.mark.parametrize(
    ("environment", "instead"), [("LINUX_LAMBDA_CONTAINER", "ARM_LAMBDA_CONTAINER"), ("LINUX_EC2", "ARM_EC2")]
)
def test_a_build_of_another_kind_keeps_its_kind_and_is_told_no_price_of_containers(
    judged: Judge, environment: str, instead: str
) -> None:
    [finding] = of_rule(judged(one("AWS::CodeBuild::Project", {"Environment": {"Type": environment}})), RULE)
    assert finding.suggestion is not None
    assert f"type to {instead} " in finding.suggestion.text
    assert "USD" not in finding.message


def test_a_fargate_task_is_judged_in_both_branches_of_a_condition(judged: Judge) -> None:
    task = one(
        "AWS::ECS::TaskDefinition",
        {
            "RequiresCompatibilities": ["FARGATE"],
            "RuntimePlatform": {"CpuArchitecture": {"Fn::If": ["Arm", "ARM64", "X86_64"]}},
        },
    )
    [finding] = of_rule(
        judged(
            task,
            Parameters={"Chip": {"Type": "String"}},
            Conditions={"Arm": {"Fn::Equals": [{"Ref": "Chip"}, "arm"]}},
        ),
        RULE,
    )
    assert "when Arm is false" in finding.message


def test_a_stated_need_of_x86_accepts(judged: Judge) -> None:
    resources = function()
    resources["It"]["Metadata"] = {"LeanSilicon": {"Workload": {"Requires": ["x86"], "Reason": "A vendor's layer"}}}
    [finding] = of_rule(judged(resources), RULE)
    assert finding.acknowledged is not None


@pytest.mark.parametrize("wrong", [3, None, [], {}, True, {"Ref": 4}, "", "db.", "🦙"])
def test_a_wrong_value_is_no_finding(judged: Judge, wrong: object) -> None:
    assert of_rule(judged(database(wrong)), RULE) == []
    assert of_rule(judged(function(Architectures=[wrong] if wrong is not None else ["arm64"])), RULE) == []
