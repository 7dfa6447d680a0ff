"""Where the machines of a node group come from: on demand, spot, a capacity block, a reservation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from aws_cdk import Token
from aws_cdk import aws_ec2 as ec2

from lean_silicon.catalog import InstanceType
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload

_RESERVATION = re.compile(r"cr-[0-9a-f]{8,17}", re.ASCII)
_GROUP = re.compile(r"arn:aws[a-z-]*:resource-groups:[a-z0-9-]+:[0-9]{12}:group/\S+", re.ASCII)
_Target = ec2.CfnLaunchTemplate.CapacityReservationTargetProperty


class Market(str, Enum):
    """How the machines are bought."""

    ON_DEMAND = "on-demand"
    SPOT = "spot"
    """Spare capacity that can be taken back at two minutes' notice."""
    CAPACITY_BLOCK = "capacity-block"
    """Bought for some days in advance."""
    RESERVATION = "reservation"
    """A capacity reservation that is paid for whether it is used or not."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Capacity:
    """Make it with `on_demand`, `spot`, `capacity_block` or `reservation`.

    Parameters
    ----------
    market
        How the machines are bought.
    reservation_id
        Of a capacity block or a reservation; of reservations also the ARN of a resource group.

    Raises
    ------
    InvalidValueError
        If a market that needs an id has none, one that has none is given one, or the id cannot be one.
    """

    market: Market = Market.ON_DEMAND
    reservation_id: str | None = None

    def __post_init__(self) -> None:
        if (self.reservation_id is not None) != self.is_reserved:
            raise InvalidValueError(
                f"capacity is {self.market} with the reservation {self.reservation_id!r}; a capacity block or reservation needs an id, "
                "on-demand and spot capacity have none. Use Capacity.on_demand(), .spot(), .capacity_block(id) or .reservation(id)"
            )
        if self.reservation_id is None or Token.is_unresolved(self.reservation_id):
            return
        is_group = self.market is Market.RESERVATION and _GROUP.fullmatch(self.reservation_id)
        if not is_group and not _RESERVATION.fullmatch(self.reservation_id):
            raise InvalidValueError(
                f"the {self.market} is {self.reservation_id!r}; it must be the id of its reservation, such as cr-0123456789abcdef0"
                f"{' or the ARN of a resource group' if self.market is Market.RESERVATION else ''}. Look it up with "
                "aws ec2 describe-capacity-reservations"
            )

    @classmethod
    def on_demand(cls) -> Capacity:
        """Machines by the second, where there are any."""
        return cls()

    @classmethod
    def spot(cls) -> Capacity:
        """Spare machines, for work that can be interrupted."""
        return cls(Market.SPOT)

    @classmethod
    def capacity_block(cls, reservation_id: str) -> Capacity:
        """A Capacity Block for ML, by the id of its reservation.

        Before the block begins no machine starts, so keep the desired size at 0 until then. EKS itself scales the group down, 40 minutes
        before the block ends. It takes no group of blocks (EKS User Guide, "Create a managed node group with Capacity Blocks for ML").
        """
        return cls(Market.CAPACITY_BLOCK, reservation_id)

    @classmethod
    def reservation(cls, reservation_id: str) -> Capacity:
        """An on-demand capacity reservation by its id, or a resource group of them by its ARN."""
        return cls(Market.RESERVATION, reservation_id)

    @property
    def is_reserved(self) -> bool:
        """Whether it was bought before, in one availability zone."""
        return self.market in (Market.CAPACITY_BLOCK, Market.RESERVATION)

    @property
    def node_group_type(self) -> str:
        """``CapacityType`` of a managed node group."""
        return {Market.SPOT: "SPOT", Market.CAPACITY_BLOCK: "CAPACITY_BLOCK"}.get(self.market, "ON_DEMAND")

    @property
    def launch_market(self) -> str | None:
        """``MarketType`` of a launch template; EKS sets that of spot capacity itself."""
        return "capacity-block" if self.market is Market.CAPACITY_BLOCK else None

    def target(self) -> _Target | None:
        """The reservation as a launch template writes it."""
        if self.reservation_id is None:
            return None
        if _GROUP.fullmatch(self.reservation_id):
            return _Target(capacity_reservation_resource_group_arn=self.reservation_id)
        return _Target(capacity_reservation_id=self.reservation_id)


def usual_capacity(kind: InstanceType, workload: Workload) -> Capacity:
    """Spot for work that is declared interruptible, where EC2 sells it; else on demand."""
    return Capacity.spot() if workload.interruptible and kind.spot is not False else Capacity.on_demand()


def check_capacity(capacity: Capacity, kind: InstanceType, workload: Workload) -> None:
    """Check that a type is sold this way, and that the work bears it.

    Raises
    ------
    InvalidValueError
        If not.
    """
    if not isinstance(capacity, Capacity):
        raise InvalidValueError(
            f"capacity is {capacity!r}; use Capacity.on_demand(), .spot(), .capacity_block(id) or .reservation(id)"
        )
    if capacity.market is Market.SPOT:
        if workload.interruptible is False:
            raise InvalidValueError(
                "the nodes are spot capacity, and their workload declares interruptible=False; spot nodes can be taken back. "
                "Checkpoint and declare interruptible=True, or use Capacity.on_demand()"
            )
        if kind.spot is False:
            raise InvalidValueError(f"EC2 sells no spot capacity of {kind.name}; use Capacity.on_demand()")
    if capacity.market is Market.CAPACITY_BLOCK and kind.capacity_block is False and not _is_ultraserver(kind):
        raise InvalidValueError(
            f"EC2 sells no capacity blocks of {kind.name}; use Capacity.on_demand() or Capacity.reservation(id), or a type that it sells "
            "them of, such as trn2.48xlarge or p5.48xlarge"
        )


def _is_ultraserver(kind: InstanceType) -> bool:
    """Whether the type is a part of an UltraServer, of which EC2 sells blocks as a whole."""
    return kind.family == "trn2u"
