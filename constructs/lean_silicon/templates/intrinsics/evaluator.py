"""Evaluates expressions: looks up the function, keeps the books of depth and steps, walks through alternatives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lean_silicon.templates.intrinsics.budget import Budget
from lean_silicon.templates.intrinsics.conditions import Conditions
from lean_silicon.templates.intrinsics.possibility import (
    CannotTellError,
    Decisions,
    Resolved,
    few,
    is_absent,
    mapped,
    shown,
    under,
    unknown,
)

if TYPE_CHECKING:
    from lean_silicon.templates.model import Template


LOOP = "Fn::ForEach::"
"""How the keys begin that are loops. A loop is evaluated with the mapping that it stands in, since other keys may stand beside it."""

Function = Callable[["Evaluator", Any, Decisions], list[Resolved]]
"""An intrinsic function: given its argument and what is decided, every value that it may have."""


class Evaluator:
    """Evaluates the expressions of one template.

    With `trust_defaults` a parameter's default counts as its value; without it only what is certain counts, which is how
    conditions are decided.
    """

    def __init__(
        self,
        template: Template,
        functions: Mapping[str, Function],
        *,
        trust_defaults: bool = True,
        budget: Budget | None = None,
    ) -> None:
        self.template = template
        self.functions = functions
        self.trust_defaults = trust_defaults
        self.budget = budget if budget is not None else Budget()
        self._certain: Evaluator | None = None
        self._parent: Evaluator | None = None
        self.conditions = Conditions(template.body.get("Conditions"), self.certain_value, self.budget)

    def section(self, name: str) -> dict[str, Any]:
        """A section of the template, empty where it is missing or not a mapping."""
        found = self.template.body.get(name)
        return found if isinstance(found, dict) else {}

    def cases(self, expression: object, decided: Decisions) -> list[Resolved]:
        """Every possible value of an expression whose top level may be an intrinsic function."""
        if not isinstance(expression, dict):
            return [Resolved(expression, None, decided)]
        try:
            function = intrinsic_name(expression)
            if function is None:
                return [Resolved(expression, None, decided)]
            evaluate = self.functions.get(function)
            if evaluate is None:
                return unknown(f"{function} is not a function that can be evaluated", decided)
            self.budget.depth += 1
            try:
                self.budget.spend()
                return evaluate(self, expression if function == LOOP else expression[function], decided)
            finally:
                self.budget.depth -= 1
        except CannotTellError as reason:
            return unknown(str(reason), decided)

    def sequence(self, expressions: Iterable[object], decided: Decisions) -> list[Resolved]:
        """Every combination of values of several expressions; the value of each case is a list of the values.

        The same conditions, and the same choices for parameters, hold throughout one combination. What is absent is left out.
        """
        found = [Resolved([], None, decided)]
        for expression in expressions:
            if isinstance(expression, dict):
                found = self._extended(found, partial(self.cases, expression))
                continue
            for case in found:
                if case.unknown is None:
                    case.value.append(expression)
        return found

    def nested(self, expression: object, decided: Decisions) -> list[Resolved]:
        """Every possible value of an expression with all that is nested in it evaluated; what is absent is left out."""
        results: list[Resolved] = []
        for case in self.cases(expression, decided):
            if case.unknown is None and isinstance(case.value, (dict, list)):
                results += self._inside(case)
            else:
                results.append(case)
        return few(results)

    def _inside(self, container: Resolved) -> list[Resolved]:
        """The cases of a mapping or list whose entries may each have several values."""
        self.budget.depth += 1
        is_mapping = isinstance(container.value, dict)
        found = [container._replace(value=[])]
        for key, entry in container.value.items() if is_mapping else enumerate(container.value):
            self.budget.spend()
            found = self._extended(found, partial(self._entries, key, entry))
        self.budget.depth -= 1
        return mapped(found, lambda pairs: dict(pairs) if is_mapping else [value for _, value in pairs])

    def _entries(self, key: object, entry: object, decided: Decisions) -> list[Resolved]:
        """The cases of one entry of a mapping or list, each with its key."""
        cases = self.nested(entry, decided)
        return [case if case.value is None else case._replace(value=(key, case.value)) for case in cases]

    def _extended(self, lists: list[Resolved], cases_of: Callable[[Decisions], list[Resolved]]) -> list[Resolved]:
        """Each of several lists, extended by each value that is possible after it."""
        results: list[Resolved] = []
        for case in lists:
            if case.unknown is not None:
                results.append(case)
                continue
            alternatives = cases_of(case.conditions)
            if len(alternatives) > 1:
                self.budget.spend(len(case.value) // 10)
            for alternative in alternatives:
                values = case.value if len(alternatives) == 1 else list(case.value)
                results.append(_appended(case, values, alternative))
            few(results)
        return results

    def certain_value(self, expression: object, decided: Decisions) -> object:
        """The value that an expression has whatever is chosen at deployment, or `None`."""
        if not isinstance(expression, dict):
            return expression
        if self.trust_defaults:
            if self._certain is None:
                self._certain = Evaluator(self.template, self.functions, trust_defaults=False, budget=self.budget)
                self._certain.conditions = self.conditions
            return self._certain.certain_value(expression, decided)
        cases = self.cases(expression, decided)
        return cases[0].value if len(cases) == 1 and cases[0].unknown is None and not cases[0].admitted_only else None

    @property
    def parent(self) -> Evaluator | None:
        """The evaluator of the template that contains this one."""
        if self._parent is None and self.template.parent is not None:
            self._parent = Evaluator(
                self.template.parent, self.functions, trust_defaults=self.trust_defaults, budget=self.budget
            )
        return self._parent


def _appended(case: Resolved, values: list[Any], last: Resolved) -> Resolved:
    """A case of a list with one more value, or that value's reason to be unknown."""
    if last.unknown is not None:
        return last
    if not is_absent(last):
        values.append(last.value)
    return under(case, last._replace(value=values))


def intrinsic_name(expression: dict[Any, Any]) -> str | None:
    """The function that a mapping calls, or `None` if it is a plain mapping.

    Raises
    ------
    CannotTellError
        If it calls a function and holds something else as well, which has no meaning.
    """
    if len(expression) == 1:
        key = next(iter(expression))
        if key == "Ref":
            return "Ref"
        if not isinstance(key, str) or not key.startswith("Fn::"):
            return None
        return LOOP if key.startswith(LOOP) else key
    functions = [key for key in expression if isinstance(key, str) and key.startswith("Fn::")]
    if any(key.startswith(LOOP) for key in functions):
        return LOOP
    if not functions or functions == ["Fn::Transform"]:
        return None
    others = [key for key in expression if key != functions[0]]
    raise CannotTellError(
        f"{functions[0]} stands beside {shown(others[0])} in one mapping; a function must stand alone"
    )
