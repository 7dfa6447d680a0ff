"""State machines: the API requests that their tasks make.

Follows the Amazon States Language specification and the AWS Step Functions Developer Guide, "Integrating services": optimised
integrations (``arn:aws:states:::sagemaker:createTrainingJob.sync``) and those of the SDK (``:::aws-sdk:``), ``Parameters``
with JSONPath and ``Arguments`` with JSONata, and the states inside ``Map`` and ``Parallel`` states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lean_silicon.templates.answers import expected
from lean_silicon.templates.documents.json_text import literal_text
from lean_silicon.templates.documents.parts import Part, Request
from lean_silicon.templates.intrinsics.possibility import Resolved
from lean_silicon.templates.locations import ABSENT, At, Settled, described, is_expression, joined
from lean_silicon.templates.places import places_of_call

_INTEGRATION = re.compile(r":states:::(?:aws-sdk:)?([A-Za-z0-9-]+):([A-Za-z0-9]+)")


def requests(machine: At, *, every: bool = False) -> Iterator[Part]:
    """Every request for silicon in a state machine, in the order of its states; with `every`, all requests to AWS."""
    states = machine.value.get("States") if isinstance(machine.value, dict) else None
    path = f"{machine.path}.States"
    if not isinstance(states, dict):
        yield machine.because(f"{path} is {described(states)}, where an object of states is expected")
        return
    for name, state in states.items():
        here = machine._replace(value=state, path=joined(path, name))
        if isinstance(state, dict):
            yield from _task(here, str(name), every)
            yield from _machines_inside(here, every)
        else:
            yield here.because(expected(here, "a state"))


def _machines_inside(state: At, every: bool) -> Iterator[Part]:
    """The requests of the machines inside a ``Map`` or ``Parallel`` state."""
    for key in ("ItemProcessor", "Iterator"):
        if isinstance(state.value.get(key), dict):
            yield from requests(state._replace(value=state.value[key], path=f"{state.path}.{key}"), every=every)
    branches = state.value.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        yield from requests(state._replace(value=branch, path=f"{state.path}.Branches[{index}]"), every=every)


def _task(state: At, name: str, every: bool) -> Iterator[Request]:
    """The request of a task, where it asks for silicon or every one is wanted."""
    found = _INTEGRATION.search(literal_text(state.value.get("Resource")))
    if found is None or not (every or places_of_call(*found.groups())):
        return
    key = "Arguments" if "Arguments" in state.value else "Parameters"
    parameters = state.value.get(key)
    path = f"{state.path}.{key}"
    value = ABSENT if parameters is None else _settled(parameters, path)
    yield Request(found[1], found[2], state._replace(value=value, path=path), name)


def _settled(value: Any, path: str) -> Any:
    """A value whose parts that are computed when the machine runs are unknown, and say so."""
    if isinstance(value, str) or is_expression(value):
        text = literal_text(value).strip()
        return _computed(path, text) if text.startswith("{%") and text.endswith("%}") else value
    if isinstance(value, list):
        return [_settled(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    settled = {}
    for key, item in value.items():
        if isinstance(key, str) and key.endswith(".$"):
            settled[key[:-2]] = _computed(f"{path}.{key}", item)
        else:
            settled[key] = _settled(item, f"{path}.{key}")
    return settled


def _computed(path: str, expression: object) -> Settled:
    return Settled((Resolved(None, f"{path} is computed when the state machine runs: {described(expression)}"),))
