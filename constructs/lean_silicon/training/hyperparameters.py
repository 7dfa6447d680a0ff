"""Hyperparameters the way the SageMaker training toolkit reads them.

CreateTrainingJob takes strings only. The toolkit (sagemaker-training 5.1.4, ``environment.read_hyperparameters``) decodes each as JSON and
passes it to the script as ``--name value``; what does not decode it takes as it is. So every value is written as JSON: the
text ``"1e5"`` stays a text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import Token
from aws_cdk import aws_stepfunctions as sfn

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training.limits import (
    MAXIMUM_HYPERPARAMETER_NAME,
    MAXIMUM_HYPERPARAMETER_VALUE,
    MAXIMUM_HYPERPARAMETERS,
)

RESERVED_PREFIX = "sagemaker_"


def encode_hyperparameters(values: Mapping[str, Any], *, reserved: Mapping[str, Any]) -> dict[str, str]:
    """The user's values and the construct's `reserved` ones as strings, sorted by name.

    A value that comes from the execution's input (``sfn.JsonPath.string_at``) and an unresolved token are passed on as they are.

    Raises
    ------
    InvalidValueError
        If there are too many, a name or a value is too long, a name is the toolkit's own, or a value is not JSON.
    """
    total = len(values) + len(reserved)
    if total > MAXIMUM_HYPERPARAMETERS:
        raise InvalidValueError(
            f"the job has {total} hyperparameters, {len(reserved)} of them the construct's own; SageMaker allows "
            f"{MAXIMUM_HYPERPARAMETERS}. Put the others into a file in a channel"
        )
    for name in values:
        _require_name(name)
    return {name: _encoded(name, value) for name, value in sorted({**values, **reserved}.items())}


def _require_name(name: str) -> None:
    if name.startswith(RESERVED_PREFIX):
        raise InvalidValueError(
            f"hyperparameter {name!r} starts with {RESERVED_PREFIX!r}, which belongs to the training toolkit; the construct sets those "
            "from `code` and `distribution`"
        )
    if not 1 <= len(name) <= MAXIMUM_HYPERPARAMETER_NAME:
        raise InvalidValueError(
            f"hyperparameter name {name[:40]!r} has {len(name)} characters; allowed are 1 to {MAXIMUM_HYPERPARAMETER_NAME}"
        )


def _encoded(name: str, value: Any) -> str:
    if isinstance(value, (str, int, float)) and Token.is_unresolved(value):
        text = value if isinstance(value, str) else Token.as_string(value)
        # A path into the execution's input must be the whole value, so it cannot be quoted; the toolkit takes it as text.
        return text if sfn.JsonPath.is_encoded_json_path(text) else _in_json(value, text)
    try:
        encoded = json.dumps(value)
    except (TypeError, ValueError) as error:
        raise InvalidValueError(
            f"hyperparameter {name!r} is {value!r}, which is not JSON ({error}); use text, numbers, true, false, lists or mappings"
        ) from error
    if len(encoded) > MAXIMUM_HYPERPARAMETER_VALUE:
        raise InvalidValueError(
            f"hyperparameter {name!r} has {len(encoded)} characters as JSON; SageMaker allows {MAXIMUM_HYPERPARAMETER_VALUE}. "
            "Put it into a file in a channel"
        )
    return encoded


def _in_json(value: Any, text: str) -> str:
    return f'"{text}"' if isinstance(value, str) else text
