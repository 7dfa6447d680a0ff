"""Checks of single properties against what CreateTrainingJob accepts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aws_cdk import Token

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training import limits

_UNIQUE_ENDING = 1 + 36  # a hyphen and a UUID
LONGEST_JOB_NAME_PREFIX = limits.MAXIMUM_JOB_NAME - _UNIQUE_ENDING

_JOB_NAME_PREFIX = re.compile(r"[a-z0-9](-*[a-z0-9])*")
_ENVIRONMENT_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def require_job_name_prefix(prefix: str) -> str:
    """The prefix, if SageMaker takes it as the start of a name and IAM matches it in the job's ARN, which is in lower case."""
    if Token.is_unresolved(prefix):
        return prefix
    if not _JOB_NAME_PREFIX.fullmatch(prefix) or len(prefix) > LONGEST_JOB_NAME_PREFIX:
        raise InvalidValueError(
            f"job_name_prefix is {prefix!r}; allowed are 1 to {LONGEST_JOB_NAME_PREFIX} lower-case letters, digits and hyphens, beginning "
            "and ending with a letter or digit. A UUID follows it"
        )
    return prefix


def require_environment(variables: Mapping[str, str], own: Mapping[str, str]) -> None:
    """Raise InvalidValueError if SageMaker would refuse the user's variables together with the construct's `own`."""
    total = len({**own, **variables})
    if total > limits.MAXIMUM_ENVIRONMENT_VARIABLES:
        raise InvalidValueError(
            f"the job has {total} environment variables, {len(own)} of them the construct's own; SageMaker allows "
            f"{limits.MAXIMUM_ENVIRONMENT_VARIABLES}"
        )
    for name, value in variables.items():
        if not _ENVIRONMENT_NAME.fullmatch(name) or len(name) > limits.MAXIMUM_ENVIRONMENT_NAME:
            raise InvalidValueError(
                f"environment variable name {name!r} is not allowed; use letters, digits and '_', not beginning with a digit"
            )
        if not Token.is_unresolved(value) and len(value) > limits.MAXIMUM_ENVIRONMENT_VALUE:
            raise InvalidValueError(
                f"environment variable {name!r} has {len(value)} characters; SageMaker allows {limits.MAXIMUM_ENVIRONMENT_VALUE}. "
                "Put it into a file in a channel"
            )


def require_metric_definitions(definitions: Mapping[str, str]) -> None:
    """Raise InvalidValueError if SageMaker would refuse the metric definitions."""
    if len(definitions) > limits.MAXIMUM_METRICS:
        raise InvalidValueError(
            f"the job has {len(definitions)} metric definitions; SageMaker allows {limits.MAXIMUM_METRICS}"
        )
    for name, pattern in definitions.items():
        _require_length("metric name", name, limits.MAXIMUM_METRIC_NAME)
        _require_length(f"the pattern of metric {name!r},", pattern, limits.MAXIMUM_METRIC_PATTERN)


def require_tags(tags: Mapping[str, str]) -> None:
    """Raise InvalidValueError if SageMaker would refuse the tags; Step Functions adds one of its own."""
    if len(tags) >= limits.MAXIMUM_TAGS:
        raise InvalidValueError(
            f"the job has {len(tags)} tags; allowed are {limits.MAXIMUM_TAGS - 1} beside the one of Step Functions"
        )
    for key, value in tags.items():
        _require_length("tag key", key, limits.MAXIMUM_TAG_KEY)
        if not Token.is_unresolved(value) and len(value) > limits.MAXIMUM_TAG_VALUE:
            raise InvalidValueError(f"tag {key!r} has {len(value)} characters; allowed are {limits.MAXIMUM_TAG_VALUE}")


def _require_length(what: str, value: str, maximum: int) -> None:
    if Token.is_unresolved(value) or 1 <= len(value) <= maximum:
        return
    raise InvalidValueError(f"{what} {value[:40]!r} has {len(value)} characters; allowed are 1 to {maximum}")
