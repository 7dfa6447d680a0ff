"""How many nodes a group has."""

from __future__ import annotations

from aws_cdk import Token

from lean_silicon.exceptions import InvalidValueError


def check_sizes(what: str, minimum: int, desired: int, maximum: int) -> None:
    """Check that EKS takes the numbers.

    Raises
    ------
    InvalidValueError
        If they are negative, not in order, or the maximum is zero.
    """
    if any(Token.is_unresolved(number) for number in (minimum, desired, maximum)):
        return
    if maximum < 1:
        raise InvalidValueError(
            f"{what}: maximum is {maximum}; a group that may never have a node does nothing. Give 1 or more"
        )
    if minimum < 0 or not minimum <= desired <= maximum:
        raise InvalidValueError(
            f"{what}: minimum is {minimum}, desired {desired}, maximum {maximum}; it must be 0 <= minimum <= desired <= maximum. Change it"
        )
