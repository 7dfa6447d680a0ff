"""The network of an agent."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError


def agent_network(
    scope: Construct,
    vpc: ec2.IVpc | None,
    vpc_subnets: ec2.SubnetSelection | None,
    security_groups: Sequence[ec2.ISecurityGroup] | None,
) -> agentcore.RuntimeNetworkConfiguration:
    """AgentCore's own, or the user's VPC, where the agent has interfaces in private subnets and may connect to anything they reach.

    Raises
    ------
    InvalidValueError
        If there are subnets or security groups without a VPC, or the subnets are public: AgentCore gives agents no public address, so they
        reach nothing from there.
    """
    if vpc is None:
        if vpc_subnets is not None or security_groups:
            raise InvalidValueError(
                "vpc_subnets or security_groups come without a vpc; give the vpc that they belong to"
            )
        return agentcore.RuntimeNetworkConfiguration.using_public_network()
    if vpc_subnets is not None and vpc_subnets.subnet_type is ec2.SubnetType.PUBLIC:
        raise InvalidValueError(
            "vpc_subnets chooses public subnets, where an agent has no public address and reaches nothing. Choose "
            "ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)"
        )
    return agentcore.RuntimeNetworkConfiguration.using_vpc(
        scope, vpc=vpc, vpc_subnets=vpc_subnets, security_groups=list(security_groups) if security_groups else None
    )
