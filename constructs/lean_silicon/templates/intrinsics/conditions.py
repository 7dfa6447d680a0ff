"""The template's conditions: what follows from what has been decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from lean_silicon.templates.intrinsics.budget import Budget
from lean_silicon.templates.intrinsics.possibility import Decisions, shown, text_of
from lean_silicon.templates.limits import MAX_EXPRESSION_DEPTH

Certain = Callable[[object, Decisions], object]
"""The one value that an expression has whatever is chosen at deployment, or `None`."""

_MOST_REMEMBERED = 1_000


class Facts:
    """What follows from some decisions: values of conditions, and of parameters that conditions compare."""

    def __init__(self, decided: Decisions) -> None:
        self.decided = decided
        self.conditions: dict[str, bool] = {}
        self.parameters: dict[str, Any] = {}
        self.excluded: dict[str, set[str]] = {}
        self.evaluated: dict[str, bool | None] = {}


class Conditions:
    """Three-valued logic over the ``Conditions`` of a template: true, false, or open until deployment.

    A condition is decided only by literals, the region where it is known, and what is decided already; a parameter's
    default decides nothing, because deploying with another value is what conditions are for.
    """

    def __init__(self, declared: object, certain: Certain, budget: Budget) -> None:
        self._declared: Mapping[str, Any] = declared if isinstance(declared, Mapping) else {}
        self._certain = certain
        self._budget = budget
        self._facts: dict[Decisions, Facts] = {}

    def value(self, name: str, decided: Decisions) -> bool | None:
        """Whether the condition holds, or `None` where both is possible."""
        return self._named(name, self.facts(decided))

    def evaluate(self, expression: object, decided: Decisions) -> bool | None:
        """Whether an expression made of ``Fn::And``, ``Fn::Equals``, ``Fn::Not`` and ``Fn::Or`` holds."""
        return self._evaluate(expression, self.facts(decided))

    def facts(self, decided: Decisions) -> Facts:
        """Everything that follows from the decisions by the structure of the conditions."""
        known = self._facts.get(decided)
        if known is None:
            known = Facts(decided)
            for name, value in decided:
                if isinstance(value, bool):
                    self._imply(name, value, known)
                else:
                    known.parameters[name] = value
            if len(self._facts) >= _MOST_REMEMBERED:
                self._facts.clear()
            self._facts[decided] = known
        return known

    def problem(self, name: object) -> str | None:
        """Why a condition has no meaning: it is not declared, or its definition goes round in a circle."""
        if not isinstance(name, str):
            return f"a condition is named by text, here it is {shown(name)}"
        if name not in self._declared:
            return f"the condition {name} is not declared in this template"
        if name in self._circular:
            return f"the condition {name} depends on conditions that refer to one another in a circle"
        return None

    @cached_property
    def _circular(self) -> frozenset[str]:
        """The conditions that cannot be put in an order of definition."""
        waiting = {name: _references(expression) & self._declared.keys() for name, expression in self._declared.items()}
        users: dict[str, list[str]] = {}
        for name, references in waiting.items():
            for reference in references:
                users.setdefault(reference, []).append(name)
        ready = [name for name, references in waiting.items() if not references]
        while ready:
            done = ready.pop()
            del waiting[done]
            for user in users.get(done, ()):
                waiting[user].discard(done)
                if not waiting[user]:
                    ready.append(user)
        return frozenset(waiting)

    def _imply(self, name: str, value: bool, facts: Facts) -> None:
        """Note a condition's value and whatever follows from it, without recursion: conditions may form long chains."""
        todo: list[tuple[object, bool]] = [({"Condition": name}, value)]
        while todo:
            expression, holds = todo.pop()
            self._budget.spend()
            function, argument = _function(expression)
            if function == "Condition" and isinstance(argument, str):
                if argument not in facts.conditions:
                    facts.conditions[argument] = holds
                    todo.append((self._declared.get(argument), holds))
            elif function == "Fn::Not" and isinstance(argument, list) and len(argument) == 1:
                todo.append((argument[0], not holds))
            elif isinstance(argument, list) and (function, holds) in (("Fn::And", True), ("Fn::Or", False)):
                todo.extend((part, holds) for part in argument)
            elif function == "Fn::Equals":
                self._imply_equality(argument, holds, facts)

    def _imply_equality(self, operands: object, holds: bool, facts: Facts) -> None:
        if not isinstance(operands, list) or len(operands) != 2:
            return
        for one, other in (operands, operands[::-1]):
            name = one.get("Ref") if isinstance(one, dict) and len(one) == 1 else None
            literal = text_of(other)
            if isinstance(name, str) and literal is not None:
                if holds:
                    facts.parameters.setdefault(name, literal)
                else:
                    facts.excluded.setdefault(name, set()).add(literal)

    def _named(self, name: str, facts: Facts) -> bool | None:
        if name in facts.conditions:
            return facts.conditions[name]
        if name not in facts.evaluated:
            facts.evaluated[name] = None  # what a condition that refers to itself finds
            facts.evaluated[name] = self._evaluate(self._declared.get(name), facts)
        return facts.evaluated[name]

    def _evaluate(self, expression: object, facts: Facts) -> bool | None:
        if isinstance(expression, bool):
            return expression
        function, argument = _function(expression)
        if function is None or self._budget.depth >= MAX_EXPRESSION_DEPTH:
            return None
        self._budget.depth += 1
        try:
            self._budget.spend()
            if function == "Condition":
                return self._named(argument, facts) if isinstance(argument, str) else None
            if not isinstance(argument, list):
                return None
            if function == "Fn::Equals":
                return self._equal(argument, facts)
            return _combined(function, [self._evaluate(part, facts) for part in argument])
        finally:
            self._budget.depth -= 1

    def _equal(self, operands: list[Any], facts: Facts) -> bool | None:
        if len(operands) != 2:
            return None
        if self._is_excluded(operands, facts):
            return False
        first, second = (self._certain(operand, facts.decided) for operand in operands)
        if first is None or second is None:
            return None
        texts = text_of(first), text_of(second)
        return first == second if None in texts else texts[0] == texts[1]

    def _is_excluded(self, operands: list[Any], facts: Facts) -> bool:
        for one, other in (operands, operands[::-1]):
            name = one.get("Ref") if isinstance(one, dict) and len(one) == 1 else None
            if isinstance(name, str) and text_of(other) in facts.excluded.get(name, ()):
                return True
        return False


def _references(expression: object) -> set[str]:
    """The conditions that a definition names."""
    found: set[str] = set()
    todo = [expression]
    while todo:
        part = todo.pop()
        if isinstance(part, list):
            todo.extend(part)
        elif isinstance(part, Mapping):
            if isinstance(part.get("Condition"), str):
                found.add(part["Condition"])
            todo.extend(part.values())
    return found


def _function(expression: object) -> tuple[str | None, Any]:
    if isinstance(expression, dict) and len(expression) == 1:
        name, argument = next(iter(expression.items()))
        return name, argument
    return None, None


def _combined(function: str, parts: list[bool | None]) -> bool | None:
    if function == "Fn::Not":
        return None if len(parts) != 1 or parts[0] is None else not parts[0]
    if function == "Fn::And":
        return False if False in parts else None if None in parts or not parts else True
    if function == "Fn::Or":
        return True if True in parts else None if None in parts or not parts else False
    return None
