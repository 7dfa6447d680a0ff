"""The network of an endpoint: none at all, or the user's, without a way to the internet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.endpoint_role import grant_network

# VpcConfig of the service model: at most 16 subnets and 5 security groups.
_MAXIMUM_SUBNETS = 16
_MAXIMUM_SECURITY_GROUPS = 5


@dataclass(frozen=True)
class EndpointNetwork:
    """Where the endpoint's network interfaces are."""

    subnet_ids: tuple[str, ...]
    security_groups: tuple[ec2.ISecurityGroup, ...]

    @property
    def security_group_ids(self) -> list[str]:
        """Their ids."""
        return [group.security_group_id for group in self.security_groups]


def endpoint_network(
    scope: Construct,
    role: iam.Role,
    vpc: ec2.IVpc | None,
    vpc_subnets: ec2.SubnetSelection | None,
    security_groups: Sequence[ec2.ISecurityGroup] | None,
    *,
    needs_internet: bool,
) -> EndpointNetwork | None:
    """The user's network, and `role` allowed to use it; `None` where there is none.

    Raises
    ------
    InvalidValueError
        If subnets are public, are too many, have no way to the internet that the model needs, or come without their VPC.
    """
    if vpc is None:
        if vpc_subnets is not None or security_groups:
            raise InvalidValueError(
                "vpc_subnets or security_groups come without a vpc; give the vpc that they belong to"
            )
        return None
    subnets = _selected(vpc, vpc_subnets)
    if needs_internet and _is_isolated(vpc, subnets):
        raise InvalidValueError(
            "the container downloads the model from the Hugging Face Hub, which these isolated subnets do not reach; copy the model into "
            "a bucket and use ServedModel.from_bucket(...), or choose subnets with a way out"
        )
    groups = tuple(security_groups or ()) or (_security_group(scope, vpc),)
    if len(groups) > _MAXIMUM_SECURITY_GROUPS:
        raise InvalidValueError(
            f"the endpoint has {len(groups)} security groups; SageMaker allows {_MAXIMUM_SECURITY_GROUPS}"
        )
    if not 1 <= len(subnets.subnet_ids) <= _MAXIMUM_SUBNETS:
        raise InvalidValueError(
            f"the endpoint has {len(subnets.subnet_ids)} subnets; SageMaker allows 1 to {_MAXIMUM_SUBNETS}. Choose with vpc_subnets"
        )
    grant_network(role, vpc, subnets.subnet_ids, groups)
    return EndpointNetwork(tuple(subnets.subnet_ids), groups)


def _selected(vpc: ec2.IVpc, chosen: ec2.SubnetSelection | None) -> ec2.SelectedSubnets:
    if chosen is None:
        return _without_public(vpc.select_subnets(), "the vpc has no private or isolated subnets")
    subnets = vpc.select_subnets(
        availability_zones=chosen.availability_zones,
        one_per_az=chosen.one_per_az,
        subnet_filters=chosen.subnet_filters,
        subnet_group_name=chosen.subnet_group_name,
        subnets=chosen.subnets,
        subnet_type=chosen.subnet_type,
    )
    return _without_public(subnets, "vpc_subnets chooses public subnets")


def _without_public(subnets: ec2.SelectedSubnets, what: str) -> ec2.SelectedSubnets:
    if subnets.has_public:
        raise InvalidValueError(
            f"{what}; an endpoint needs no way from the internet. Choose "
            "ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)"
        )
    return subnets


def _is_isolated(vpc: ec2.IVpc, subnets: ec2.SelectedSubnets) -> bool:
    isolated = {subnet.subnet_id for subnet in vpc.isolated_subnets}
    return bool(subnets.subnet_ids) and set(subnets.subnet_ids) <= isolated


def _security_group(scope: Construct, vpc: ec2.IVpc) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        scope, "SecurityGroup", vpc=vpc, allow_all_outbound=False, description="Instances of one endpoint"
    )
    # The artefacts come over HTTPS, from S3's gateway endpoint or wherever the subnets lead.
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "HTTPS")
    return group
