"""Names of AgentCore resources: taken from the construct's path, or given and checked against the service's patterns."""

from __future__ import annotations

import re

from aws_cdk import Names, Token
from constructs import IConstruct

from lean_silicon.agents import limits
from lean_silicon.exceptions import InvalidValueError

UNDERSCORED = "letters, digits and underscores, a letter first"
HYPHENATED = "letters, digits and single hyphens between them"
_LEAVE_OUT = "Leave it out for a name from the construct's path"


def underscored_name(scope: IConstruct, what: str, given: str | None) -> str:
    """The name of a runtime, gateway's engine and the like; by default from the construct's path."""
    if given is None:
        # Stacks and stages begin with a letter.
        return Names.unique_resource_name(scope, max_length=limits.MAXIMUM_NAME)
    return require_name(what, given, limits.UNDERSCORED_NAME, f"{UNDERSCORED}. {_LEAVE_OUT}", 48)


def hyphenated_name(scope: IConstruct, what: str, given: str | None) -> str:
    """The name of a gateway; by default from the construct's path."""
    if given is None:
        return Names.unique_resource_name(scope, max_length=limits.MAXIMUM_NAME)
    return require_name(what, given, limits.HYPHENATED_NAME, f"{HYPHENATED}. {_LEAVE_OUT}", 48)


def require_name(what: str, name: str, pattern: re.Pattern[str], allowed: str, longest: int) -> str:
    """The name, if the service takes it.

    Raises
    ------
    InvalidValueError
        If it does not. Names that are not known at synth pass.
    """
    if Token.is_unresolved(name) or pattern.fullmatch(name):
        return name
    proposal = re.sub(r"[^a-zA-Z0-9]+", "-" if "hyphens" in allowed else "_", name).strip("-_")[:longest]
    fix = f". For instance {proposal!r}" if pattern.fullmatch(proposal) else ""
    raise InvalidValueError(f"{what} is {name!r}; AgentCore allows up to {longest} characters: {allowed}{fix}")
