"""The cluster as CloudFormation gets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Aws, Environment, RemovalPolicy, SecretValue, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.assertions import Annotations, Match, Template

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod import (
    AccountingDatabase,
    Capacity,
    DeepHealthCheck,
    ExistingOpenZfs,
    HeadNode,
    Maintenance,
    NodeOptions,
    Operations,
    PatchingStrategy,
    ProvisioningMode,
    SharedStorage,
    SlurmCluster,
    SlurmConfigStrategy,
    Software,
    WorkerGroup,
)

US_EAST_2 = Environment(region="us-east-2")
PLAN = "arn:aws:sagemaker:us-east-2:111122223333:training-plan/reserved"


def new_stack() -> Stack:
    return Stack(App(analytics_reporting=False), "Test", env=US_EAST_2)


def small_cluster(stack: Stack, **changes: Any) -> SlurmCluster:
    """A cluster in an imported VPC with shared storage of its own, so that little else is made."""
    workers = changes.pop("workers", [WorkerGroup.trainium1(count=1)])
    changes.setdefault("storage", SharedStorage.none())
    if "vpc" not in changes:
        changes["vpc"] = imported_vpc(stack)
    return SlurmCluster(stack, "Cluster", workers=workers, **changes)


def imported_vpc(stack: Stack, cidrs: list[str] | None = None) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Existing",
        vpc_id="vpc-1",
        vpc_cidr_block="10.1.0.0/16",
        availability_zones=["us-east-2a", "us-east-2b"],
        private_subnet_ids=["subnet-a", "subnet-b"],
        private_subnet_ipv4_cidr_blocks=cidrs,
    )


def cluster_of(template: Template) -> dict[str, Any]:
    [found] = template.find_resources("AWS::SageMaker::Cluster").values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def group_of(template: Template, name: str) -> dict[str, Any]:
    [found] = [group for group in cluster_of(template)["InstanceGroups"] if group["InstanceGroupName"] == name]
    group: dict[str, Any] = found
    return group


def test_the_cluster_uses_the_services_own_configuration_of_slurm(template: Template) -> None:
    cluster = cluster_of(template)
    assert cluster["Orchestrator"]["Slurm"]["SlurmConfigStrategy"] == "Managed"
    assert (cluster["NodeProvisioningMode"], cluster["NodeRecovery"]) == ("Continuous", "Automatic")
    types = {group["InstanceGroupName"]: group["SlurmConfig"] for group in cluster["InstanceGroups"]}
    assert types == {
        "controller": {"NodeType": "Controller"},
        "login": {"NodeType": "Login"},
        "trainium2": {"NodeType": "Compute", "PartitionNames": ["trainium2"]},
    }


def test_no_custom_resource_manages_it_the_only_one_uploads_the_scripts(template: Template) -> None:
    resources = template.to_json()["Resources"].values()
    custom = {
        each["Type"] for each in resources if each["Type"].startswith("Custom::") or "CustomResource" in each["Type"]
    }
    assert custom == {"Custom::CDKBucketDeployment"}


def test_each_group_declares_what_it_is_for(template: Template) -> None:
    [cluster] = template.find_resources("AWS::SageMaker::Cluster").values()
    workloads = cluster["Metadata"]["LeanSilicon"]["Workloads"]
    assert workloads["trainium2"]["Task"] == "training"
    assert workloads["controller"]["Requires"] == ["x86"]
    assert "no public document" in workloads["controller"]["Reason"]


def test_the_bucket_has_a_name_that_the_managed_policy_accepts_and_the_prefix_names_the_content(
    template: Template,
) -> None:
    [bucket] = template.find_resources("AWS::S3::Bucket").values()
    assert bucket["Properties"]["BucketName"]["Fn::Join"][1][0].startswith("sagemaker-")
    lifecycle = group_of(template, "trainium2")["LifeCycleConfig"]
    assert lifecycle["OnInitComplete"] == "on_init_complete.sh"
    assert lifecycle["SourceS3Uri"]["Fn::Join"][1][0] == "s3://"
    assert lifecycle["SourceS3Uri"]["Fn::Join"][1][2].startswith("/lifecycle/")


def test_evidence_that_cheaper_ways_fell_short_stands_in_the_template() -> None:
    stack = new_stack()
    record = {"Rung": "rag", "Evaluation": "s3://bucket/eval.json", "Score": 0.71, "Target": 0.85, "Date": "2026-10-01"}
    small_cluster(stack).add_evidence(record)
    [cluster] = Template.from_stack(stack).find_resources("AWS::SageMaker::Cluster").values()
    assert cluster["Metadata"]["LeanSilicon"]["Evidence"] == [record]
    assert "trainium1" in cluster["Metadata"]["LeanSilicon"]["Workloads"]


def test_a_changed_script_is_a_changed_cluster(tmp_path: Path) -> None:
    versions = []
    for text in ("echo one", "echo two"):
        hook = tmp_path / "hook.sh"
        hook.write_text(text)
        versions.append(small_cluster(new_stack(), software=Software(hook=str(hook))).lifecycle_version)
    assert versions[0] != versions[1]


def test_the_same_scripts_are_the_same_cluster() -> None:
    assert small_cluster(new_stack()).lifecycle_version == small_cluster(new_stack()).lifecycle_version


def test_members_of_the_security_group_reach_each_other_in_both_directions_for_efa(template: Template) -> None:
    for kind in ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"):
        found = template.find_resources(kind, {"Properties": {"IpProtocol": "-1"}})
        [rule] = [each["Properties"] for each in found.values()]
        other = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
        assert other == rule["GroupId"]


def test_nodes_have_no_way_to_the_internet_and_endpoints_for_what_they_call(template: Template) -> None:
    template.resource_count_is("AWS::EC2::NatGateway", 0)
    template.resource_count_is("AWS::EC2::InternetGateway", 0)
    template.has_resource_properties("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Gateway"})
    template.resource_count_is("AWS::EC2::VPCEndpoint", 11)


def test_the_file_systems_are_sized_from_the_workers_and_mounted_by_the_service(template: Template) -> None:
    template.has_resource_properties(
        "AWS::FSx::FileSystem",
        {
            "StorageCapacity": 14400,
            "LustreConfiguration": {"PerUnitStorageThroughput": 500, "DeploymentType": "PERSISTENT_2"},
        },
    )
    storage = group_of(template, "trainium2")["InstanceStorageConfigs"]
    assert [next(iter(each)) for each in storage] == [
        "EbsVolumeConfig",
        "EbsVolumeConfig",
        "FsxLustreConfig",
        "FsxOpenZfsConfig",
    ]
    assert [storage[2]["FsxLustreConfig"]["MountPath"], storage[3]["FsxOpenZfsConfig"]["MountPath"]] == [
        "/fsx",
        "/home",
    ]


def test_every_volume_has_the_key_of_the_account(template: Template) -> None:
    for name in ("controller", "login", "trainium2"):
        volumes = [
            each["EbsVolumeConfig"]
            for each in group_of(template, name)["InstanceStorageConfigs"]
            if "EbsVolumeConfig" in each
        ]
        assert [volume.get("RootVolume", False) for volume in volumes] == [False, True]
        assert all("VolumeKmsKeyId" in volume for volume in volumes)


def test_only_the_controller_may_read_the_accounting_secret(template: Template) -> None:
    readers = [
        name
        for name, policy in template.find_resources("AWS::IAM::Policy").items()
        if any(
            "secretsmanager:GetSecretValue" in statement["Action"]
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        )
    ]
    assert len(readers) == 1
    assert "RolesController" in readers[0]


def test_what_holds_data_stays_when_the_stack_goes(template: Template) -> None:
    for kind in ("AWS::FSx::FileSystem", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::RDS::DBCluster"):
        for resource in template.find_resources(kind).values():
            assert resource["DeletionPolicy"] == "Retain", kind


def test_idle_accelerators_ring(template: Template) -> None:
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "MetricName": "AcceleratorUtilization",
            "Namespace": "/aws/sagemaker/Clusters",
            "Threshold": 5,
            "EvaluationPeriods": 8,
            "Period": 1800,
            "Dimensions": [
                {"Name": "ClusterName", "Value": "lean-silicon"},
                {"Name": "InstanceGroup", "Value": "trainium2"},
            ],
        },
    )


def test_quotas_are_named_as_what_to_ask_for(example: Any) -> None:
    assert [str(quota) for quota in example.cluster.quotas] == [
        "Amazon SageMaker: ml.t3.medium for cluster usage >= 2",
        "Amazon SageMaker: ml.trn2.48xlarge for cluster usage >= 4",
        "Amazon SageMaker: Maximum number instances allowed per SageMaker HyperPod cluster >= 6",
        "Amazon SageMaker: Total number of instances allowed across SageMaker HyperPod clusters >= 6",
    ]
    Annotations.from_stack(example).has_info(
        "/HyperPod/Cluster", Match.string_like_regexp("ml.trn2.48xlarge for cluster usage >= 4")
    )


def test_access_is_by_sessions_on_this_cluster_only() -> None:
    stack = new_stack()
    people = iam.Role(stack, "People", assumed_by=iam.AccountRootPrincipal())
    small_cluster(stack).grant_access(people)
    template = Template.from_stack(stack)
    [policy] = [each for name, each in template.find_resources("AWS::IAM::Policy").items() if name.startswith("People")]
    statements = {each["Sid"]: each for each in policy["Properties"]["PolicyDocument"]["Statement"]}
    assert statements["OpenSessions"]["Action"] == "ssm:StartSession"
    [cluster] = template.find_resources("AWS::SageMaker::Cluster")
    assert statements["OpenSessions"]["Resource"][0] == {"Fn::GetAtt": [cluster, "ClusterArn"]}
    assert statements["SeeNodes"]["Resource"] == {"Fn::GetAtt": [cluster, "ClusterArn"]}


def test_a_cluster_of_another_stack_gives_access_and_metrics() -> None:
    stack = new_stack()
    arn = "arn:aws:sagemaker:us-east-2:111122223333:cluster/abcdef012345"
    cluster = SlurmCluster.from_cluster_attributes(stack, "Imported", cluster_arn=arn, cluster_name="research")
    cluster.grant_access(iam.Role(stack, "People", assumed_by=iam.AccountRootPrincipal()))
    assert arn in str(Template.from_stack(stack).find_resources("AWS::IAM::Policy"))
    dimensions = cluster.metric_accelerator_memory_used("trainium2").dimensions
    assert dimensions == {"ClusterName": "research", "InstanceGroup": "trainium2"}


def test_nodes_may_be_given_more_through_their_roles() -> None:
    stack = new_stack()
    packages = s3.Bucket.from_bucket_name(stack, "Packages", "sagemaker-packages")
    for role in small_cluster(stack).execution_roles:
        packages.grant_read(role)
    policies = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    assert sum("sagemaker-packages" in str(policy) for policy in policies) == 2


def test_other_things_are_opened_to_the_nodes_through_connections() -> None:
    stack = new_stack()
    vpc = imported_vpc(stack)
    cluster = small_cluster(stack, vpc=vpc)
    other = ec2.SecurityGroup(stack, "Other", vpc=vpc)
    other.connections.allow_from(cluster, ec2.Port.tcp(2049))
    Template.from_stack(stack).has_resource_properties("AWS::EC2::SecurityGroupIngress", {"FromPort": 2049})


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (NodeOptions(minimum_count=1), {"MinInstanceCount": 1}),
        (NodeOptions(training_plan_arn=PLAN), {"TrainingPlanArn": PLAN}),
        (NodeOptions(threads_per_core=1), {"ThreadsPerCore": 1}),
        (
            NodeOptions(deep_health_checks=(DeepHealthCheck.INSTANCE_STRESS,)),
            {"OnStartDeepHealthChecks": ["InstanceStress"]},
        ),
        (NodeOptions(maintenance=Maintenance.when_idle()), {"AutoPatchConfig": {"PatchingStrategy": "WhenIdle"}}),
        (
            NodeOptions(maintenance=Maintenance(PatchingStrategy.WHEN_ALL_IDLE, "cron(0 3 ? * SUN *)")),
            {
                "AutoPatchConfig": {"PatchingStrategy": "WhenAllIdle"},
                "ScheduledUpdateConfig": {"ScheduleExpression": "cron(0 3 ? * SUN *)"},
            },
        ),
    ],
)
def test_options_reach_the_instance_group(options: NodeOptions, expected: dict[str, Any]) -> None:
    stack = new_stack()
    small_cluster(stack, workers=[WorkerGroup.trainium1(count=1, options=options)])
    group = group_of(Template.from_stack(stack), "trainium1")
    assert {key: group[key] for key in expected} == expected


def test_spot_and_flexible_types_reach_the_instance_group() -> None:
    stack = new_stack()
    types = ["ml.trn2.48xlarge", "ml.trn1.32xlarge"]
    small_cluster(stack, workers=[WorkerGroup.flexible(types, count=2, capacity=Capacity.SPOT)])
    group = group_of(Template.from_stack(stack), "flexible")
    assert group["InstanceRequirements"] == {"InstanceTypes": types}
    assert group["CapacityRequirements"] == {"Spot": {}}
    assert "InstanceType" not in group


def test_all_at_once_says_nothing_of_a_mode_and_leaves_volumes_to_the_services_key() -> None:
    stack = new_stack()
    small_cluster(stack, operations=Operations(provisioning=ProvisioningMode.ALL_AT_ONCE, idle_alarm=None))
    template = Template.from_stack(stack)
    assert "NodeProvisioningMode" not in cluster_of(template)
    assert "VolumeKmsKeyId" not in group_of(template, "trainium1")["InstanceStorageConfigs"][0]["EbsVolumeConfig"]
    template.resource_count_is("AWS::CloudWatch::Alarm", 0)


def test_tiered_checkpoints_recovery_and_the_owner_of_slurm_conf_can_be_chosen() -> None:
    stack = new_stack()
    operations = Operations(
        automatic_recovery=False, slurm_config=SlurmConfigStrategy.MERGE, tiered_checkpoint_percent=20
    )
    small_cluster(stack, operations=operations)
    cluster = cluster_of(Template.from_stack(stack))
    assert cluster["TieredStorageConfig"] == {"Mode": "Enable", "InstanceMemoryAllocationPercentage": 20}
    assert (cluster["NodeRecovery"], cluster["Orchestrator"]["Slurm"]["SlurmConfigStrategy"]) == ("None", "Merge")


def test_your_own_storage_and_database_are_taken() -> None:
    stack = new_stack()
    vpc = imported_vpc(stack)
    group = ec2.SecurityGroup(stack, "DatabaseGroup", vpc=vpc)
    accounting = AccountingDatabase.existing(
        endpoint="accounts.example.org",
        secret=secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "accounts"),
        connections=group.connections,
    )
    storage = SharedStorage.existing_lustre(
        dns_name="fs-0123456789abcdef0.fsx.us-east-2.amazonaws.com", mount_name="abcdef"
    )
    home = ExistingOpenZfs("fs-0fedcba9876543210.fsx.us-east-2.amazonaws.com")
    small_cluster(stack, vpc=vpc, storage=storage.with_home(home), accounting=accounting)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::FSx::FileSystem", 0)
    template.resource_count_is("AWS::RDS::DBCluster", 0)
    assert cluster_of(template)["Orchestrator"]["Slurm"]["AccountingDatabase"]["Endpoint"] == "accounts.example.org"
    template.has_resource_properties("AWS::EC2::SecurityGroupIngress", {"FromPort": 3306})


def refused(**changes: Any) -> Callable[[Stack], object]:
    return lambda stack: small_cluster(stack, **changes)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda stack: small_cluster(stack, cluster_name="my_cluster"), "cluster_name is 'my_cluster'"),
        (lambda stack: small_cluster(stack, cluster_name=Aws.STACK_NAME), "cluster_name is known only at deployment"),
        (refused(controller=HeadNode(count=2)), "the Controller group has 2 instances"),
        (refused(workers=[]), "no Compute group"),
        (
            refused(workers=[WorkerGroup.trainium1(count=1, name="login")]),
            "node type of an instance group can never change",
        ),
        (refused(workers=[WorkerGroup("w", ("ml.trn1.32xlarge",), 1, "")]), "PartitionNames is required"),
        (refused(workers=[WorkerGroup.trainium1(count=1)] * 2), "share the name 'trainium1'"),
        (refused(availability_zone="us-east-2f"), "no private subnet in availability zone us-east-2f"),
        (
            lambda stack: small_cluster(
                stack, vpc=imported_vpc(stack, ["10.1.0.0/28", "10.1.1.0/28"]), workers=[WorkerGroup.trainium2(count=4)]
            ),
            "subnet 10.1.0.0/28 has 11 usable addresses; the nodes may take 69",
        ),
        (
            lambda stack: small_cluster(
                stack,
                accounting=AccountingDatabase.existing(
                    endpoint="e",
                    secret=secretsmanager.Secret(stack, "S", secret_string_value=SecretValue.unsafe_plain_text("x")),
                ),
                operations=Operations(provisioning=ProvisioningMode.ALL_AT_ONCE),
            ),
            "accounting database only with Continuous provisioning",
        ),
        (
            lambda stack: small_cluster(
                stack, software=Software(bucket=s3.Bucket.from_bucket_name(stack, "B", "my-scripts"))
            ),
            "its name must start with 'sagemaker-'",
        ),
        (
            refused(storage=SharedStorage.lustre(capacity_gib=1000)),
            "capacity_gib is 1000",
        ),
    ],
)
def test_fails_at_construction_with_what_is_wrong(make: Callable[[Stack], object], said: str) -> None:
    # jsii passes our exception through as it is
    with pytest.raises(InvalidValueError, match=said):
        make(new_stack())


def test_a_graviton_head_node_warns_that_nobody_has_written_whether_it_works() -> None:
    stack = new_stack()
    small_cluster(stack, controller=HeadNode("ml.m7g.medium"))
    Annotations.from_stack(stack).has_warning("/Test/Cluster", Match.string_like_regexp("no public document"))


def test_a_chosen_zone_decides_the_subnet() -> None:
    stack = new_stack()
    small_cluster(stack, availability_zone="us-east-2b")
    assert cluster_of(Template.from_stack(stack))["VpcConfig"]["Subnets"] == ["subnet-b"]


def test_a_new_vpc_has_the_chosen_zone_first() -> None:
    stack = new_stack()
    SlurmCluster(
        stack,
        "Cluster",
        workers=[WorkerGroup.trainium1(count=1)],
        availability_zone="us-east-2c",
        storage=SharedStorage.none(),
    )
    template = Template.from_stack(stack)
    [subnet] = cluster_of(template)["VpcConfig"]["Subnets"]
    assert template.find_resources("AWS::EC2::Subnet")[subnet["Ref"]]["Properties"]["AvailabilityZone"] == "us-east-2c"


def test_everything_goes_with_the_stack_where_that_is_asked_for() -> None:
    stack = new_stack()
    small_cluster(stack, storage=SharedStorage.lustre(), removal_policy=RemovalPolicy.DESTROY)
    [system] = Template.from_stack(stack).find_resources("AWS::FSx::FileSystem").values()
    assert system["DeletionPolicy"] == "Delete"


def test_an_hour_of_each_group_has_a_footprint_with_bands(example: Any) -> None:
    hours = example.cluster.footprint(utilisation=1.0)
    assert set(hours) == {group.name for group in example.cluster.plan.groups}
    power = max((hour.power for hour in hours.values()), key=lambda each: each.likely)
    assert power.unit == "W"
    assert power.low < power.likely < power.high
    assert power.likely > 4 * 16 * 500, "four nodes of sixteen Trainium2 devices, about 500 W each"
    assert hours[next(iter(hours))].carbon is not None
