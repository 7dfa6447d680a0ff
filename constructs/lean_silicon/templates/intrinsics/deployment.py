"""Functions whose value only a deployment makes, and the sentence that says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lean_silicon.templates.intrinsics.evaluator import Evaluator, Function
from lean_silicon.templates.intrinsics.possibility import Decisions, Resolved, shown, unknown


def known_at_deployment(reason: Callable[[Any], str]) -> Function:
    """A function whose value is made by a deployment; `reason` says how, given the function's argument."""

    def evaluate(_evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
        return unknown(reason(argument), decided)

    return evaluate


def attribute_reason(argument: Any) -> str:
    """Why the value of ``Fn::GetAtt`` is unknown."""
    parts = argument if isinstance(argument, list) else [argument]
    named = ".".join(part if isinstance(part, str) else "..." for part in parts)
    return f"the attribute {shown(named)} is known only when the resource has been created"


def macro_reason(argument: Any) -> str:
    """Why the value of ``Fn::Transform`` is unknown."""
    call = argument[0] if isinstance(argument, list) and len(argument) == 1 else argument
    name = call.get("Name") if isinstance(call, dict) else call
    return f"the value is made by the macro {shown(name)} (Fn::Transform) when the stack is deployed"
