"""``Ref``: parameters, pseudo parameters, and resources, whose names only a deployment knows."""

from __future__ import annotations

from typing import Any

from lean_silicon.templates.intrinsics.evaluator import Evaluator
from lean_silicon.templates.intrinsics.parameters import declared_value, typed
from lean_silicon.templates.intrinsics.possibility import (
    CannotTellError,
    Decisions,
    Resolved,
    merged_origin,
    shown,
)
from lean_silicon.templates.intrinsics.pseudo_parameters import pseudo_parameter

NO_VALUE = "AWS::NoValue"


def ref(evaluator: Evaluator, name: Any, decided: Decisions) -> list[Resolved]:
    """The value of a parameter or pseudo parameter; that of a resource is known only when it exists."""
    if not isinstance(name, str):
        raise CannotTellError(f"Ref takes the name of a parameter or resource, here it is {shown(name)}")
    if name == NO_VALUE:
        return [Resolved(None, None, decided)]
    facts = evaluator.conditions.facts(decided)
    declared = evaluator.section("Parameters").get(name)
    if name in facts.parameters:
        value = facts.parameters[name]
        kind = declared.get("Type") if isinstance(declared, dict) else None
        return [Resolved(typed(str(kind), value), None, decided, f"value of {name} under the conditions here")]
    if name.startswith("AWS::"):
        return [Resolved(pseudo_parameter(evaluator.template, name), None, decided)]
    if declared is None:
        raise CannotTellError(_not_a_parameter(evaluator, name))
    if name in evaluator.template.arguments:
        return _passed(evaluator, name, declared, decided)
    return _parameter(evaluator, name, declared, decided)


def _not_a_parameter(evaluator: Evaluator, name: str) -> str:
    resources = evaluator.section("Resources")
    if name in resources or name in evaluator.template.resources:
        return f"the name of the resource {name} is known only when it has been created"
    return f"Ref names {shown(name)}, which is neither a parameter nor a resource of this template"


def _parameter(evaluator: Evaluator, name: str, declared: object, decided: Decisions) -> list[Resolved]:
    found = declared_value(name, declared, evaluator.conditions.facts(decided).excluded.get(name, ()))
    if found.unknown is not None:
        raise CannotTellError(found.unknown)
    if not evaluator.trust_defaults and not found.certain:
        raise CannotTellError(f"parameter {name} may be given another value")
    if not found.admitted_only:
        return [Resolved(found.values[0], None, decided, found.origin)]
    return [Resolved(value, None, (*decided, (name, _chosen(value))), found.origin, True) for value in found.values]


def _chosen(value: object) -> Any:
    """A parameter's value as something that decisions may hold: they are dictionary keys."""
    return tuple(value) if isinstance(value, list) else value


def _passed(evaluator: Evaluator, name: str, declared: object, decided: Decisions) -> list[Resolved]:
    """The value that the containing stack passes; its conditions are named with its path before them."""
    parent = evaluator.parent
    if parent is None:
        raise CannotTellError(f"parameter {name} is passed by a stack that was not read")
    container = parent.template.construct_path or parent.template.stack or parent.template.path
    prefix = f"{container}/"
    theirs = tuple((key[len(prefix) :], value) for key, value in decided if key.startswith(prefix))
    kind = declared.get("Type") if isinstance(declared, dict) else None
    results = []
    for case in parent.cases(evaluator.template.arguments[name], theirs):
        conditions = decided + tuple((prefix + key, value) for key, value in case.conditions[len(theirs) :])
        if case.unknown is not None:
            results.append(
                Resolved(None, f"parameter {name} is passed by {container}, where {case.unknown}", conditions)
            )
            continue
        origin = merged_origin(f"parameter {name} passed by {container}", case.origin)
        results.append(Resolved(typed(str(kind), case.value), None, conditions, origin, case.admitted_only))
    return results
