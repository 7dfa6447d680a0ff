"""Functions whose value stands elsewhere: ``Ref``, ``Fn::FindInMap``, ``Fn::If``, and those that only a deployment knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lean_silicon.templates.intrinsics.evaluator import Evaluator, Function
from lean_silicon.templates.intrinsics.parameters import declared_value, typed
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
        return [Resolved(pseudo_parameter(evaluator, name), None, decided)]
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
    if len(found.values) > MAX_POSSIBILITIES:
        raise CannotTellError(f"parameter {name} has no default and {len(found.values)} allowed values")
    if not evaluator.trust_defaults and (found.admitted_only or found.origin == f"default of parameter {name}"):
        raise CannotTellError(f"parameter {name} may be given another value")
    if not found.admitted_only:
        return [Resolved(found.values[0], None, decided, found.origin)]
    return [Resolved(value, None, (*decided, (name, _chosen(value))), found.origin, True) for value in found.values]


def _chosen(value: object) -> object:
    """A parameter's value as something that decisions may hold: they are dictionary keys."""
    return tuple(value) if isinstance(value, list) else value


def _passed(evaluator: Evaluator, name: str, declared: object, decided: Decisions) -> list[Resolved]:
    """The value that the containing stack passes; its conditions are named with its path before them."""
    parent = evaluator.parent
    if parent is None:
        raise CannotTellError(f"parameter {name} is passed by a stack that was not read")
    container = parent.template.stack or parent.template.path
    prefix = f"{container}/"
    theirs = tuple((key[len(prefix) :], value) for key, value in decided if key.startswith(prefix))
    kind = declared.get("Type") if isinstance(declared, dict) else None
    results = []
    for case in parent.cases(evaluator.template.arguments[name], theirs):
        conditions = decided + tuple((prefix + key, value) for key, value in case.conditions[len(theirs) :])
        if case.unknown is not None:
            results.append(Resolved(None, f"parameter {name} is passed by {container}, where {case.unknown}", conditions))
            continue
        origin = merged_origin(f"parameter {name} passed by {container}", case.origin)
        results.append(Resolved(typed(str(kind), case.value), None, conditions, origin, case.admitted_only))
    return results


def pseudo_parameter(evaluator: Evaluator, name: str) -> str:
    """What is known of the place and the stack before a deployment."""
    template = evaluator.template
    region = template.region
    known = {"AWS::Region": region, "AWS::StackName": template.stack, "AWS::AccountId": template.account}
    if region is not None:
        known["AWS::Partition"], known["AWS::URLSuffix"] = partition(region)
    value = known.get(name)
    if value is not None:
        return value
    if name in ("AWS::Region", "AWS::Partition", "AWS::URLSuffix"):
        raise CannotTellError(f"{name} is unknown because the region of this template is")
    raise CannotTellError(f"{name} is known only when the stack is deployed")


_PARTITIONS = (
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
)
"""Prefix of a region's name, its partition, and the domain of its URLs: the partitions of botocore's ``partitions.json``."""


def partition(region: str) -> tuple[str, str]:
    """The partition of a region, and the domain of its URLs."""
    for prefix, name, suffix in _PARTITIONS:
        if region.startswith(prefix):
            return name, suffix
    return "aws", "amazonaws.com"


def find_in_map(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
    """A value of a mapping. Where a key is unknown, every value that the mapping holds for it is possible."""
    if not isinstance(argument, list) or not 3 <= len(argument) <= 4:
        raise CannotTellError(f"Fn::FindInMap takes the name of a mapping and two keys, here it is {shown(argument)}")
    default = argument[3].get("DefaultValue", _MISSING) if len(argument) == 4 and isinstance(argument[3], dict) else _MISSING
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
    origin = merged_origin(f"mapping {name}", merged_origin(first.origin, second.origin))
    rows = _rows(mapping, first)
    values = [value for row in rows for value in _rows(row, second)]
    certain = first.unknown is None and second.unknown is None
    if values and certain:
        value = values[0]
        if isinstance(value, dict):
            return unknown(f"the mapping {name} holds a mapping where a value is expected", second.conditions)
        return [Resolved(value, None, second.conditions, origin, first.admitted_only or second.admitted_only)]
    results = [Resolved(value, None, second.conditions, origin, True) for value in _distinct(values)]
    if default is not _MISSING:
        results += [
            case._replace(admitted_only=case.admitted_only or not certain)
            for case in evaluator.cases(default, second.conditions)
        ]
    if results:
        return results
    keys_named = " and ".join(shown(key.value) if key.unknown is None else f"({key.unknown})" for key in keys)
    return unknown(f"the mapping {name} has nothing under the keys {keys_named}", second.conditions)


def _rows(mapping: object, key: Resolved) -> list[Any]:
    """What a mapping holds under a key, or all that it holds where the key is unknown."""
    if not isinstance(mapping, dict):
        return []
    if key.unknown is not None:
        return list(mapping.values())
    text = text_of(key.value)
    return [mapping[text]] if text is not None and text in mapping else []


def _distinct(values: list[Any]) -> list[Any]:
    """The different plain values, in order; limited, because a mapping may be huge."""
    seen: dict[str, Any] = {}
    for value in values:
        if not isinstance(value, dict):
            seen.setdefault(repr(value), value)
    if len(seen) > MAX_POSSIBILITIES:
        raise CannotTellError(f"the mapping holds {len(seen)} different values, and which one applies is unknown")
    return list(seen.values())


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
    name = argument.get("Name") if isinstance(argument, dict) else argument
    return f"the value is made by the macro {shown(name)} (Fn::Transform) when the stack is deployed"
