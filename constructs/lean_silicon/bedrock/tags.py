"""Tags as Bedrock takes them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aws_cdk import Token

from lean_silicon.exceptions import InvalidValueError

MAXIMUM_TAGS = 200
MAXIMUM_KEY = 128
MAXIMUM_VALUE = 256
# Source: registry schema of AWS::Bedrock::ApplicationInferenceProfile, as packaged in cfn-lint 1.58.0.
_CHARACTERS = re.compile(r"[a-zA-Z0-9\s._:/=+@-]*")


def require_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """The tags. Raises InvalidValueError if Bedrock would refuse them."""
    if len(tags) > MAXIMUM_TAGS:
        raise InvalidValueError(f"there are {len(tags)} tags; Bedrock allows {MAXIMUM_TAGS}")
    for key, value in tags.items():
        _require("tag key", key, 1, MAXIMUM_KEY)
        _require(f"the value of tag {key!r}", value, 0, MAXIMUM_VALUE)
    return tags


def _require(what: str, text: str, minimum: int, maximum: int) -> None:
    if Token.is_unresolved(text):
        return
    if not minimum <= len(text) <= maximum or not _CHARACTERS.fullmatch(text):
        raise InvalidValueError(
            f"{what} is {text[:60]!r}; Bedrock takes {minimum} to {maximum} letters, digits, spaces and . _ : / = + @ -"
        )
