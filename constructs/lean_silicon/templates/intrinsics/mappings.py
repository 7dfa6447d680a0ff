"""``Fn::FindInMap``: a value of a mapping, or all that it may be."""

from __future__ import annotations

from typing import Any

from lean_silicon.templates.intrinsics.evaluator import Evaluator
from lean_silicon.templates.intrinsics.possibility import (
    CannotTellError,
    Decisions,
    Resolved,
    few,
    merged_origin,
    shown,
    text_of,
    unknown,
)
from lean_silicon.templates.limits import MAX_POSSIBILITIES


def find_in_map(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """A value of a mapping. Where a key is unknown, every value that the mapping holds for it is possible."""
    if not isinstance(argument, list) or not 3 <= len(argument) <= 4:
        raise CannotTellError(f"Fn::FindInMap takes the name of a mapping and two keys, here it is {shown(argument)}")
    default = (
        argument[3].get("DefaultValue", _MISSING) if len(argument) == 4 and isinstance(argument[3], dict) else _MISSING
    )
    results: list[Resolved] = []
    for name in evaluator.cases(argument[0], decided):
        if name.unknown is not None:
            results.append(name)
            continue
        mapping = _mapping(evaluator, name.value)
        for first in evaluator.cases(argument[1], name.conditions):
            for second in evaluator.cases(argument[2], first.conditions):
                evaluator.budget.spend()
                results += _looked_up(evaluator, name.value, mapping, (first, second), default)
    return few(results)


_MISSING = object()


def _mapping(evaluator: Evaluator, name: object) -> dict[str, Any]:
    found = evaluator.section("Mappings").get(name) if isinstance(name, str) else None
    if not isinstance(found, dict):
        raise CannotTellError(f"Fn::FindInMap names the mapping {shown(name)}, which this template does not have")
    return found


def _looked_up(
    evaluator: Evaluator, name: str, mapping: dict[str, Any], keys: tuple[Resolved, Resolved], default: object
) -> list[Resolved]:
    first, second = keys
    values = [value for row in _rows(mapping, first) for value in _rows(row, second)]
    evaluator.budget.spend(len(values) // 10)
    origin = merged_origin(f"mapping {name}", merged_origin(first.origin, second.origin))
    admitted = first.admitted_only or second.admitted_only
    known = first.unknown is None and second.unknown is None
    results = [Resolved(value, None, second.conditions, origin, admitted) for value in _distinct(name, values)]
    if default is not _MISSING and not (known and results):
        results += evaluator.cases(default, second.conditions)
    if not results:
        named = " and ".join(shown(key.value) if key.unknown is None else f"({key.unknown})" for key in keys)
        return unknown(f"the mapping {name} has nothing under the keys {named}", second.conditions)
    return results if len(results) == 1 else [case._replace(admitted_only=True) for case in results]


def _rows(mapping: object, key: Resolved) -> list[Any]:
    """What a mapping holds under a key, or all that it holds where the key is unknown."""
    if not isinstance(mapping, dict):
        return []
    if key.unknown is not None:
        return list(mapping.values())
    text = text_of(key.value)
    return [mapping[text]] if text is not None and text in mapping else []


def _distinct(name: str, values: list[Any]) -> list[Any]:
    """The different values, in order. A mapping holds texts, numbers and lists of them, nothing deeper."""
    seen: dict[str, Any] = {}
    for value in values:
        if isinstance(value, dict):
            raise CannotTellError(f"the mapping {name} holds a mapping where a value is expected")
        seen.setdefault(repr(value), value)
    if len(seen) > MAX_POSSIBILITIES:
        raise CannotTellError(
            f"the mapping {name} holds {len(seen)} different values, and which one applies is unknown"
        )
    return list(seen.values())
