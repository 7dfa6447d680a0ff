"""From where the Kubernetes API of a cluster is reached."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from aws_cdk import Token
from aws_cdk import aws_eks_v2 as eks

from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class EndpointAccess:
    """Make it with `private` or `public`.

    Parameters
    ----------
    cidrs
        Address blocks of the internet that may reach the API; empty for none.
    reason
        Why they must: one sentence that a reviewer accepts.

    Raises
    ------
    InvalidValueError
        If a block is no IPv4 block or is the whole internet, or there is no reason.
    """

    cidrs: tuple[str, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        for cidr in self.cidrs:
            if not Token.is_unresolved(cidr):
                _check(cidr)
        if self.cidrs and not self.reason.strip():
            raise InvalidValueError(
                f"the Kubernetes API is opened to {', '.join(self.cidrs)} without a reason; say in reason= why it cannot stay in the VPC"
            )

    @classmethod
    def private(cls) -> EndpointAccess:
        """Reached from the VPC, and what is connected to it, only."""
        return cls()

    @classmethod
    def public(cls, *cidrs: str, reason: str) -> EndpointAccess:
        """Reached from these blocks of the internet too; nodes still reach it within the VPC."""
        if not cidrs:
            raise InvalidValueError("a public endpoint names no address blocks; name those that may reach it")
        return cls(cidrs, reason)

    @property
    def is_public(self) -> bool:
        """Whether anything of the internet reaches it."""
        return bool(self.cidrs)

    def render(self) -> eks.EndpointAccess:
        """As the CDK writes it."""
        if not self.is_public:
            return eks.EndpointAccess.PRIVATE
        return eks.EndpointAccess.PUBLIC_AND_PRIVATE.only_from(*self.cidrs)


def check_endpoint(access: object) -> None:
    """Refuse the CDK's own class of the same name, which knows no reason.

    Raises
    ------
    InvalidValueError
        If it is another one.
    """
    if access is not None and not isinstance(access, EndpointAccess):
        raise InvalidValueError(
            f"endpoint_access is a {type(access).__module__}.{type(access).__name__}; it must be lean_silicon.eks.EndpointAccess: "
            "EndpointAccess.private(), or EndpointAccess.public('203.0.113.0/24', reason=...)"
        )


def _check(cidr: str) -> None:
    try:
        network = IPv4Network(cidr)
    except ValueError as problem:
        raise InvalidValueError(
            f"{cidr!r} is no IPv4 address block ({problem}); write it as 203.0.113.0/24"
        ) from problem
    if network.prefixlen == 0:
        raise InvalidValueError(
            "the Kubernetes API is opened to 0.0.0.0/0, the whole internet; name the blocks of your offices or of your build machines"
        )
