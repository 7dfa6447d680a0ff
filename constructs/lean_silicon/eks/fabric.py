"""The Elastic Fabric Adapters of a node: one for each network card.

The primary interface is an EFA with an address of its own, the others carry the fabric only and take no addresses from the subnet (EC2
User Guide, "Maximize network bandwidth on Amazon EC2 instances with multiple network cards"; the device index of further cards as
Karpenter and eksctl set it). The pods' network must be the VPC CNI 1.18.5 or later (EKS User Guide, "Run machine learning training on
Amazon EKS with Elastic Fabric Adapter").
"""

from __future__ import annotations

from typing import NamedTuple

from aws_cdk import aws_ec2 as ec2

from lean_silicon.catalog import InstanceType
from lean_silicon.exceptions import InvalidValueError

_Interface = ec2.CfnLaunchTemplate.NetworkInterfaceProperty

_FIRST_CARD_WITHOUT_EFA = ("p6-b300",)
"""Families with one network card more than EFAs: the first carries ordinary traffic only (EC2's description of p6-b300.48xlarge: 17 cards,
16 EFAs)."""


class FabricInterface(NamedTuple):
    """One network interface of a node."""

    card: int
    device: int
    type: str
    """``interface``, ``efa`` (with an address) or ``efa-only``."""


def fabric_interfaces(kind: InstanceType) -> tuple[FabricInterface, ...]:
    """The network interfaces of a node with all its EFAs.

    Raises
    ------
    InvalidValueError
        If the type has none.
    """
    if not kind.efa_interfaces:
        raise InvalidValueError(
            f"{kind.name} has no Elastic Fabric Adapter; leave efa out, or use a type that has one, such as trn2.48xlarge or p5.48xlarge"
        )
    if kind.family in _FIRST_CARD_WITHOUT_EFA:
        further = tuple(FabricInterface(card, 0, "efa-only") for card in range(1, kind.efa_interfaces + 1))
        return (FabricInterface(0, 0, "interface"), *further)
    further = tuple(FabricInterface(card, 1, "efa-only") for card in range(1, kind.efa_interfaces))
    return (FabricInterface(0, 0, "efa"), *further)


def render(interfaces: tuple[FabricInterface, ...], security_group_id: str) -> list[_Interface]:
    """As a launch template writes them.

    The cluster's security group admits all traffic to and from itself, as EFA needs it (EKS User Guide, "View Amazon EKS security group
    requirements for clusters").
    """
    return [
        _Interface(
            network_card_index=each.card,
            device_index=each.device,
            interface_type=each.type,
            groups=[security_group_id],
            delete_on_termination=True,
        )
        for each in interfaces
    ]
