"""Headers of the caller that reach an agent's code.

Source: "Pass custom headers to Amazon Bedrock AgentCore Runtime" in the Developer Guide (read 2026-11), and the service model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from aws_cdk import aws_bedrockagentcore as agentcore

from lean_silicon.exceptions import InvalidValueError

MOST_HEADERS = 20
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,255}")
_CUSTOM = "x-amzn-bedrock-agentcore-runtime-custom-"
_RESERVED = ("x-amz-", "x-amzn-")


def allowed_headers(names: Sequence[str], *, jwt: bool) -> agentcore.RequestHeaderConfiguration | None:
    """The headers that AgentCore passes on; `None` for none.

    Parameters
    ----------
    names
        Of the headers.
    jwt
        Whether callers come with a token, which ``Authorization`` then holds.

    Raises
    ------
    InvalidValueError
        If AgentCore would refuse one, or their number. Those that HTTP itself uses, such as ``Host``, are left to AgentCore to refuse.
    """
    for name in names:
        lower = name.lower()
        if not _NAME.fullmatch(name) or (lower.startswith(_RESERVED) and not lower.startswith(_CUSTOM)):
            raise InvalidValueError(
                f"request header {name!r} is not passed on: a letter, then letters, digits, hyphens and underscores, and not AWS's own "
                "(x-amz-, x-amzn-)"
            )
        if lower == "authorization" and not jwt:
            raise InvalidValueError(
                "request header 'Authorization' is passed on only where callers come with a token; give the agent an authorizer"
            )
    if len({name.lower() for name in names}) != len(names) or len(names) > MOST_HEADERS:
        raise InvalidValueError(
            f"request headers are {list(names)}; AgentCore takes up to {MOST_HEADERS}, each once (letters' case does not matter)"
        )
    return agentcore.RequestHeaderConfiguration(allowlisted_headers=list(names)) if names else None
