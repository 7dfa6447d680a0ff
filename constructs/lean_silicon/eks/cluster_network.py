"""The network of a cluster: private subnets for nodes and pods, one way out, S3 without it."""

from __future__ import annotations

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError

_VPC_CIDR = "10.0.0.0/16"
_NODES_PREFIX = 18
"""16,379 addresses a zone: every pod takes one, and a node keeps some ready."""
_PUBLIC_PREFIX = 24
_STAND_IN = "dummy"
_ZONES_OF_A_CONTROL_PLANE = 2
"""EKS wants subnets in two availability zones at least (EKS User Guide, "View Amazon EKS networking requirements for VPC and subnets")."""


def new_vpc(scope: Construct) -> ec2.Vpc:
    """Private subnets in up to three zones, one NAT gateway for images and charts, and a gateway endpoint for S3, where ECR has layers."""
    vpc = ec2.Vpc(
        scope,
        "Vpc",
        ip_addresses=ec2.IpAddresses.cidr(_VPC_CIDR),
        max_azs=3,
        # The way out carries charts and small images; large layers and data come through the S3 endpoint
        nat_gateways=1,
        restrict_default_security_group=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=_PUBLIC_PREFIX),
            ec2.SubnetConfiguration(
                name="Nodes", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=_NODES_PREFIX
            ),
        ],
    )
    vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    log_group = logs.LogGroup(scope, "FlowLogs", retention=logs.RetentionDays.ONE_MONTH)
    vpc.add_flow_log(
        "FlowLog",
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(log_group),
        # Refused traffic tells of a mistake or an attack; accepted traffic of a training run is immense and tells nothing
        traffic_type=ec2.FlowLogTrafficType.REJECT,
    )
    return vpc


def node_subnets(vpc: ec2.IVpc) -> tuple[ec2.ISubnet, ...]:
    """The private subnets of a VPC, the first of each availability zone; those with a way out before isolated ones.

    Raises
    ------
    InvalidValueError
        If it has none.
    """
    by_zone: dict[str, ec2.ISubnet] = {}
    for subnet in vpc.private_subnets or vpc.isolated_subnets:
        by_zone.setdefault(subnet.availability_zone, subnet)
    if not by_zone:
        raise InvalidValueError(
            f"the VPC {vpc.node.path!r} has no private subnets; nodes start in private subnets only. Add some, in two zones or more"
        )
    return tuple(by_zone.values())


def check_control_plane_subnets(subnets: tuple[ec2.ISubnet, ...]) -> None:
    """Check that the API server can have its network interfaces in them.

    Raises
    ------
    InvalidValueError
        If they are all in one zone.
    """
    if len(subnets) < _ZONES_OF_A_CONTROL_PLANE:
        raise InvalidValueError(
            f"the VPC has private subnets in {len(subnets)} availability zone; EKS wants them in {_ZONES_OF_A_CONTROL_PLANE} or more. "
            "Add a private subnet in another zone"
        )


def subnet_of_zone(subnets: tuple[ec2.ISubnet, ...], availability_zone: str) -> ec2.ISubnet:
    """The subnet of a zone.

    Before the CDK's command line has looked the account's zones up, the CDK puts stand-ins in their place, runs the app, looks up what was
    missing, and runs the app again. The first run must not fail, so any subnet stands for that of the zone in it.

    Raises
    ------
    InvalidValueError
        If there is none.
    """
    for subnet in subnets:
        if subnet.availability_zone == availability_zone:
            return subnet
    if any(_is_stand_in(subnet.availability_zone) for subnet in subnets):
        return subnets[0]
    if any(Token.is_unresolved(subnet.availability_zone) for subnet in subnets):
        raise InvalidValueError(
            f"the availability zone is {availability_zone!r}, and the zones of the cluster's VPC are known at deployment only; give the "
            "stack an env with account and region, or give the cluster a VPC with availability_zones of yours"
        )
    there = ", ".join(subnet.availability_zone for subnet in subnets)
    raise InvalidValueError(
        f"the availability zone is {availability_zone!r}, in which the cluster's VPC has no private subnet; it has them in: {there}. "
        "Name one of these zones, or add a private subnet to the VPC"
    )


def _is_stand_in(availability_zone: str) -> bool:
    """Whether it stands for a zone that is not looked up yet (aws-cdk-lib, ``Stack.availabilityZones`` and ``Vpc.fromLookup``)."""
    return not Token.is_unresolved(availability_zone) and availability_zone.startswith(_STAND_IN)
