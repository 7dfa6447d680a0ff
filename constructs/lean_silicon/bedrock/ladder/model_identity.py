"""Which model a name means: Bedrock's ids, ids of cross-region profiles, ARNs, and the names of published weights."""

from __future__ import annotations

from functools import cache

from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import token_prices
from lean_silicon.sizing import find_model


def bedrock_model(name: str) -> BedrockModel | None:
    """The model on Bedrock; `None` where Bedrock has none of that name."""
    try:
        return BedrockModel.of(name)
    except InvalidValueError:
        return None


def plain_model_id(name: str) -> str:
    """The model's own id: without ARN, and without the geography of a cross-region profile.

    Examples
    --------
    >>> plain_model_id("arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-micro-v1:0")
    'amazon.nova-micro-v1:0'
    """
    known = bedrock_model(name)
    return name if known is None else known.model_id


def is_same_model(one: str, other: str) -> bool:
    """Whether both name one model, whatever the profile.

    Examples
    --------
    >>> is_same_model("us.meta.llama3-1-8b-instruct-v1:0", "meta.llama3-1-8b-instruct-v1:0")
    True
    """
    return plain_model_id(one) == plain_model_id(other)


def published_shape(name: str) -> str | None:
    """The row of the table of published models (`lean_silicon.sizing`) that has the model's shape; `None` where its weights are closed.

    Examples
    --------
    >>> published_shape("meta.llama3-1-8b-instruct-v1:0")
    'llama-3.1-8b'
    """
    return name if find_model(name) is not None else _shapes().get(plain_model_id(name))


@cache
def _shapes() -> dict[str, str]:
    return {price.model_id: price.model for price in token_prices() if price.model is not None}
