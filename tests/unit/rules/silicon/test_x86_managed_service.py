"""SIL005: managed services on x86, where their software runs on Graviton."""

from __future__ import annotations

from typing import Any

import pytest
from sample_silicon import database, function, one
from sample_templates import Judge, of_rule

from lean_silicon.rules import Severity

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
    ],
)
def test_builds_are_judged_unless_their_images_or_gpus_bind_them(
    judged: Judge, environment: dict[str, Any], findings: int
) -> None:
    project = one("AWS::CodeBuild::Project", {"Environment": environment})
    assert len(of_rule(judged(project, Parameters={"Docker": {"Type": "String"}}), RULE)) == findings


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
