"""Where Amazon EC2 and the services that start EC2 machines in the account ask for silicon."""

from __future__ import annotations

from lean_silicon.catalog import Component
from lean_silicon.sizing import Task
from lean_silicon.templates.places.place import (
    AnyOf,
    Attributes,
    Counts,
    Figure,
    Place,
    Reference,
    Spot,
    Type,
    Unsaid,
    When,
)

_GUIDE = "CloudFormation Template Reference"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"
LAUNCH_CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
_BY = ("LaunchTemplateId", "LaunchTemplateName")

_IN_UNITS = When("DesiredCapacityType", like="units")
_GROUP_COUNTS = Counts("MinSize", Figure("DesiredCapacity", absent=Figure("MinSize")), "MaxSize")


def launch_template(path: str, by: tuple[str, ...] = _BY, *, follow: bool = False) -> Reference:
    """A reference to a launch template by its id or its name."""
    return Reference(path, LAUNCH_TEMPLATE, by, follow)


_TYPE_OR_ATTRIBUTES = (Type("InstanceType"), Attributes("InstanceRequirements"))
_FLEET_CONFIGS = AnyOf(
    "LaunchTemplateConfigs",
    (
        AnyOf("Overrides", _TYPE_OR_ATTRIBUTES, "WeightedCapacity"),
        launch_template("LaunchTemplateSpecification"),
    ),
)
_SPOT_FLEET = (_FLEET_CONFIGS, AnyOf("LaunchSpecifications", _TYPE_OR_ATTRIBUTES, "WeightedCapacity"))


EC2: tuple[Place, ...] = (
    Place(
        "AWS::EC2::Instance",
        (
            Type("InstanceType"),
            launch_template("LaunchTemplate", follow=True),
            Unsaid("neither InstanceType nor a launch template names a type, and EC2 documents no default"),
        ),
        Component.EC2,
        f"{_GUIDE}, AWS::EC2::Instance",
        counts=Counts(1, 1, 1),
        spot=False,
        note="Spot where its launch template says so",
    ),
    Place(
        LAUNCH_TEMPLATE,
        (Type("LaunchTemplateData.InstanceType"), Attributes("LaunchTemplateData.InstanceRequirements")),
        Component.EC2,
        f"{_GUIDE}, {LAUNCH_TEMPLATE} LaunchTemplateData",
        spot=Spot("LaunchTemplateData.InstanceMarketOptions.MarketType", values=("spot",)),
        note="told where another resource of the template uses it; by itself only where none does",
    ),
    Place(
        LAUNCH_CONFIGURATION,
        (Type("InstanceType"),),
        Component.EC2,
        f"{_GUIDE}, {LAUNCH_CONFIGURATION}",
        spot=Spot("SpotPrice"),
        note="told where another resource of the template uses it; by itself only where none does",
    ),
    Place(
        "AWS::AutoScaling::AutoScalingGroup",
        (
            AnyOf(
                "MixedInstancesPolicy.LaunchTemplate.Overrides",
                (*_TYPE_OR_ATTRIBUTES, launch_template("LaunchTemplateSpecification")),
                "WeightedCapacity",
            ),
            launch_template("MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"),
        ),
        Component.EC2,
        f"{_GUIDE}, AWS::AutoScaling::AutoScalingGroup MixedInstancesPolicy",
        counts=_GROUP_COUNTS,
        counted=_IN_UNITS,
        spot=Spot("MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity", below=100),
    ),
    Place(
        "AWS::AutoScaling::AutoScalingGroup",
        (launch_template("LaunchTemplate"),),
        Component.EC2,
        f"{_GUIDE}, AWS::AutoScaling::AutoScalingGroup LaunchTemplateSpecification",
        counts=_GROUP_COUNTS,
        counted=_IN_UNITS,
    ),
    Place(
        "AWS::AutoScaling::AutoScalingGroup",
        (Reference("LaunchConfigurationName", LAUNCH_CONFIGURATION),),
        Component.EC2,
        f"{_GUIDE}, AWS::AutoScaling::AutoScalingGroup",
        counts=_GROUP_COUNTS,
    ),
    Place(
        "AWS::AutoScaling::AutoScalingGroup",
        (Reference("InstanceId", "AWS::EC2::Instance"),),
        Component.EC2,
        f"{_GUIDE}, AWS::AutoScaling::AutoScalingGroup",
        counts=_GROUP_COUNTS,
    ),
    Place(
        "AWS::EC2::EC2Fleet",
        (_FLEET_CONFIGS,),
        Component.EC2,
        f"{_GUIDE}, AWS::EC2::EC2Fleet FleetLaunchTemplateConfigRequest",
        counts=Counts(desired="TargetCapacitySpecification.TotalTargetCapacity"),
        counted=When("TargetCapacitySpecification.TargetCapacityUnitType", like="units"),
        spot=Spot("TargetCapacitySpecification.DefaultTargetCapacityType", values=("spot",)),
    ),
    Place(
        "AWS::EC2::SpotFleet",
        _SPOT_FLEET,
        Component.EC2,
        f"{_GUIDE}, AWS::EC2::SpotFleet SpotFleetRequestConfigData",
        item="SpotFleetRequestConfigData",
        counts=Counts(desired="TargetCapacity"),
        counted=When("TargetCapacityUnitType", like="units"),
        spot=True,
    ),
    Place(
        "AWS::EC2::CapacityReservation",
        (Type("InstanceType"),),
        Component.EC2,
        f"{_GUIDE}, AWS::EC2::CapacityReservation",
        spot=False,
        counts=Counts(desired="InstanceCount"),
        note="reserved machines are paid for whether they run or not",
    ),
    Place(
        "AWS::EC2::CapacityReservationFleet",
        (AnyOf("InstanceTypeSpecifications", (Type("InstanceType"),), "Weight"),),
        Component.EC2,
        f"{_GUIDE}, AWS::EC2::CapacityReservationFleet",
        counts=Counts(desired="TotalTargetCapacity"),
    ),
    Place(
        "AWS::EC2::Host",
        (Type("InstanceType"),),
        Component.EC2,
        f"{_GUIDE}, AWS::EC2::Host",
        note="a host for a whole family (InstanceFamily) names no type",
    ),
    Place(
        "AWS::PCS::ComputeNodeGroup",
        (AnyOf("InstanceConfigs", (Type("InstanceType"),)),),
        Component.EC2,
        f"{_GUIDE}, AWS::PCS::ComputeNodeGroup",
        name="Name",
        counts=Counts("ScalingConfiguration.MinInstanceCount", None, "ScalingConfiguration.MaxInstanceCount"),
        spot=Spot("PurchaseOption", values=("SPOT",)),
    ),
    Place(
        "AWS::ImageBuilder::InfrastructureConfiguration",
        (AnyOf("InstanceTypes", (Type(),)),),
        Component.EC2,
        f"{_GUIDE}, AWS::ImageBuilder::InfrastructureConfiguration",
    ),
    Place(
        "AWS::Cloud9::EnvironmentEC2",
        (Type("InstanceType"),),
        Component.EC2,
        f"{_GUIDE}, AWS::Cloud9::EnvironmentEC2",
        purpose=Task.INTERACTIVE,
        counts=Counts(1, 1, 1),
    ),
    Place(
        "AWS::WorkspacesInstances::WorkspaceInstance",
        (Type("ManagedInstance.InstanceType"),),
        Component.EC2,
        f"{_GUIDE}, AWS::WorkspacesInstances::WorkspaceInstance ManagedInstance",
        purpose=Task.INTERACTIVE,
        counts=Counts(1, 1, 1),
    ),
    Place(
        "AWS::Lambda::CapacityProvider",
        (AnyOf("InstanceRequirements.AllowedInstanceTypes", (Type(),)),),
        Component.EC2,
        f"{_GUIDE}, AWS::Lambda::CapacityProvider InstanceRequirements",
        spot=False,
        note="without AllowedInstanceTypes Lambda chooses, and names no type",
    ),
    Place(
        "AWS::Serverless::CapacityProvider",
        (AnyOf("InstanceRequirements.AllowedTypes", (Type(),)),),
        Component.EC2,
        "AWS SAM Developer Guide, AWS::Serverless::CapacityProvider InstanceRequirements",
        spot=False,
    ),
    Place(
        "AWS::BedrockAgentCore::CapacityProvider",
        (
            Attributes(
                "ComputeConfiguration.Ec2Configuration.LaunchTemplateSource.LaunchParameters.InstanceRequirements",
                price_protected=False,
            ),
        ),
        Component.EC2,
        f"{_GUIDE}, AWS::BedrockAgentCore::CapacityProvider LaunchParameters",
    ),
)
"""Rows of the table for Amazon EC2 and what starts its machines."""

_API = "EC2 API Reference"

EC2_CALLS: tuple[Place, ...] = (
    Place(
        "ec2:runInstances",
        (
            Type("InstanceType"),
            launch_template("LaunchTemplate", follow=True),
            Unsaid("neither InstanceType nor a launch template names a type, and EC2 documents no default"),
        ),
        Component.EC2,
        f"{_API}, RunInstances",
        counts=Counts("MinCount", "MaxCount", "MaxCount"),
        spot=Spot("InstanceMarketOptions.MarketType", values=("spot",)),
    ),
    Place(
        "ec2:requestSpotInstances",
        (Type("LaunchSpecification.InstanceType"),),
        Component.EC2,
        f"{_API}, RequestSpotInstances",
        counts=Counts(desired=Figure("InstanceCount", absent=1)),
        spot=True,
    ),
    Place(
        "ec2:requestSpotFleet",
        _SPOT_FLEET,
        Component.EC2,
        f"{_API}, RequestSpotFleet",
        item="SpotFleetRequestConfig",
        counts=Counts(desired="TargetCapacity"),
        counted=When("TargetCapacityUnitType", like="units"),
        spot=True,
    ),
)
"""Rows of the table for requests to EC2 that no CloudFormation type makes."""

LAUNCHERS = frozenset(
    {
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::Batch::ComputeEnvironment",
        "AWS::EC2::EC2Fleet",
        "AWS::EC2::Instance",
        "AWS::EC2::SpotFleet",
        "AWS::EKS::Nodegroup",
        "AWS::PCS::ComputeNodeGroup",
    }
)
"""Types that start machines from a launch template. Batch and PCS name the type themselves, whatever the template says."""
