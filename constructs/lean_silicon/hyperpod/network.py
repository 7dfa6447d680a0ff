"""The network of a cluster: private subnets without a way to the internet, endpoints, and a security group fit for EFA."""

from __future__ import annotations

from typing import NamedTuple

from aws_cdk import Stack, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod.address_space import check_subnet, prefix_for

_ENDPOINTS = {
    "Logs": (ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, "lifecycle and job logs"),
    "Monitoring": (ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING, "accelerator metrics"),
    "Ssm": (ec2.InterfaceVpcEndpointAwsService.SSM, "sessions"),
    "SsmMessages": (ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES, "sessions"),
    "Ec2Messages": (ec2.InterfaceVpcEndpointAwsService.EC2_MESSAGES, "sessions"),
    "SageMaker": (ec2.InterfaceVpcEndpointAwsService.SAGEMAKER_API, "the cluster's own state, auto-resume"),
    "SecretsManager": (ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER, "the accounting database's secret"),
    "Sts": (ec2.InterfaceVpcEndpointAwsService.STS, "roles of jobs"),
    "EcrApi": (ec2.InterfaceVpcEndpointAwsService.ECR, "container images"),
    "EcrDocker": (ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER, "container images"),
}
"""Interface endpoints, each with what it is for. S3 has a gateway endpoint, which costs nothing."""

_GATEWAY = "S3"
_VPC_CIDR = "10.0.0.0/16"
_DATABASE_PREFIX = 26


class Network(NamedTuple):
    """Where the cluster runs."""

    vpc: ec2.IVpc
    subnet: ec2.ISubnet
    security_group: ec2.SecurityGroup


def make_network(scope: Construct, vpc: ec2.IVpc | None, availability_zone: str | None, addresses: int) -> Network:
    """Take the VPC given or make one, choose the subnet, and make the security group.

    Parameters
    ----------
    scope
        The cluster.
    vpc
        The user's own, or `None`.
    availability_zone
        The zone where the accelerators are; `None` for the first of the VPC's.
    addresses
        Addresses that the nodes may take.
    """
    own = vpc or _new_vpc(scope, availability_zone, addresses)
    subnet = _subnet_in(own, availability_zone)
    cidr = subnet.ipv4_cidr_block if vpc is None or _knows_cidr(subnet) else None
    if cidr is not None and not Token.is_unresolved(cidr):
        check_subnet(cidr, addresses)
    group = _security_group(scope, own)
    if vpc is None:
        _add_endpoints(own, subnet, group)
    return Network(own, subnet, group)


def network_readiness(scope: Construct) -> list[IConstruct]:
    """What must be there before a node starts: the security group's rules, and the endpoints of a VPC of ours."""
    rules = [child for child in scope.node.find_child("SecurityGroup").node.children if _is_rule(child)]
    vpc = scope.node.try_find_child("Vpc")
    if vpc is None:
        return rules
    return [*rules, *(vpc.node.find_child(name) for name in (_GATEWAY, *_ENDPOINTS))]


def _is_rule(construct: IConstruct) -> bool:
    return isinstance(construct, (ec2.CfnSecurityGroupIngress, ec2.CfnSecurityGroupEgress))


def _new_vpc(scope: Construct, availability_zone: str | None, addresses: int) -> ec2.Vpc:
    """Two zones, because a database wants them; the nodes are all in one, because EFA does not leave it."""
    vpc = ec2.Vpc(
        scope,
        "Vpc",
        ip_addresses=ec2.IpAddresses.cidr(_VPC_CIDR),
        nat_gateways=0,
        restrict_default_security_group=False,
        availability_zones=_zones(scope, availability_zone),
        subnet_configuration=[
            ec2.SubnetConfiguration(
                # Two subnets of the nodes' size must leave room in the VPC for the small ones
                name="Nodes",
                subnet_type=ec2.SubnetType.PRIVATE_ISOLATED,
                cidr_mask=max(18, min(prefix_for(addresses), 24)),
            ),
            ec2.SubnetConfiguration(
                name="Database", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=_DATABASE_PREFIX
            ),
        ],
    )
    log_group = logs.LogGroup(scope, "FlowLogs", retention=logs.RetentionDays.ONE_MONTH)
    vpc.add_flow_log(
        "FlowLog",
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(log_group),
        # Refused traffic tells of a mistake or an attack; accepted traffic of a training run is immense and tells nothing
        traffic_type=ec2.FlowLogTrafficType.REJECT,
    )
    return vpc


def _zones(scope: Construct, availability_zone: str | None) -> list[str]:
    zones = Stack.of(scope).availability_zones
    if availability_zone is None:
        return zones[:2]
    return [availability_zone, next(zone for zone in _siblings(availability_zone) if zone != availability_zone)]


def _siblings(zone: str) -> list[str]:
    """Zones of the same region that every account has names for; the database only needs any second one."""
    return [f"{zone[:-1]}{letter}" for letter in "ab"]


def _subnet_in(vpc: ec2.IVpc, availability_zone: str | None) -> ec2.ISubnet:
    """A private subnet of the zone: an isolated one before one with a way out."""
    candidates = [*vpc.isolated_subnets, *vpc.private_subnets]
    named = [subnet for subnet in candidates if availability_zone in (None, subnet.availability_zone)]
    if not named:
        there = ", ".join(sorted({subnet.availability_zone for subnet in candidates})) or "none"
        raise InvalidValueError(
            f"the VPC has no private subnet in availability zone {availability_zone or '(any)'}; it has them in: {there}. "
            "Name one of these zones, or add a private subnet to the VPC"
        )
    return named[0]


def _knows_cidr(subnet: ec2.ISubnet) -> bool:
    """An imported subnet may not know its addresses; asking it then is an error."""
    try:
        return not Token.is_unresolved(subnet.ipv4_cidr_block)
    except RuntimeError:
        return False


def _security_group(scope: Construct, vpc: ec2.IVpc) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        scope,
        "SecurityGroup",
        vpc=vpc,
        description="Nodes and file systems of a HyperPod cluster",
        allow_all_outbound=False,
    )
    # EFA needs all traffic to and from the group itself, in both directions (Amazon EC2 User Guide, "Get started with EFA and MPI")
    group.connections.allow_internally(ec2.Port.all_traffic(), "EFA, Slurm, FSx between members")
    # S3 is reached by a gateway, whose addresses are public; where there is no route to the internet this leads nowhere else
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "AWS APIs")
    return group


def _add_endpoints(vpc: ec2.IVpc, subnet: ec2.ISubnet, nodes: ec2.SecurityGroup) -> None:
    vpc.add_gateway_endpoint(_GATEWAY, service=ec2.GatewayVpcEndpointAwsService.S3)
    for name, (service, _purpose) in _ENDPOINTS.items():
        vpc.add_interface_endpoint(
            name,
            service=service,
            subnets=ec2.SubnetSelection(subnets=[subnet]),
            security_groups=[nodes],
            open=False,
        )
