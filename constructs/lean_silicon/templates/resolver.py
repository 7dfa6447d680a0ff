"""Intrinsic functions, resolved as far as a template alone allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lean_silicon.templates.intrinsics.evaluator import Evaluator
from lean_silicon.templates.intrinsics.functions import FUNCTIONS
from lean_silicon.templates.intrinsics.possibility import Resolved, TooIntricateError, is_absent
from lean_silicon.templates.limits import MAX_NESTING

if TYPE_CHECKING:
    from lean_silicon.templates.model import Template

__all__ = ["Resolved", "Resolver"]


class Resolver:
    """Resolves the intrinsics of one template.

    Nothing here raises: an expression that is wrong, circular or too intricate is unknown, with a sentence that says why.
    Making a `Resolver` costs next to nothing; one may be shared by everything that reads the same template.

    Examples
    --------
    >>> from lean_silicon.templates import read_template
    >>> template = read_template({"Parameters": {"Type": {"Type": "String", "Default": "ml.trn1.2xlarge"}}, "Resources": {}}, path="t")
    >>> Resolver(template).possibilities({"Ref": "Type"})
    (Resolved(value='ml.trn1.2xlarge', unknown=None, conditions=(), origin='default of parameter Type', admitted_only=False),)
    """

    def __init__(self, template: Template) -> None:
        self._evaluator = Evaluator(template, FUNCTIONS)

    def possibilities(self, expression: object, assumed: tuple[tuple[str, bool], ...] = ()) -> tuple[Resolved, ...]:
        """Every value that the expression can have, given that some conditions are already decided; never empty.

        The conditions of each result begin with those that were `assumed`, so that they can be passed on when descending
        into its value. A mapping or list that calls no function is returned as it is, with what is nested in it. A result
        whose value is `None` and that is not unknown is absent (``AWS::NoValue``).
        """
        if not isinstance(expression, dict):
            return (Resolved(expression, None, assumed),)
        self._evaluator.budget.renew()
        try:
            cases = self._evaluator.cases(expression, assumed)
        except TooIntricateError as reason:
            return (Resolved(None, str(reason), assumed),)
        except RecursionError:  # the caller has used up most of the stack already
            return (Resolved(None, "the expression nests too deeply to be evaluated here", assumed),)
        return _distinct([_public(case) for case in cases])

    def holds(self, condition: str, assumed: tuple[tuple[str, bool], ...] = ()) -> bool | None:
        """Whether a condition holds whatever is chosen at deployment; `None` where that decides, or it is not declared."""
        self._evaluator.budget.renew()
        try:
            return self._evaluator.conditions.value(condition, assumed)
        except (TooIntricateError, RecursionError):
            return None

    def plain(self, expression: object) -> Any:
        """The expression with everything resolved that has one value only; what is unknown stays as `None`.

        What is absent is left out of mappings and lists, and what nests deeper than a template may is `None`.
        """
        value = self._plain(expression, 0)
        return None if value is _LEFT_OUT else value

    def _plain(self, expression: object, depth: int) -> Any:
        value = expression
        if isinstance(expression, dict):
            found = self.possibilities(expression)
            if len(found) == 1 and is_absent(found[0]):
                return _LEFT_OUT
            value = found[0].value if len(found) == 1 else None
        if not isinstance(value, (dict, list)):
            return value
        if depth >= MAX_NESTING:
            return None
        if isinstance(value, list):
            items = [self._plain(item, depth + 1) for item in value]
            return [item for item in items if item is not _LEFT_OUT]
        entries = {key: self._plain(item, depth + 1) for key, item in value.items()}
        return {key: item for key, item in entries.items() if item is not _LEFT_OUT}


_LEFT_OUT = object()
"""The value of ``AWS::NoValue`` inside a mapping or list."""


def _distinct(cases: list[Resolved]) -> tuple[Resolved, ...]:
    """The cases without repetitions; those whose value is a mapping or list are left as they are."""
    if len(cases) == 1:
        return (cases[0],)
    try:
        return tuple(dict.fromkeys(cases))
    except TypeError:
        return tuple(cases)


def _public(case: Resolved) -> Resolved:
    """A case without the values that were chosen for parameters on the way."""
    if all(isinstance(value, bool) for _, value in case.conditions):
        return case
    return case._replace(conditions=tuple(decision for decision in case.conditions if isinstance(decision[1], bool)))
