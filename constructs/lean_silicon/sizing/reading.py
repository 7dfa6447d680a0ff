"""From a template's metadata to a `Workload`: what is wrong is named and never loses what is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing.models import find_model, nearest_model_names
from lean_silicon.sizing.vocabulary import (
    Adapter,
    Attention,
    Optimizer,
    Precision,
    Requirement,
    Sharding,
    Task,
    Traffic,
)
from lean_silicon.sizing.workload import COUNTS, Workload, metadata_key


class WorkloadReading(NamedTuple):
    """A workload read from metadata, and everything about the declaration that was not understood.

    `workload` holds what was understood; it is `None` only where nothing was.
    """

    workload: Workload | None
    problems: tuple[str, ...]


def read_workload(declared: object) -> WorkloadReading:
    """Read a ``Workload`` declaration of a template. Never raises: what is wrong is named in `problems`.

    A wrong value never loses the others: each key is judged by itself.
    """
    if not isinstance(declared, Mapping):
        return WorkloadReading(
            None, (f"Workload is {_shown(declared)}; it must be a mapping such as {{Task: inference}}",)
        )
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in declared.items():
        name = _NAMES.get(key) if isinstance(key, str) else None
        if name is None:
            problems.append(f"Workload has an unknown key {_shown(key)}; known keys are {', '.join(_NAMES)}")
            continue
        try:
            values[name] = _READERS[name](value)
        except InvalidValueError as error:
            problems.append(f"Workload.{key} {error}")
    _judge_model(values, problems)
    return _assembled(values, problems)


def _judge_model(values: dict[str, Any], problems: list[str]) -> None:
    """Name a model whose numbers are needed and unknown, or contradict the declared ones."""
    name, parameters = values.get("model"), values.get("parameters")
    if name is None:
        return
    model = find_model(name)
    if model is None:
        if parameters is None:
            near = ", ".join(nearest_model_names(name))
            problems.append(
                f"Workload.Model is {_shown(name)}, whose size is unknown here; nearest are {near}; or declare Parameters"
            )
    elif parameters is not None and not 0.8 <= parameters / model.parameters <= 1.25:
        problems.append(
            f"Workload.Parameters is {parameters} and Workload.Model is {name}, which has {model.parameters}; "
            "leave one of them out (Parameters is used)"
        )


def _assembled(values: dict[str, Any], problems: list[str]) -> WorkloadReading:
    """The workload of the values that are right together; values that contradict each other are dropped and named."""
    if values.get("requires") and not str(values.get("reason") or "").strip():
        problems.append("Workload.Requires comes without a Reason; add one sentence that says why")
        values.pop("requires")
    for doubtful in ((), ("active_parameters",), ("trainable_parameters",), ("kv_heads", "attention_heads")):
        for name in doubtful:
            values.pop(name, None)
        try:
            return WorkloadReading(Workload(**values) if values else None, tuple(dict.fromkeys(problems)))
        except InvalidValueError as error:
            problems.append(f"Workload: {error}")
    return WorkloadReading(None, tuple(dict.fromkeys(problems)))


_E = TypeVar("_E", bound=Enum)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _count(value: object) -> int:
    """A positive whole number; CloudFormation writes numbers as strings too."""
    number = value
    if isinstance(value, str):
        try:
            number = float(value.replace("_", "").replace(",", ""))
        except ValueError:
            number = None
    if (
        isinstance(number, bool)
        or not isinstance(number, (int, float))
        or not 0 < number < _ABSURD
        or number != number // 1
    ):
        raise InvalidValueError(f"is {_shown(value)}; it must be a positive whole number below 10^18")
    return int(number)


_ABSURD = 10**18


def _choice(kind: type[_E], value: object) -> _E:
    if isinstance(value, str):
        for member in kind:
            if member.value == value.strip().lower().replace("_", "-"):
                return member
    allowed = ", ".join(str(member.value) for member in kind)
    raise InvalidValueError(f"is {_shown(value)}; it must be one of {allowed}")


def _requirements(value: object) -> tuple[Requirement, ...]:
    wanted = [value] if isinstance(value, str) else value
    if not isinstance(wanted, (list, tuple)):
        raise InvalidValueError(f"is {_shown(value)}; it must be a list of {', '.join(r.value for r in Requirement)}")
    return tuple(dict.fromkeys(_choice(Requirement, item) for item in wanted))


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise InvalidValueError(f"is {_shown(value)}; it must be true or false")


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise InvalidValueError(f"is {_shown(value)}; it must be a text that is not empty")


_NAMES = {metadata_key(field.name): field.name for field in fields(Workload)}
_READERS = {
    **dict.fromkeys(COUNTS, _count),
    "task": lambda value: _choice(Task, value),
    "precision": lambda value: _choice(Precision, value),
    "cache_precision": lambda value: _choice(Precision, value),
    "attention": lambda value: _choice(Attention, value),
    "optimizer": lambda value: _choice(Optimizer, value),
    "sharding": lambda value: _choice(Sharding, value),
    "adapter": lambda value: _choice(Adapter, value),
    "requires": _requirements,
    "reason": _text,
    "model": _text,
    "traffic": lambda value: _choice(Traffic, value),
    "environment": _text,
    "interruptible": _flag,
    "activation_checkpointing": _flag,
    "offload": _flag,
}
