"""Where the machines of a node group stand: in which subnets, and how close to each other."""

from __future__ import annotations

from typing import NamedTuple

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from lean_silicon.eks.capacity import Capacity
from lean_silicon.eks.cluster_network import subnet_of_zone
from lean_silicon.exceptions import InvalidValueError


class Placement(NamedTuple):
    """Subnets, and the name of a placement group."""

    subnets: tuple[ec2.ISubnet, ...]
    group_name: str | None = None


def place(
    scope: Construct,
    subnets: tuple[ec2.ISubnet, ...],
    availability_zone: str | None,
    capacity: Capacity,
    *,
    has_fabric: bool,
    maximum: int,
) -> Placement:
    """Choose subnets, and make a placement group where several machines share a fabric.

    Reserved capacity is in one zone. The fabric does not leave a zone either, and wants machines close to each other; those of a capacity
    block are already, and those of a reservation are where the reservation was made.

    Raises
    ------
    InvalidValueError
        If reserved capacity comes without its zone, or the zone has no subnet.
    """
    if capacity.is_reserved and availability_zone is None:
        raise InvalidValueError(
            f"the nodes come from {capacity.reservation_id}, and availability_zone is missing; a {capacity.market} is in one zone. "
            "Give availability_zone= that of aws ec2 describe-capacity-reservations"
        )
    if availability_zone is not None:
        chosen: tuple[ec2.ISubnet, ...] = (subnet_of_zone(subnets, availability_zone),)
    else:
        chosen = subnets[:1] if has_fabric else subnets
    if not has_fabric or capacity.is_reserved or maximum == 1:
        return Placement(chosen)
    group = ec2.CfnPlacementGroup(scope, "PlacementGroup", strategy="cluster")
    return Placement(chosen, group.ref)
