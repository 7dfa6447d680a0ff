"""One possible value of an expression, and what evaluators say to each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lean_silicon.templates.limits import MAX_POSSIBILITIES

Decisions = tuple[tuple[str, Any], ...]
"""What has been decided on the way to a value: conditions (a `bool`), and the values chosen for parameters (anything else)."""


class Resolved(NamedTuple):
    """One possible value of an expression.

    Parameters
    ----------
    value
        Plain: no intrinsic at its top level; nested values may still hold some. `None` where `unknown` says why the value
        cannot be known. `None` with no `unknown` means that the property is absent (``AWS::NoValue``).
    unknown
        Why the value cannot be known, as a sentence.
    conditions
        The template's conditions that lead here: those that were already decided, then those that this expression asks for.
    origin
        Where the value comes from if it is not a literal: ``"default of parameter InstanceType"``, ``"mapping Sizes"``.
    admitted_only
        `True` where the template merely allows this value (an allowed value of a parameter without default, a mapping whose
        key is unknown) and another one may be chosen.
    """

    value: Any
    unknown: str | None = None
    conditions: tuple[tuple[str, bool], ...] = ()
    origin: str | None = None
    admitted_only: bool = False


class CannotTellError(Exception):
    """Raised inside an intrinsic function whose value cannot be known; its text becomes `Resolved.unknown`."""


class TooIntricateError(Exception):
    """Raised when an expression as a whole exceeds a limit; its text becomes the only answer."""


def unknown(sentence: str, decided: Decisions) -> list[Resolved]:
    """The single answer that says why there is none."""
    return [Resolved(None, sentence, decided)]


def few(cases: list[Resolved]) -> list[Resolved]:
    """The cases, if an expression may have so many.

    Raises
    ------
    TooIntricateError
        If there are more than `MAX_POSSIBILITIES`.
    """
    if len(cases) > MAX_POSSIBILITIES:
        raise TooIntricateError(f"the expression has more than {MAX_POSSIBILITIES} possible values")
    return cases


def is_absent(case: Resolved) -> bool:
    """Whether the value is ``AWS::NoValue``."""
    return case.value is None and case.unknown is None


def under(outer: Resolved, inner: Resolved) -> Resolved:
    """A case that was found by way of another: it comes from both places, and is certain only if both are."""
    origin = merged_origin(outer.origin, inner.origin)
    return inner._replace(origin=origin, admitted_only=outer.admitted_only or inner.admitted_only)


def mapped(cases: list[Resolved], function: Callable[[Any], Any]) -> list[Resolved]:
    """Every known value put through `function`, which raises `CannotTellError` where it has no answer."""
    results = []
    for case in cases:
        if case.unknown is not None:
            results.append(case)
            continue
        try:
            results.append(case._replace(value=function(case.value)))
        except CannotTellError as reason:
            results.append(case._replace(value=None, unknown=str(reason)))
    return results


def merged_origin(first: str | None, second: str | None) -> str | None:
    """Both origins, each named once."""
    if first is None or second is None or second in first.split(", "):
        return first if first is not None else second
    return f"{first}, {second}"


def shown(value: object) -> str:
    """A value as a message quotes it: short, on one line, whatever it is."""
    if isinstance(value, Mapping):
        function = next(iter(value), None) if len(value) == 1 else None
        if function == "Ref" or (isinstance(function, str) and function.startswith("Fn::")):
            return f"the function {function[:40]!r}"
        return f"a mapping of {len(value)} keys"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)} items"
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        text = repr(value[:80] if isinstance(value, str) else value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= 60 else text[:57] + "..."


def text_of(value: object) -> str | None:
    """The text that CloudFormation makes of a scalar, or `None` if the value is not one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        try:
            return str(value)
        except ValueError:
            return None
    return None
