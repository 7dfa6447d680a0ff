"""From where, and by whom, the Kubernetes API may be used."""

from __future__ import annotations

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam

from lean_silicon.eks import AccessLevel, ClusterAccess, EndpointAccess
from lean_silicon.exceptions import InvalidValueError


@pytest.fixture(scope="module")
def role() -> iam.IRole:
    stack = Stack(App(analytics_reporting=False), "Access")
    return iam.Role.from_role_arn(stack, "People", "arn:aws:iam::111122223333:role/Researchers")


@pytest.mark.parametrize("name", ["Research", "-research", "research_1", "", "a" * 64])
def test_fails_for_what_is_no_namespace(role: iam.IRole, name: str) -> None:
    with pytest.raises(InvalidValueError, match="1 to 63 lower-case letters, digits and '-'"):
        ClusterAccess(role, AccessLevel.EDIT, (name,))


def test_fails_for_cluster_administrators_of_a_namespace(role: iam.IRole) -> None:
    with pytest.raises(InvalidValueError, match=r"CLUSTER_ADMIN is confined to research.* use AccessLevel\.ADMIN"):
        ClusterAccess(role, AccessLevel.CLUSTER_ADMIN, ("research",))


@pytest.mark.parametrize(
    ("cidr", "said"),
    [
        ("0.0.0.0/0", "the whole internet; name the blocks of your offices"),
        ("203.0.113.7/24", "is no IPv4 address block"),
        ("office", "is no IPv4 address block"),
    ],
)
def test_fails_for_addresses_that_should_not_or_cannot_reach_it(cidr: str, said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        EndpointAccess.public(cidr, reason="Build machines")


def test_fails_for_a_public_endpoint_without_a_reason_or_without_addresses() -> None:
    with pytest.raises(InvalidValueError, match="without a reason; say in reason= why"):
        EndpointAccess.public("203.0.113.0/24", reason=" ")
    with pytest.raises(InvalidValueError, match="names no address blocks"):
        EndpointAccess.public(reason="Build machines")
