"""``Fn::If``, and the functions that conditions are made of where they stand as a value."""

from __future__ import annotations

from typing import Any

from lean_silicon.templates.intrinsics.evaluator import Evaluator, Function
from lean_silicon.templates.intrinsics.possibility import CannotTellError, Decisions, Resolved, few, shown


def if_(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """Both branches, each with the condition that leads there, unless what is decided already leaves only one."""
    if not isinstance(argument, list) or len(argument) != 3:
        raise CannotTellError(f"Fn::If takes the name of a condition and two values, here it is {shown(argument)}")
    name, then, otherwise = argument
    problem = evaluator.conditions.problem(name)
    if problem is not None:
        raise CannotTellError(problem)
    holds = evaluator.conditions.value(name, decided)
    if holds is not None:
        return evaluator.cases(then if holds else otherwise, decided)
    results = evaluator.cases(then, (*decided, (name, True))) + evaluator.cases(otherwise, (*decided, (name, False)))
    return few(results)


def condition_function(name: str) -> Function:
    """``Fn::Equals`` and its kin as a value: true or false where that is certain."""

    def evaluate(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
        holds = evaluator.conditions.evaluate({name: argument}, decided)
        if holds is None:
            raise CannotTellError(f"{name} depends on what is chosen when the stack is deployed")
        return [Resolved(holds, None, decided)]

    return evaluate
