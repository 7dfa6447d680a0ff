"""How the machines of a pool are paid for: reservations first, then spare capacity, then on demand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from aws_cdk import Token

from lean_silicon.catalog import InstanceType
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload

_RESERVATION = re.compile(r"cr-[0-9a-z]+", re.ASCII)


class CapacityType(str, Enum):
    """A way to pay, as ``karpenter.sh/capacity-type`` names it. Karpenter prefers them in this order ("NodePools", capacity types)."""

    RESERVED = "reserved"
    """On-demand capacity reservations and capacity blocks that the node class selects."""
    SPOT = "spot"
    """Spare capacity that can be taken back at two minutes' notice."""
    ON_DEMAND = "on-demand"
    """The list price."""

    def __str__(self) -> str:
        return self.value


def admitted_capacity(
    workload: Workload, types: Sequence[InstanceType], chosen: Sequence[CapacityType] | None
) -> tuple[CapacityType, ...]:
    """The ways to pay that a pool admits, the preferred first.

    Where none are chosen all three are, but for spot where no admitted type is sold that way, or where an interruption would lose work: a
    workload that is declared not interruptible, and training that is not declared interruptible.

    Raises
    ------
    InvalidValueError
        If the chosen ones are none, or spot is chosen for a workload that is declared not interruptible.
    """
    if chosen is None:
        return tuple(each for each in CapacityType if each is not CapacityType.SPOT or _takes_spot(workload, types))
    if not chosen:
        raise InvalidValueError(
            "capacity_types is empty, so the pool could start nothing; leave it out for reserved, spot and on-demand, or name at least one"
        )
    if CapacityType.SPOT in chosen and workload.interruptible is False:
        raise InvalidValueError(
            "capacity_types has spot, and the workload is declared with interruptible=False; leave spot out, or declare "
            "interruptible=True where the work is saved"
        )
    return tuple(each for each in CapacityType if each in chosen)


def check_reservations(reservations: Sequence[str]) -> None:
    """Refuse ids that no capacity reservation has."""
    for each in reservations:
        if not Token.is_unresolved(each) and not _RESERVATION.fullmatch(each):
            raise InvalidValueError(
                f"a reservation is {each!r}; it must be the id of a capacity reservation or capacity block, like cr-0123456789abcdef0. "
                "Copy it from describe-capacity-reservations"
            )


def _takes_spot(workload: Workload, types: Sequence[InstanceType]) -> bool:
    if all(each.spot is False for each in types):
        return False
    if workload.interruptible is not None:
        return workload.interruptible
    return not (workload.task is not None and workload.task.trains)
