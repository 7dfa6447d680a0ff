"""How many private addresses a cluster takes, and whether its subnet has them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from lean_silicon.catalog import load_catalog
from lean_silicon.exceptions import InvalidValueError

RESERVED_ADDRESSES = 5
"""Addresses that AWS keeps in every subnet (Amazon VPC User Guide, "Subnet CIDR blocks")."""
_SMALLEST_PREFIX, _LARGEST_PREFIX = 28, 16
"""Sizes that a subnet may have (Amazon VPC User Guide)."""
_SPARE = 2
"""Twice the addresses needed: nodes are replaced before the failed one has given back its own. An assumption."""
_OTHER_ADDRESSES = 32
"""For endpoints and file systems in the same subnet. An assumption: there are fewer than twenty."""


def addresses_per_node(instance_type: str) -> int:
    """Addresses that one node may take: its own, and one for each EFA interface.

    An upper bound: an ``efa-only`` interface takes none, but the service does not publish which it attaches. Unknown types count as 1.
    """
    kind = load_catalog().find(instance_type)
    return 1 + (kind.efa_interfaces or 0 if kind is not None else 0)


def addresses_needed(nodes: Iterable[tuple[tuple[str, ...], int]]) -> int:
    """Addresses that all nodes may take: pairs of a group's instance types (the greediest counts) and the number of its nodes."""
    return sum(max(addresses_per_node(name) for name in names) * count for names, count in nodes)


def prefix_for(addresses: int) -> int:
    """The smallest subnet with room for them, endpoints, file systems and replacements: its prefix length, from 28 to 16.

    Raises
    ------
    InvalidValueError
        If no subnet is so large.
    """
    wanted = addresses * _SPARE + _OTHER_ADDRESSES + RESERVED_ADDRESSES
    for prefix in range(_SMALLEST_PREFIX, _LARGEST_PREFIX - 1, -1):
        if 2 ** (32 - prefix) >= wanted:
            return prefix
    raise InvalidValueError(
        f"the cluster may take {addresses} addresses; a subnet has at most {2 ** (32 - _LARGEST_PREFIX)}. Make several clusters"
    )


def check_subnet(cidr: str, addresses: int) -> None:
    """Check that a subnet has the addresses.

    Raises
    ------
    InvalidValueError
        If it does not.
    """
    block = ipaddress.ip_network(cidr, strict=False)
    usable = block.num_addresses - RESERVED_ADDRESSES
    if usable < addresses:
        raise InvalidValueError(
            f"subnet {cidr} has {usable} usable addresses; the nodes may take {addresses} (one each, and one for each EFA interface). "
            f"Use a subnet of /{prefix_for(addresses)} or larger, or fewer nodes"
        )
