"""Where managed compute asks for silicon: Lambda, CodeBuild, EMR, AgentCore."""

from __future__ import annotations

from lean_silicon.catalog import Component
from lean_silicon.templates.places.place import (
    AnyOf,
    Architecture,
    Counts,
    DefaultArchitecture,
    Place,
    Spot,
    Type,
    When,
)

_GUIDE = "CloudFormation Template Reference"
_ON_LAMBDA = DefaultArchitecture("x86_64", "default of AWS Lambda")
_INSTANCES = "Instances"
_BID = Spot("Market", values=("SPOT",))


def _codebuild(resource_type: str, path: str, counts: Counts = Counts()) -> Place:  # noqa: B008 - immutable
    """A build machine, of which AWS lets the architecture be chosen."""
    return Place(
        resource_type,
        (Architecture(path),),
        Component.CODEBUILD,
        f"{_GUIDE}, {resource_type}",
        counts=counts,
        spot=False,
        when=(When(path, unlike="WINDOWS*"),),
        note="Windows is left out: AWS offers it on x86_64 only",
    )


def _emr_group(of: str, item: str, documentation: str) -> Place:
    """Machines of one type in an EMR cluster."""
    return Place(
        of,
        (Type("InstanceType"),),
        Component.EMR,
        documentation,
        item=item,
        name="Name",
        counts=Counts(desired="InstanceCount"),
        spot=_BID,
    )


def _emr_fleet(of: str, item: str, documentation: str) -> Place:
    """Machines of any of several types in an EMR cluster; its targets are counted in weights."""
    return Place(
        of,
        (AnyOf("InstanceTypeConfigs", (Type("InstanceType"),)),),
        Component.EMR,
        documentation,
        item=item,
        name="Name",
        spot=Spot("TargetSpotCapacity", above=0),
        note="targets are weights, not machines",
    )


_EMR = f"{_GUIDE}, AWS::EMR::Cluster JobFlowInstancesConfig"

MANAGED: tuple[Place, ...] = (
    Place(
        "AWS::Lambda::Function",
        (Architecture("Architectures[0]"), _ON_LAMBDA),
        Component.LAMBDA,
        f"{_GUIDE}, AWS::Lambda::Function",
        spot=False,
        note="layers run nothing",
    ),
    Place(
        "AWS::Serverless::Function",
        (Architecture("Architectures[0]", template_path="Globals.Function.Architectures[0]"), _ON_LAMBDA),
        Component.LAMBDA,
        "AWS SAM Developer Guide, AWS::Serverless::Function",
        spot=False,
    ),
    _codebuild("AWS::CodeBuild::Project", "Environment.Type"),
    _codebuild("AWS::CodeBuild::Fleet", "EnvironmentType", Counts(minimum="BaseCapacity")),
    Place(
        "AWS::CodeBuild::Fleet",
        (Type("ComputeConfiguration.instanceType"),),
        Component.EC2,
        f"{_GUIDE}, AWS::CodeBuild::Fleet ComputeConfiguration",
        counts=Counts(minimum="BaseCapacity"),
        spot=False,
    ),
    *(
        _emr_group("AWS::EMR::Cluster", f"{_INSTANCES}.{group}", _EMR)
        for group in ("MasterInstanceGroup", "CoreInstanceGroup", "TaskInstanceGroups[]")
    ),
    *(
        _emr_fleet("AWS::EMR::Cluster", f"{_INSTANCES}.{fleet}", _EMR)
        for fleet in ("MasterInstanceFleet", "CoreInstanceFleet", "TaskInstanceFleets[]")
    ),
    _emr_group("AWS::EMR::InstanceGroupConfig", "", f"{_GUIDE}, AWS::EMR::InstanceGroupConfig"),
    _emr_fleet("AWS::EMR::InstanceFleetConfig", "", f"{_GUIDE}, AWS::EMR::InstanceFleetConfig"),
    Place(
        "AWS::EMRServerless::Application",
        (Architecture("Architecture"), DefaultArchitecture("x86_64", "default of EMR Serverless")),
        Component.EMR,
        "Amazon EMR Serverless User Guide, Amazon EMR Serverless architecture options",
        spot=False,
    ),
    Place(
        "AWS::BedrockAgentCore::Runtime",
        (DefaultArchitecture("arm64", "the architecture of AgentCore"),),
        Component.AGENTCORE,
        "Amazon Bedrock AgentCore Developer Guide, Get started without the starter toolkit",
        spot=False,
        when=(When("CapacityProviderConfiguration", unlike="*"),),
        note="AgentCore runs arm64 containers; with a capacity provider the provider's machines count instead",
    ),
)
"""Rows of the table for managed compute."""

_EMR_API = "Amazon EMR API Reference"


def _emr_requests(of: str) -> tuple[Place, ...]:
    """A request that starts a cluster, whose groups and fleets are lists."""
    return (
        _emr_group(of, f"{_INSTANCES}.InstanceGroups[]", f"{_EMR_API}, InstanceGroupConfig"),
        _emr_fleet(of, f"{_INSTANCES}.InstanceFleets[]", f"{_EMR_API}, InstanceFleetConfig"),
        *(
            Place(of, (Type(key),), Component.EMR, f"{_EMR_API}, JobFlowInstancesConfig", item=_INSTANCES, spot=False)
            for key in ("MasterInstanceType", "SlaveInstanceType")
        ),
    )


MANAGED_CALLS: tuple[Place, ...] = (
    *_emr_requests("emr:runJobFlow"),
    *_emr_requests("elasticmapreduce:createCluster"),
    _emr_group("emr:addInstanceGroups", "InstanceGroups[]", f"{_EMR_API}, InstanceGroupConfig"),
    _emr_fleet("emr:addInstanceFleet", "InstanceFleet", f"{_EMR_API}, InstanceFleetConfig"),
)
"""Rows of the table for requests about managed compute that no CloudFormation type makes."""
