"""Names that EKS takes."""

from __future__ import annotations

import re

from aws_cdk import Token

from lean_silicon.exceptions import InvalidValueError

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*", re.ASCII)
_LONGEST_CLUSTER, _LONGEST_GROUP = 100, 63
"""EKS API Reference, CreateCluster and CreateNodegroup."""


def check_cluster_name(name: str | None) -> None:
    """Check the name of a cluster, where there is one.

    Raises
    ------
    InvalidValueError
        If EKS does not take it.
    """
    _check("cluster_name", name, _LONGEST_CLUSTER)


def check_node_group_name(name: str | None) -> None:
    """Check the name of a node group, where there is one.

    Raises
    ------
    InvalidValueError
        If EKS does not take it.
    """
    _check("node_group_name", name, _LONGEST_GROUP)


def _check(what: str, name: str | None, longest: int) -> None:
    if name is None or Token.is_unresolved(name):
        return
    if len(name) > longest or not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"{what} is {name!r}; it must be 1 to {longest} letters, digits, '-' and '_', beginning with a letter or digit. Change it, or "
            "leave it out"
        )
