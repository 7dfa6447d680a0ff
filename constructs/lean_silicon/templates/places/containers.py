"""Where the services that run containers and jobs ask for silicon: Amazon EKS, Amazon ECS, AWS Batch, AWS Fargate."""

from __future__ import annotations

from lean_silicon.catalog import Component
from lean_silicon.templates.places.compute import launch_template
from lean_silicon.templates.places.place import (
    AnyOf,
    Architecture,
    Attributes,
    Counts,
    DefaultArchitecture,
    DefaultType,
    Families,
    Figure,
    Place,
    Spot,
    Type,
    When,
)

_GUIDE = "CloudFormation Template Reference"
_ON_FARGATE = DefaultArchitecture("x86_64", "default of AWS Fargate")
_SYSTEM = "RuntimePlatform.OperatingSystemFamily"
_ONE_ARCHITECTURE_ONLY = "Windows containers are left out: AWS offers them on x86_64 only"


def _batch_on_fargate(container: str, when: str) -> Place:
    """A job that names an architecture because it runs on Fargate."""
    return Place(
        "AWS::Batch::JobDefinition",
        (Architecture("RuntimePlatform.CpuArchitecture"), _ON_FARGATE),
        Component.FARGATE,
        f"{_GUIDE}, AWS::Batch::JobDefinition RuntimePlatform",
        item=container,
        when=(When(when, like="FARGATE", absent=False), When(_SYSTEM, unlike="WINDOWS*")),
        note=_ONE_ARCHITECTURE_ONLY,
    )


CONTAINERS: tuple[Place, ...] = (
    Place(
        "AWS::EKS::Nodegroup",
        (
            AnyOf("InstanceTypes", (Type(),)),
            launch_template("LaunchTemplate", ("Id", "Name"), follow=True),
            DefaultType("t3.medium", "default of EKS managed node groups"),
        ),
        Component.EKS,
        f"{_GUIDE}, AWS::EKS::Nodegroup",
        name="NodegroupName",
        counts=Counts("ScalingConfig.MinSize", "ScalingConfig.DesiredSize", "ScalingConfig.MaxSize"),
        spot=Spot("CapacityType", values=("SPOT",)),
    ),
    Place(
        "AWS::EKS::Cluster",
        (Type("ControlPlaneInstanceType"),),
        Component.EKS,
        f"{_GUIDE}, AWS::EKS::Cluster OutpostConfig",
        item="OutpostConfig",
        spot=False,
    ),
    Place(
        "AWS::EKS::Cluster",
        (Type("EtcdInstanceType"),),
        Component.EKS,
        f"{_GUIDE}, AWS::EKS::Cluster OutpostConfig",
        item="OutpostConfig",
        spot=False,
        note="Auto Mode (ComputeConfig) names no type: its node pools do, in manifests",
    ),
    Place(
        "AWS::Batch::ComputeEnvironment",
        (AnyOf("InstanceTypes", (Families(),)),),
        Component.BATCH,
        f"{_GUIDE}, AWS::Batch::ComputeEnvironment ComputeResources",
        item="ComputeResources",
        counts=Counts(
            Figure("MinvCpus", only_zero=True),
            Figure("DesiredvCpus", only_zero=True),
            Figure("MaxvCpus", only_zero=True),
        ),
        spot=Spot("Type", values=("SPOT",), absent=None),
        note="sizes are vCPUs, not machines: only 0 is a number of machines",
    ),
    Place(
        "AWS::Batch::ComputeEnvironment",
        (Attributes("InstanceLaunchTemplate.InstanceRequirements", price_protected=False),),
        Component.BATCH,
        f"{_GUIDE}, AWS::Batch::ComputeEnvironment ManagedInstancesProvider",
        item="ComputeResources.ManagedInstancesProvider",
        spot=Spot("InstanceLaunchTemplate.CapacityOptionType", values=("SPOT",)),
    ),
    Place(
        "AWS::Batch::JobDefinition",
        (Type("Container.InstanceType"),),
        Component.BATCH,
        f"{_GUIDE}, AWS::Batch::JobDefinition NodeRangeProperty",
        item="NodeProperties.NodeRangeProperties[]",
    ),
    Place(
        "AWS::Batch::JobDefinition",
        (AnyOf("InstanceTypes", (Families(),)),),
        Component.BATCH,
        f"{_GUIDE}, AWS::Batch::JobDefinition NodeRangeProperty",
        item="NodeProperties.NodeRangeProperties[]",
    ),
    _batch_on_fargate("ContainerProperties", "/PlatformCapabilities"),
    _batch_on_fargate("EcsProperties.TaskProperties[]", "/PlatformCapabilities"),
    Place(
        "AWS::ECS::TaskDefinition",
        (Architecture("RuntimePlatform.CpuArchitecture"), _ON_FARGATE),
        Component.FARGATE,
        f"{_GUIDE}, AWS::ECS::TaskDefinition RuntimePlatform",
        when=(When("RequiresCompatibilities", like="FARGATE", absent=False), When(_SYSTEM, unlike="WINDOWS*")),
        note=f"{_ONE_ARCHITECTURE_ONLY}; tasks on EC2 run on the machines of an Auto Scaling group",
    ),
    Place(
        "AWS::ECS::CapacityProvider",
        (Attributes("InstanceRequirements"),),
        Component.ECS,
        f"{_GUIDE}, AWS::ECS::CapacityProvider InstanceLaunchTemplate",
        item="ManagedInstancesProvider.InstanceLaunchTemplate",
        spot=Spot("CapacityOptionType", values=("SPOT",)),
        note="without InstanceRequirements ECS chooses by the tasks, and names no type",
    ),
)
"""Rows of the table for containers and jobs."""

CONTAINER_CALLS: tuple[Place, ...] = (
    Place(
        "batch:submitJob",
        (Type("ContainerOverrides.InstanceType"),),
        Component.BATCH,
        "AWS Batch API Reference, ContainerOverrides",
    ),
    Place(
        "batch:submitJob",
        (Type("ContainerOverrides.InstanceType"),),
        Component.BATCH,
        "AWS Batch API Reference, NodePropertyOverride",
        item="NodeOverrides.NodePropertyOverrides[]",
    ),
)
"""Rows of the table for requests about containers that no CloudFormation type makes."""
