"""Silicon in resources: what is found, where, how many, for what, and what is said where it cannot be known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from silicon_found import PROD, STAGE, found, found_in, only, resource, types

from lean_silicon.catalog import Component
from lean_silicon.sizing import Task
from lean_silicon.templates import SiliconUse, read_app, silicon_uses

PROD_SECTIONS: dict[str, Any] = {"Conditions": PROD, "Parameters": STAGE}
NO_VALUE = {"Ref": "AWS::NoValue"}
REQUIREMENTS = {"VCpuCount": {"Min": 4}, "MemoryMiB": {"Min": 16384}, "AcceleratorNames": ["inferentia2"]}


def variants(*items: Any) -> dict[str, Any]:
    return {"ProductionVariants": list(items)}


# --- what one use says ---------------------------------------------------------------------------------------------


def test_an_endpoint_is_a_use_with_its_place_component_purpose_and_counts() -> None:
    variant = {
        "VariantName": "main",
        "InstanceType": "ml.inf2.xlarge",
        "InitialInstanceCount": 2,
        "ManagedInstanceScaling": {"MinInstanceCount": 1, "MaxInstanceCount": 4},
    }
    use = only("AWS::SageMaker::EndpointConfig", variants(variant))
    assert (use.instance_type, use.unknown, use.selection) == ("ml.inf2.xlarge", None, None)
    assert use.property_path == "Properties.ProductionVariants[0].InstanceType"
    assert (use.component, use.purpose, use.task_is_assumed) == (Component.SAGEMAKER_HOSTING, Task.INFERENCE, True)
    assert tuple(use.count) == (1, 2, 4)
    assert (use.spot, use.conditions, use.origin) == (False, (), None)


CASES: list[tuple[str, Any, list[str]]] = [
    (
        "AWS::SageMaker::EndpointConfig",
        {"ShadowProductionVariants": [{"InstanceType": "ml.g5.xlarge"}]},
        ["ml.g5.xlarge"],
    ),
    (
        "AWS::SageMaker::InferenceExperiment",
        {"ModelVariants": [{"InfrastructureConfig": {"RealTimeInferenceConfig": {"InstanceType": "ml.g5.xlarge"}}}]},
        ["ml.g5.xlarge"],
    ),
    (
        "AWS::SageMaker::ProcessingJob",
        {"ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m7i.large", "InstanceCount": 1}}},
        ["ml.m7i.large"],
    ),
    (
        "AWS::SageMaker::ModelQualityJobDefinition",
        {"JobResources": {"ClusterConfig": {"InstanceType": "ml.m5.large"}}},
        ["ml.m5.large"],
    ),
    (
        "AWS::SageMaker::MonitoringSchedule",
        {
            "MonitoringScheduleConfig": {
                "MonitoringJobDefinition": {"MonitoringResources": {"ClusterConfig": {"InstanceType": "ml.m5.large"}}}
            }
        },
        ["ml.m5.large"],
    ),
    (
        "AWS::SageMaker::ModelPackage",
        {
            "InferenceSpecification": {"SupportedRealtimeInferenceInstanceTypes": ["ml.p4d.24xlarge"]},
            "ValidationSpecification": {
                "ValidationProfiles": [
                    {
                        "TransformJobDefinition": {
                            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1}
                        }
                    }
                ]
            },
        },
        ["ml.m5.large"],
    ),
    ("AWS::SageMaker::NotebookInstance", {"InstanceType": "ml.t3.medium"}, ["ml.t3.medium"]),
    (
        "AWS::SageMaker::Domain",
        {
            "DefaultUserSettings": {
                "JupyterLabAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.g5.xlarge"}},
                "JupyterServerAppSettings": {"DefaultResourceSpec": {"InstanceType": "system"}},
            },
            "DomainSettings": {
                "RStudioServerProDomainSettings": {"DefaultResourceSpec": {"InstanceType": "ml.c5.4xlarge"}}
            },
        },
        ["ml.g5.xlarge", "ml.c5.4xlarge"],
    ),
    (
        "AWS::SageMaker::UserProfile",
        {"UserSettings": {"KernelGatewayAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.p3.2xlarge"}}}},
        ["ml.p3.2xlarge"],
    ),
    (
        "AWS::SageMaker::Space",
        {"SpaceSettings": {"CodeEditorAppSettings": {"DefaultResourceSpec": {"InstanceType": "ml.t3.large"}}}},
        ["ml.t3.large"],
    ),
    ("AWS::SageMaker::App", {"ResourceSpec": {"InstanceType": "ml.g4dn.xlarge"}}, ["ml.g4dn.xlarge"]),
    ("AWS::SageMaker::App", {"ResourceSpec": {"InstanceType": "system"}}, []),
    ("AWS::EC2::CapacityReservation", {"InstanceType": "p5.48xlarge", "InstanceCount": 2}, ["p5.48xlarge"]),
    ("AWS::Cloud9::EnvironmentEC2", {"InstanceType": "t3.small"}, ["t3.small"]),
    ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.r6g.large"}, ["db.r6g.large"]),
    ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.serverless"}, []),
    ("AWS::RDS::DBCluster", {"DBClusterInstanceClass": "db.m6gd.xlarge"}, ["db.m6gd.xlarge"]),
    ("AWS::RDS::DBCluster", {"Engine": "aurora-mysql"}, []),
    ("AWS::Neptune::DBInstance", {"DBInstanceClass": "db.r5.large"}, ["db.r5.large"]),
    ("AWS::DocDB::DBInstance", {"DBInstanceClass": "db.r6g.large"}, ["db.r6g.large"]),
    ("AWS::ElastiCache::CacheCluster", {"CacheNodeType": "cache.m5.large", "NumCacheNodes": 1}, ["cache.m5.large"]),
    ("AWS::MemoryDB::Cluster", {"NodeType": "db.r6g.large"}, ["db.r6g.large"]),
    ("AWS::MSK::Cluster", {"BrokerNodeGroupInfo": {"InstanceType": "kafka.m5.large"}}, ["kafka.m5.large"]),
    ("AWS::Redshift::Cluster", {"NodeType": "ra3.xlplus"}, ["ra3.xlplus"]),
    (
        "AWS::OpenSearchService::Domain",
        {
            "ClusterConfig": {
                "InstanceType": "r6g.large.search",
                "DedicatedMasterEnabled": True,
                "DedicatedMasterType": "m6g.large.search",
                "WarmEnabled": False,
                "WarmType": "ultrawarm1.medium.search",
                "NodeOptions": [
                    {"NodeType": "coordinator", "NodeConfig": {"Enabled": "true", "Type": "m5.large.search"}}
                ],
            }
        },
        ["r6g.large.search", "m6g.large.search", "m5.large.search"],
    ),
    (
        "AWS::EMR::Cluster",
        {
            "Instances": {
                "MasterInstanceGroup": {"InstanceType": "m5.xlarge", "InstanceCount": 1},
                "CoreInstanceGroup": {"InstanceType": "g4dn.xlarge", "InstanceCount": 2},
                "TaskInstanceGroups": [{"InstanceType": "c5.xlarge", "Market": "SPOT"}],
            }
        },
        ["m5.xlarge", "g4dn.xlarge", "c5.xlarge"],
    ),
    (
        "AWS::CodeBuild::Fleet",
        {"ComputeConfiguration": {"instanceType": "g5.xlarge"}, "BaseCapacity": 1},
        ["g5.xlarge"],
    ),
    ("AWS::EKS::Cluster", {"ComputeConfig": {"Enabled": True, "NodePools": ["general-purpose"]}}, []),
    ("AWS::S3::Bucket", {"InstanceType": "p5.48xlarge"}, []),
]


@pytest.mark.parametrize(("resource_type", "properties", "expected"), CASES, ids=[case[0] for case in CASES])
def test_every_place_that_names_a_type_is_found(resource_type: str, properties: Any, expected: list[str]) -> None:
    uses = found_in(resource_type, properties)
    assert types(uses) == expected
    assert all(use.unknown is None for use in uses)


COUNTS: list[tuple[str, Any, tuple[int | None, ...]]] = [
    ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.m5.large", "MultiAZ": "true"}, (2, 2, 2)),
    ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.m5.large", "MultiAZ": False}, (1, 1, 1)),
    ("AWS::RDS::DBCluster", {"DBClusterInstanceClass": "db.m6gd.xlarge"}, (3, 3, 3)),
    (
        "AWS::ElastiCache::ReplicationGroup",
        {"CacheNodeType": "cache.m5.large", "NumNodeGroups": 3, "ReplicasPerNodeGroup": 1},
        (6, 6, 6),
    ),
    ("AWS::ElastiCache::ReplicationGroup", {"CacheNodeType": "cache.m5.large", "NumCacheClusters": 2}, (2, 2, 2)),
    ("AWS::ElastiCache::ReplicationGroup", {"CacheNodeType": "cache.m5.large"}, (None, None, None)),
    ("AWS::MemoryDB::Cluster", {"NodeType": "db.r6g.large", "NumShards": 2}, (4, 4, 4)),
    ("AWS::Redshift::Cluster", {"NodeType": "ra3.xlplus"}, (1, 1, 1)),
    ("AWS::EC2::Instance", {"InstanceType": "m7g.large"}, (1, 1, 1)),
    (
        "AWS::EKS::Nodegroup",
        {"InstanceTypes": ["m7g.large"], "ScalingConfig": {"MinSize": 0, "DesiredSize": 1, "MaxSize": 5}},
        (0, 1, 5),
    ),
    (
        "AWS::Batch::ComputeEnvironment",
        {"ComputeResources": {"InstanceTypes": ["g5.xlarge"], "MinvCpus": 0, "MaxvCpus": 64}},
        (0, None, None),
    ),
    (
        "AWS::Batch::ComputeEnvironment",
        {"ComputeResources": {"InstanceTypes": ["g5.xlarge"], "MinvCpus": 8}},
        (None, None, None),
    ),
    (
        "AWS::SageMaker::Cluster",
        {"InstanceGroups": [{"InstanceType": "ml.p5.48xlarge", "InstanceCount": 16, "MinInstanceCount": 8}]},
        (8, 16, None),
    ),
    (
        "AWS::PCS::ComputeNodeGroup",
        {
            "InstanceConfigs": [{"InstanceType": "hpc7a.96xlarge"}],
            "ScalingConfiguration": {"MinInstanceCount": 0, "MaxInstanceCount": 9},
        },
        (0, None, 9),
    ),
]


@pytest.mark.parametrize(("resource_type", "properties", "count"), COUNTS)
def test_the_number_of_machines_is_told_as_far_as_the_template_says_it(
    resource_type: str, properties: Any, count: tuple[int | None, ...]
) -> None:
    assert tuple(only(resource_type, properties).count) == count


@pytest.mark.parametrize("wrong", [-1, 1.5, "two", True, [], {}, "1" * 30, 10**30])
def test_a_number_of_machines_that_is_none_is_unknown(wrong: Any) -> None:
    use = only(
        "AWS::SageMaker::EndpointConfig", variants({"InstanceType": "ml.g5.xlarge", "InitialInstanceCount": wrong})
    )
    assert use.count.desired is None


# --- conditions, parameters, what cannot be known --------------------------------------------------------------------


def test_a_type_and_a_count_under_the_same_condition_stay_together() -> None:
    variant = {
        "InstanceType": {"Fn::If": ["Prod", "ml.p4d.24xlarge", "ml.g5.xlarge"]},
        "InitialInstanceCount": {"Fn::If": ["Prod", 4, 1]},
    }
    uses = found_in("AWS::SageMaker::EndpointConfig", variants(variant), **PROD_SECTIONS)
    assert [(use.instance_type, use.count.desired, use.conditions) for use in uses] == [
        ("ml.p4d.24xlarge", 4, (("Prod", True),)),
        ("ml.g5.xlarge", 1, (("Prod", False),)),
    ]


def test_a_count_that_depends_on_something_else_is_told_by_its_bounds() -> None:
    variant = {"InstanceType": "ml.g5.xlarge", "InitialInstanceCount": {"Fn::If": ["Prod", 4, 1]}}
    (use,) = found_in("AWS::SageMaker::EndpointConfig", variants(variant), **PROD_SECTIONS)
    assert tuple(use.count) == (1, None, 4)


def test_the_condition_of_the_resource_comes_first_and_decides_those_inside() -> None:
    properties = variants({"InstanceType": {"Fn::If": ["Prod", "ml.p4d.24xlarge", "ml.g5.xlarge"]}})
    uses = found({"It": resource("AWS::SageMaker::EndpointConfig", properties, Condition="Prod")}, **PROD_SECTIONS)
    assert [(use.instance_type, use.conditions) for use in uses] == [("ml.p4d.24xlarge", (("Prod", True),))]


def test_a_resource_whose_condition_never_holds_is_no_use() -> None:
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    assert (
        found(
            {"It": resource("AWS::EC2::Instance", {"InstanceType": "p5.48xlarge"}, Condition="Never")}, Conditions=never
        )
        == []
    )


def test_a_variant_that_exists_under_a_condition_carries_it() -> None:
    maybe = {"Fn::If": ["Prod", {"InstanceType": "ml.g5.xlarge"}, NO_VALUE]}
    uses = found_in(
        "AWS::SageMaker::EndpointConfig", variants(maybe, {"InstanceType": "ml.m7g.large"}), **PROD_SECTIONS
    )
    assert [(use.instance_type, use.conditions) for use in uses] == [
        ("ml.g5.xlarge", (("Prod", True),)),
        ("ml.m7g.large", ()),
    ]


def test_the_default_of_a_parameter_is_told_with_its_origin() -> None:
    use = only(
        "AWS::EC2::Instance",
        {"InstanceType": {"Ref": "T"}},
        Parameters={"T": {"Type": "String", "Default": "g5.xlarge"}},
    )
    assert (use.instance_type, use.origin, use.admitted_only) == ("g5.xlarge", "default of parameter T", False)


def test_allowed_values_of_a_parameter_without_default_are_uses_that_are_merely_admitted() -> None:
    parameter = {"Type": "String", "AllowedValues": ["g5.xlarge", "inf2.xlarge"]}
    uses = found_in("AWS::EC2::Instance", {"InstanceType": {"Ref": "T"}}, Parameters={"T": parameter})
    assert [(use.instance_type, use.admitted_only) for use in uses] == [("g5.xlarge", True), ("inf2.xlarge", True)]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"Ref": "Stage"}, "parameter Stage has no default"),
        (7, "Properties.InstanceType is the number 7, where the name of an instance type is expected"),
        (["p5.48xlarge"], "Properties.InstanceType is a list, where the name of an instance type is expected"),
        ({"a": "b"}, "Properties.InstanceType is an object, where the name of an instance type is expected"),
        (True, "Properties.InstanceType is true, where the name of an instance type is expected"),
        (" ", 'Properties.InstanceType is the text " ", where the name of an instance type is expected'),
    ],
)
def test_a_type_that_cannot_be_resolved_is_an_unknown_use_with_the_reason(value: Any, sentence: str) -> None:
    use = only("AWS::SageMaker::NotebookInstance", {"InstanceType": value}, Parameters=STAGE)
    assert use.instance_type is None
    assert sentence in str(use.unknown)
    assert use.component is Component.SAGEMAKER_NOTEBOOK


def test_a_list_that_cannot_be_resolved_is_told_once_although_it_hides_several_places() -> None:
    use = only("AWS::SageMaker::EndpointConfig", {"ProductionVariants": {"Ref": "Stage"}}, Parameters=STAGE)
    assert use.property_path == "Properties.ProductionVariants"
    assert use.unknown is not None


def test_a_serverless_variant_names_no_machine() -> None:
    use = only(
        "AWS::SageMaker::EndpointConfig", variants({"VariantName": "a", "ServerlessConfig": {"MemorySizeInMB": 4096}})
    )
    assert use.component is Component.SAGEMAKER_SERVERLESS
    assert (use.instance_type, use.unknown, use.selection, use.architecture) == (None, None, None, None)


def test_a_variant_on_machines_or_serverless_by_condition_is_both() -> None:
    variant = {
        "InstanceType": {"Fn::If": ["Prod", "ml.g5.xlarge", NO_VALUE]},
        "ServerlessConfig": {"Fn::If": ["Prod", NO_VALUE, {"MemorySizeInMB": 1024}]},
    }
    uses = found_in("AWS::SageMaker::EndpointConfig", variants(variant), **PROD_SECTIONS)
    assert [(use.component, use.conditions) for use in uses] == [
        (Component.SAGEMAKER_HOSTING, (("Prod", True),)),
        (Component.SAGEMAKER_SERVERLESS, (("Prod", False),)),
    ]


# --- declared workloads ------------------------------------------------------------------------------------------------


def test_a_workload_declared_by_name_goes_before_that_of_the_resource() -> None:
    block = {"Workload": {"Task": "inference"}, "Workloads": {"small": {"Task": "classification"}}}
    properties = variants(
        {"VariantName": "main", "InstanceType": "ml.g5.xlarge"},
        {"VariantName": "small", "InstanceType": "ml.m7g.large"},
    )
    uses = found({"It": resource("AWS::SageMaker::EndpointConfig", properties, Metadata={"LeanSilicon": block})})
    assert [use.task for use in uses] == [Task.INFERENCE, Task.CLASSIFICATION]
    assert [use.task_is_assumed for use in uses] == [False, False]


@pytest.mark.parametrize(
    ("workloads", "problem"),
    [
        ([], "Workloads is a list of 0 items; it must be a mapping of names to workloads"),
        ({"main": {"Tusk": 1}}, "Workloads.main: Workload has an unknown key 'Tusk'"),
    ],
)
def test_workloads_that_are_not_understood_are_named(workloads: Any, problem: str) -> None:
    metadata = {"LeanSilicon": {"Workloads": workloads}}
    (use,) = found({"It": resource("AWS::EC2::Instance", {"InstanceType": "m7g.large"}, Metadata=metadata)})
    assert any(each.startswith(problem) for each in use.resource.declaration.problems)


def test_an_instance_group_of_hyperpod_may_declare_its_own_workload() -> None:
    block = {"Workloads": {"workers": {"Task": "pre-training"}}}
    groups = [{"InstanceGroupName": name, "InstanceType": "ml.p5.48xlarge"} for name in ("controller", "workers")]
    uses = found(
        {"It": resource("AWS::SageMaker::Cluster", {"InstanceGroups": groups}, Metadata={"LeanSilicon": block})}
    )
    assert [use.task for use in uses] == [None, Task.PRE_TRAINING]


# --- launch templates and groups -----------------------------------------------------------------------------------------

TEMPLATE = resource(
    "AWS::EC2::LaunchTemplate",
    {"LaunchTemplateData": {"InstanceType": "g5.xlarge", "InstanceMarketOptions": {"MarketType": "spot"}}},
)


@pytest.mark.parametrize(
    "reference",
    [
        {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"},
        {"LaunchTemplateId": {"Fn::GetAtt": ["Template", "LaunchTemplateId"]}},
        {"LaunchTemplateId": {"Fn::GetAtt": "Template.LaunchTemplateId"}},
        {"LaunchTemplateId": {"Fn::Sub": "${Template}"}},
        {"LaunchTemplateId": {"Fn::If": ["Prod", {"Ref": "Template"}, {"Ref": "Template"}]}},
    ],
)
def test_a_group_has_the_type_of_its_launch_template_which_is_not_told_twice(reference: Any) -> None:
    group = resource(
        "AWS::AutoScaling::AutoScalingGroup", {"MinSize": "1", "MaxSize": "4", "LaunchTemplate": reference}
    )
    uses = found({"Template": TEMPLATE, "Group": group}, **PROD_SECTIONS)
    assert {(use.resource.logical_id, use.instance_type, use.spot, tuple(use.count)) for use in uses} == {
        ("Group", "g5.xlarge", True, (1, 1, 4))
    }
    assert {use.property_path for use in uses} == {"Properties.LaunchTemplate"}
    assert {use.origin for use in uses} == {"launch template Template"}


def test_a_launch_template_may_be_named() -> None:
    template = resource(
        "AWS::EC2::LaunchTemplate", {"LaunchTemplateName": "gpu", "LaunchTemplateData": {"InstanceType": "g5.xlarge"}}
    )
    group = resource("AWS::AutoScaling::AutoScalingGroup", {"LaunchTemplate": {"LaunchTemplateName": "gpu"}})
    assert [(use.resource.logical_id, use.instance_type) for use in found({"T": template, "G": group})] == [
        ("G", "g5.xlarge")
    ]


def test_a_launch_template_that_nothing_uses_is_told_by_itself() -> None:
    (use,) = found({"Template": TEMPLATE})
    assert use.property_path == "Properties.LaunchTemplateData.InstanceType"


def test_a_launch_template_declares_for_what_starts_from_it() -> None:
    declared = {**TEMPLATE, "Metadata": {"LeanSilicon": {"Workload": {"Task": "inference"}}}}
    group = resource("AWS::AutoScaling::AutoScalingGroup", {"LaunchTemplate": {"LaunchTemplateId": {"Ref": "T"}}})
    (use,) = found({"T": declared, "G": group})
    assert use.task is Task.INFERENCE


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        ({"LaunchTemplate": {"LaunchTemplateId": "lt-1"}}, "the launch template lt-1 is no resource of this template"),
        (
            {"LaunchTemplate": {"LaunchTemplateId": {"Fn::ImportValue": "x"}}},
            "the launch template is no resource of this template",
        ),
        ({"LaunchTemplate": {}}, "Properties.LaunchTemplate identifies no launch template"),
        ({"LaunchTemplate": {"LaunchTemplateId": {"Ref": "Bare"}}}, "launch template Bare names no instance type"),
        ({"LaunchTemplate": "lt-1"}, 'Properties.LaunchTemplate is the text "lt-1", where an object is expected'),
        ({"LaunchConfigurationName": "old"}, "the launch configuration old is no resource of this template"),
    ],
)
def test_a_group_whose_template_cannot_be_followed_is_unknown(properties: Any, sentence: str) -> None:
    bare = resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"ImageId": "ami-1"}})
    (use,) = found({"Bare": bare, "Group": resource("AWS::AutoScaling::AutoScalingGroup", properties)})
    assert use.unknown == sentence


def test_a_group_follows_its_launch_configuration() -> None:
    configuration = resource("AWS::AutoScaling::LaunchConfiguration", {"InstanceType": "p3.2xlarge", "SpotPrice": "1"})
    group = resource(
        "AWS::AutoScaling::AutoScalingGroup", {"LaunchConfigurationName": {"Ref": "C"}, "MinSize": 0, "MaxSize": 1}
    )
    (use,) = found({"C": configuration, "G": group})
    assert (use.instance_type, use.spot, tuple(use.count)) == ("p3.2xlarge", True, (0, 0, 1))


def mixed(overrides: Any, **distribution: Any) -> dict[str, Any]:
    specification = {"LaunchTemplateSpecification": {"LaunchTemplateId": {"Ref": "Template"}}, "Overrides": overrides}
    policy = {"LaunchTemplate": specification, "InstancesDistribution": distribution}
    return resource("AWS::AutoScaling::AutoScalingGroup", {"MinSize": 1, "MaxSize": 9, "MixedInstancesPolicy": policy})


def test_mixed_instances_are_one_selection() -> None:
    group = mixed(
        [{"InstanceType": "g5.xlarge"}, {"InstanceType": "g6.xlarge"}], OnDemandPercentageAboveBaseCapacity=50
    )
    (use,) = found({"Template": TEMPLATE, "Group": group})
    assert use.selection is not None
    assert use.selection.admitted == ("g5.xlarge", "g6.xlarge")
    assert use.selection.requirements == {"Overrides": ["g5.xlarge", "g6.xlarge"]}
    assert (use.property_path, use.spot) == ("Properties.MixedInstancesPolicy.LaunchTemplate.Overrides", True)
    assert tuple(use.count) == (1, 1, 9)


def test_weights_are_not_machines() -> None:
    group = mixed([{"InstanceType": "g5.xlarge", "WeightedCapacity": "2"}, {"InstanceType": "g6.xlarge"}])
    (use,) = found({"Template": TEMPLATE, "Group": group})
    assert tuple(use.count) == (None, None, None)


@pytest.mark.parametrize(
    ("percentage", "spot"), [(100, False), ("0", True), ({"Ref": "Stage"}, None), ("half", None), ([], None)]
)
def test_whether_capacity_is_interruptible_is_unknown_where_its_share_is(percentage: Any, spot: bool | None) -> None:
    group = mixed([{"InstanceType": "m7g.large"}], OnDemandPercentageAboveBaseCapacity=percentage)
    uses = found({"Template": TEMPLATE, "Group": group}, Parameters=STAGE)
    assert [use.spot for use in uses] == [spot]


def test_sizes_in_vcpus_are_not_machines() -> None:
    group = resource(
        "AWS::AutoScaling::AutoScalingGroup",
        {
            "MinSize": 64,
            "MaxSize": 64,
            "DesiredCapacityType": "vcpu",
            "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}},
        },
    )
    (use,) = found({"Template": TEMPLATE, "Group": group})
    assert tuple(use.count) == (None, None, None)


def test_mixed_instances_without_overrides_take_the_launch_template() -> None:
    (use,) = found({"Template": TEMPLATE, "Group": mixed([])})
    assert (use.instance_type, use.spot) == ("g5.xlarge", True)


def test_an_override_may_name_attributes_or_another_template() -> None:
    other = resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"InstanceType": "trn1.2xlarge"}})
    group = mixed(
        [
            {"InstanceRequirements": REQUIREMENTS},
            {"LaunchTemplateSpecification": {"LaunchTemplateId": {"Ref": "Other"}}},
        ]
    )
    (use,) = found({"Template": TEMPLATE, "Other": other, "Group": group})
    assert use.selection is not None
    assert {"inf2.xlarge", "trn1.2xlarge"} <= set(use.selection.admitted)


def test_an_item_of_a_list_that_is_unknown_is_told_beside_the_known_ones() -> None:
    uses = found_in("AWS::EKS::Nodegroup", {"InstanceTypes": ["g5.xlarge", {"Ref": "Stage"}]}, Parameters=STAGE)
    assert [(use.property_path, use.instance_type, use.unknown is None) for use in uses] == [
        ("Properties.InstanceTypes[1]", None, False),
        ("Properties.InstanceTypes[0]", "g5.xlarge", True),
    ]


def test_a_list_under_conditions_is_one_use_for_each_outcome() -> None:
    either = {"Fn::If": ["Prod", "p5.48xlarge", "g5.xlarge"]}
    uses = found_in("AWS::EKS::Nodegroup", {"InstanceTypes": [either, "g6.xlarge", either]}, **PROD_SECTIONS)
    assert [(use.selection.admitted if use.selection else (), use.conditions) for use in uses] == [
        (("p5.48xlarge", "g6.xlarge"), (("Prod", True),)),
        (("g5.xlarge", "g6.xlarge"), (("Prod", False),)),
    ]


def test_a_list_with_too_many_outcomes_is_unknown() -> None:
    parameters = {f"P{index}": {"Type": "String"} for index in range(8)}
    conditions = {f"C{index}": {"Fn::Equals": [{"Ref": f"P{index}"}, "yes"]} for index in range(8)}
    choices = [{"Fn::If": [name, "p5.48xlarge", "g5.xlarge"]} for name in conditions]
    use = only("AWS::EKS::Nodegroup", {"InstanceTypes": choices}, Conditions=conditions, Parameters=parameters)
    assert "more than 64 combinations" in str(use.unknown)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, ("t3.medium", "default of EKS managed node groups")),
        ({"InstanceTypes": []}, ("t3.medium", "default of EKS managed node groups")),
        ({"LaunchTemplate": {"Id": {"Ref": "Template"}}}, ("g5.xlarge", "launch template Template")),
        ({"LaunchTemplate": {"Id": {"Ref": "Bare"}}}, ("t3.medium", "default of EKS managed node groups")),
        ({"LaunchTemplate": {"Id": "lt-1"}}, (None, None)),
    ],
)
def test_a_node_group_takes_its_types_its_templates_or_the_default(
    properties: Any, expected: tuple[str | None, str | None]
) -> None:
    bare = resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {}})
    uses = found({"Template": TEMPLATE, "Bare": bare, "Nodes": resource("AWS::EKS::Nodegroup", properties)})
    (use,) = [use for use in uses if use.resource.logical_id == "Nodes"]
    assert (use.instance_type, use.origin) == expected


def test_a_default_holds_only_under_the_condition_that_nothing_is_named() -> None:
    properties = {"InstanceTypes": {"Fn::If": ["Prod", ["g5.xlarge"], NO_VALUE]}}
    uses = found_in("AWS::EKS::Nodegroup", properties, **PROD_SECTIONS)
    assert [(use.instance_type, use.conditions) for use in uses] == [
        ("g5.xlarge", (("Prod", True),)),
        ("t3.medium", (("Prod", False),)),
    ]


def test_an_instance_that_names_nothing_is_unknown_because_no_default_is_documented() -> None:
    assert "EC2 documents no default" in str(only("AWS::EC2::Instance", {"ImageId": "ami-1"}).unknown)


def test_a_fleet_admits_what_its_templates_and_overrides_name() -> None:
    configs = [
        {"LaunchTemplateSpecification": {"LaunchTemplateId": {"Ref": "Template"}}},
        {
            "LaunchTemplateSpecification": {"LaunchTemplateId": {"Ref": "Template"}},
            "Overrides": [{"InstanceType": "g6.xlarge"}],
        },
    ]
    capacity = {"TotalTargetCapacity": 5, "DefaultTargetCapacityType": "spot"}
    fleet = resource("AWS::EC2::EC2Fleet", {"LaunchTemplateConfigs": configs, "TargetCapacitySpecification": capacity})
    (use,) = found({"Template": TEMPLATE, "Fleet": fleet})
    assert use.selection is not None
    assert use.selection.admitted == ("g5.xlarge", "g6.xlarge")
    assert (use.count.desired, use.spot) == (5, True)


def test_a_spot_fleet_is_interruptible() -> None:
    data = {"TargetCapacity": 2, "LaunchSpecifications": [{"InstanceType": "p3.2xlarge"}]}
    use = only("AWS::EC2::SpotFleet", {"SpotFleetRequestConfigData": data})
    assert (use.instance_type, use.spot, use.count.desired) == ("p3.2xlarge", True, 2)


# --- flexible places of other services --------------------------------------------------------------------------------------


def test_hyperpod_groups_may_be_flexible_and_interruptible() -> None:
    group = {
        "InstanceGroupName": "workers",
        "InstanceRequirements": {"InstanceTypes": ["ml.p5.48xlarge", "ml.p5e.48xlarge"]},
        "CapacityRequirements": {"Spot": {}},
        "InstanceCount": 4,
    }
    use = only("AWS::SageMaker::Cluster", {"InstanceGroups": [group]})
    assert use.selection is not None
    assert use.selection.admitted == ("ml.p5.48xlarge", "ml.p5e.48xlarge")
    assert (use.spot, use.count.desired) == (True, 4)


def test_a_variant_with_pools_of_instances_is_a_selection() -> None:
    pools = [{"InstanceType": "ml.g6.xlarge", "Priority": 1}, {"InstanceType": "ml.g5.xlarge", "Priority": 2}]
    use = only("AWS::SageMaker::EndpointConfig", variants({"InstancePools": pools}))
    assert use.selection is not None
    assert use.selection.admitted == ("ml.g6.xlarge", "ml.g5.xlarge")


def test_an_inference_component_asks_for_accelerators_of_any_type() -> None:
    specification = {
        "ComputeResourceRequirements": {"NumberOfAcceleratorDevicesRequired": 4, "MinMemoryRequiredInMb": 1024}
    }
    use = only("AWS::SageMaker::InferenceComponent", {"Specification": specification, "EndpointName": "e"})
    assert use.selection is not None
    assert "ml.g5.12xlarge" in use.selection.admitted
    assert "ml.g5.xlarge" not in use.selection.admitted
    assert use.selection.requirements == {"NumberOfAcceleratorDevicesRequired": 4}


def test_an_inference_component_without_accelerators_asks_for_no_silicon() -> None:
    specification = {
        "ComputeResourceRequirements": {"NumberOfCpuCoresRequired": 2, "NumberOfAcceleratorDevicesRequired": 0}
    }
    assert found_in("AWS::SageMaker::InferenceComponent", {"Specification": specification}) == []


@pytest.mark.parametrize("wrong", [{"Ref": "Stage"}, 0.5, "many", [1]])
def test_a_number_of_accelerators_that_cannot_be_read_is_unknown(wrong: Any) -> None:
    specification = {"ComputeResourceRequirements": {"NumberOfAcceleratorDevicesRequired": wrong}}
    use = only("AWS::SageMaker::InferenceComponent", {"Specification": specification}, Parameters=STAGE)
    assert use.selection is None
    assert use.unknown is not None


def test_a_list_that_names_one_type_twice_is_no_choice() -> None:
    use = only("AWS::EKS::Nodegroup", {"InstanceTypes": ["g5.xlarge", "g5.xlarge"]})
    assert (use.instance_type, use.selection) == ("g5.xlarge", None)


def test_batch_families_and_bundles_are_selections_and_unknown_words_are_names() -> None:
    def compute(*names: str) -> SiliconUse:
        return only(
            "AWS::Batch::ComputeEnvironment", {"ComputeResources": {"Type": "EC2", "InstanceTypes": list(names)}}
        )

    family = compute("p3", "g5.xlarge")
    assert family.selection is not None
    assert {"p3.2xlarge", "p3.16xlarge", "g5.xlarge"} <= set(family.selection.admitted)
    assert family.selection.requirements == {"InstanceTypes": ["p3", "g5.xlarge"]}
    assert compute("nonsense").instance_type == "nonsense"
    assert compute("g5.xlarge").instance_type == "g5.xlarge"


def test_batch_on_fargate_names_an_architecture() -> None:
    container = {"Image": "x", "RuntimePlatform": {"CpuArchitecture": "ARM64"}}
    properties = {"Type": "container", "PlatformCapabilities": ["FARGATE"], "ContainerProperties": container}
    assert only("AWS::Batch::JobDefinition", properties).architecture == "arm64"
    assert found_in("AWS::Batch::JobDefinition", {**properties, "PlatformCapabilities": ["EC2"]}) == []


def test_an_ecs_provider_of_managed_instances_is_a_selection() -> None:
    template = {"InstanceRequirements": REQUIREMENTS, "CapacityOptionType": "SPOT"}
    use = only("AWS::ECS::CapacityProvider", {"ManagedInstancesProvider": {"InstanceLaunchTemplate": template}})
    assert use.selection is not None
    assert "inf2.xlarge" in use.selection.admitted
    assert (use.component, use.spot) == (Component.ECS, True)


def test_a_list_of_allowed_types_and_nothing_else_is_taken_as_it_is_written() -> None:
    allowed = {"AllowedInstanceTypes": ["g5.xlarge", "no.such"]}
    template = {"InstanceRequirements": allowed}
    use = only("AWS::ECS::CapacityProvider", {"ManagedInstancesProvider": {"InstanceLaunchTemplate": template}})
    assert use.selection is not None
    assert use.selection.admitted == ("g5.xlarge", "no.such")


def test_attributes_that_cannot_be_resolved_are_unknown() -> None:
    data = {"InstanceRequirements": {"VCpuCount": {"Min": {"Ref": "Stage"}}}}
    use = only("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data}, Parameters=STAGE)
    assert "parameter Stage" in str(use.unknown)


def test_emr_fleets_are_selections_counted_in_weights() -> None:
    fleet = {
        "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge"}, {"InstanceType": "m6g.xlarge"}],
        "TargetSpotCapacity": 4,
    }
    use = only("AWS::EMR::Cluster", {"Instances": {"CoreInstanceFleet": fleet}})
    assert use.selection is not None
    assert (use.selection.admitted, use.spot, tuple(use.count)) == (
        ("m5.xlarge", "m6g.xlarge"),
        True,
        (None, None, None),
    )


# --- architectures -----------------------------------------------------------------------------------------------------------

ARCHITECTURES: list[tuple[str, Any, str | None, str | None]] = [
    ("AWS::Lambda::Function", {}, "x86_64", "default of AWS Lambda"),
    ("AWS::Lambda::Function", {"Architectures": ["arm64"]}, "arm64", None),
    ("AWS::ECS::TaskDefinition", {"RequiresCompatibilities": ["FARGATE"]}, "x86_64", "default of AWS Fargate"),
    (
        "AWS::ECS::TaskDefinition",
        {"RequiresCompatibilities": ["EC2", "FARGATE"], "RuntimePlatform": {"CpuArchitecture": "ARM64"}},
        "arm64",
        None,
    ),
    ("AWS::CodeBuild::Project", {"Environment": {"Type": "ARM_CONTAINER"}}, "arm64", None),
    ("AWS::CodeBuild::Project", {"Environment": {"Type": "LINUX_GPU_CONTAINER"}}, "x86_64", None),
    ("AWS::EMRServerless::Application", {}, "x86_64", "default of EMR Serverless"),
    ("AWS::BedrockAgentCore::Runtime", {}, "arm64", "the architecture of AgentCore"),
]


@pytest.mark.parametrize(("resource_type", "properties", "architecture", "origin"), ARCHITECTURES)
def test_a_place_without_types_names_an_architecture(
    resource_type: str, properties: Any, architecture: str, origin: str | None
) -> None:
    use = only(resource_type, properties)
    assert (use.architecture, use.origin, use.instance_type, use.unknown) == (architecture, origin, None, None)


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("AWS::ECS::TaskDefinition", {"RequiresCompatibilities": ["EC2"]}),
        ("AWS::ECS::TaskDefinition", {}),
        (
            "AWS::ECS::TaskDefinition",
            {
                "RequiresCompatibilities": ["FARGATE"],
                "RuntimePlatform": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
            },
        ),
        ("AWS::CodeBuild::Project", {"Environment": {"Type": "WINDOWS_SERVER_2022_CONTAINER"}}),
        ("AWS::BedrockAgentCore::Runtime", {"CapacityProviderConfiguration": {"CapacityProviderArn": "arn"}}),
    ],
)
def test_where_aws_leaves_no_choice_there_is_no_use(resource_type: str, properties: Any) -> None:
    assert found_in(resource_type, properties) == []


def test_a_place_counts_where_it_is_unknown_whether_it_does() -> None:
    use = only("AWS::ECS::TaskDefinition", {"RequiresCompatibilities": {"Ref": "Stage"}}, Parameters=STAGE)
    assert use.architecture == "x86_64"


@pytest.mark.parametrize("value", [["sparc"], "arm64", [7], {"Ref": "Stage"}])
def test_an_architecture_that_is_none_is_unknown(value: Any) -> None:
    use = only("AWS::Lambda::Function", {"Architectures": value}, Parameters=STAGE)
    assert use.architecture is None
    assert use.unknown is not None


def test_a_function_of_sam_takes_the_architecture_of_the_globals() -> None:
    sections = {"Globals": {"Function": {"Architectures": ["arm64"]}}, "Transform": "AWS::Serverless-2016-10-31"}
    use = only("AWS::Serverless::Function", {"Runtime": "python3.13"}, **sections)
    assert (use.architecture, use.origin) == ("arm64", "Globals.Function.Architectures[0]")
    assert only("AWS::Serverless::Function", {"Architectures": ["x86_64"]}, **sections).architecture == "x86_64"
    assert only("AWS::Serverless::Function", {}).architecture == "x86_64"


# --- templates of others ---------------------------------------------------------------------------------------------------


def test_uses_come_in_the_order_of_the_template(root: Path) -> None:
    app = read_app([root / "tests" / "data" / "templates" / "eks.json"])
    (template,) = app.templates
    order = list(template.resources)
    positions = [order.index(use.resource.logical_id) for use in silicon_uses(template)]
    assert positions == sorted(positions)


@pytest.mark.requires_shared
def test_the_public_templates_are_read_without_a_use_that_they_do_not_hold(shared: Path) -> None:
    app = read_app([shared / "corpus"])
    uses = [use for template in app.templates for use in silicon_uses(template)]
    assert len(uses) > 200
    for use in uses:
        if use.instance_type is not None and use.origin != "default of EKS managed node groups":
            assert use.instance_type in Path(use.resource.template.path).read_text(encoding="utf-8")
        if use.unknown is not None:
            assert use.instance_type is None
            assert len(use.unknown) > 10


@pytest.mark.requires_shared
def test_every_type_that_a_public_template_writes_out_is_found(shared: Path) -> None:
    app = read_app([shared / "corpus"])
    for template in app.templates:
        uses = list(silicon_uses(template))
        for it in template.resources.values():
            written = it.properties.get("InstanceType", it.properties.get("DBInstanceClass"))
            if isinstance(written, str) and it.type in ("AWS::EC2::Instance", "AWS::RDS::DBInstance"):
                assert written in [use.instance_type for use in uses if use.resource is it]
