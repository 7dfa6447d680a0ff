"""The network of a training job: subnets without a way to the internet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training.training_role import grant_network

# CreateTrainingJob: at most 16 subnets and 5 security groups.
_MAXIMUM_SUBNETS = 16
_MAXIMUM_SECURITY_GROUPS = 5

# Accelerated types are offered in few zones of a region, and a job starts only in a zone it has a subnet in. Subnets cost
# nothing, so there is one for each zone that every account of the region sees; elsewhere that is three at least.
_ZONES = {"us-east-1": 6, "us-west-2": 4}
_FEWEST_ZONES = 3


@dataclass(frozen=True)
class TrainingNetwork:
    """Where the job's network interfaces are."""

    vpc: ec2.IVpc
    subnets: ec2.SelectedSubnets
    security_groups: tuple[ec2.ISecurityGroup, ...]

    def to_request(self) -> dict[str, list[str]]:
        """``VpcConfig`` as CreateTrainingJob takes it."""
        return {
            "SecurityGroupIds": [group.security_group_id for group in self.security_groups],
            "Subnets": list(self.subnets.subnet_ids),
        }


def training_network(
    scope: Construct,
    role: iam.Role,
    vpc: ec2.IVpc | None,
    vpc_subnets: ec2.SubnetSelection | None,
    security_groups: Sequence[ec2.ISecurityGroup] | None,
) -> TrainingNetwork:
    """The user's network, completed by what they left out, and `role` allowed to use it; a VPC of its own where they gave none."""
    if vpc is None and (vpc_subnets is not None or security_groups):
        raise InvalidValueError("vpc_subnets or security_groups come without a vpc; give the vpc that they belong to")
    chosen = vpc or isolated_vpc(scope)
    subnets = chosen.select_subnets() if vpc_subnets is None else _selected(chosen, vpc_subnets)
    groups = tuple(security_groups or ()) or (_security_group(scope, chosen),)
    if len(groups) > _MAXIMUM_SECURITY_GROUPS:
        raise InvalidValueError(
            f"the job has {len(groups)} security groups; SageMaker allows {_MAXIMUM_SECURITY_GROUPS}"
        )
    if not 1 <= len(subnets.subnet_ids) <= _MAXIMUM_SUBNETS:
        raise InvalidValueError(
            f"the job has {len(subnets.subnet_ids)} subnets; SageMaker allows 1 to {_MAXIMUM_SUBNETS}. Choose with vpc_subnets"
        )
    grant_network(role, chosen, subnets.subnet_ids, groups)
    return TrainingNetwork(chosen, subnets, groups)


def isolated_vpc(scope: Construct) -> ec2.Vpc:
    """A VPC with no gateway to anywhere but S3, which costs nothing while no job runs.

    SageMaker pulls the image, writes logs and publishes metrics from its own network; through this one go the job's data. So the S3
    gateway endpoint is all that is needed, and no interface endpoint stands there by the hour.
    """
    zones = _ZONES.get(Stack.of(scope).region, _FEWEST_ZONES)
    vpc = ec2.Vpc(
        scope,
        "Vpc",
        ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"),
        # The zones of the account that deploys, without asking for credentials at synth.
        availability_zones=[Fn.select(zone, Fn.get_azs()) for zone in range(zones)],
        nat_gateways=0,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Training", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=20)
        ],
        gateway_endpoints={"S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)},
        # Emptying the default security group takes a Lambda function; nothing is ever put into that group.
        restrict_default_security_group=False,
    )
    vpc.add_flow_log(
        "FlowLog",
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(
            logs.LogGroup(vpc, "FlowLogGroup", retention=logs.RetentionDays.ONE_MONTH)
        ),
    )
    return vpc


def _selected(vpc: ec2.IVpc, chosen: ec2.SubnetSelection) -> ec2.SelectedSubnets:
    subnets = vpc.select_subnets(
        availability_zones=chosen.availability_zones,
        one_per_az=chosen.one_per_az,
        subnet_filters=chosen.subnet_filters,
        subnet_group_name=chosen.subnet_group_name,
        subnets=chosen.subnets,
        subnet_type=chosen.subnet_type,
    )
    if subnets.has_public:
        raise InvalidValueError(
            "vpc_subnets chooses public subnets; a training job needs no way to or from the internet. Choose "
            "ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)"
        )
    return subnets


def _security_group(scope: Construct, vpc: ec2.IVpc) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        scope, "SecurityGroup", vpc=vpc, allow_all_outbound=False, description="Instances of one training job"
    )
    # The Elastic Fabric Adapter and encryption between containers (UDP 500 and ESP) need everything among themselves.
    group.connections.allow_internally(ec2.Port.all_traffic(), "instances of the job among themselves")
    # S3, whose addresses are many; the route tables decide that nothing else can be reached.
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTPS, "S3 through the gateway endpoint")
    return group
