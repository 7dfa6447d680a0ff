"""The table of intrinsic functions."""

from __future__ import annotations

from typing import Any

from lean_silicon.templates.intrinsics import references, text
from lean_silicon.templates.intrinsics.evaluator import Evaluator, Function
from lean_silicon.templates.intrinsics.loops import for_each
from lean_silicon.templates.intrinsics.possibility import CannotTellError, Decisions, Resolved


def _condition_function(name: str) -> Function:
    def evaluate(evaluator: Evaluator, argument: Any, decided: Decisions) -> list[Resolved]:
        holds = evaluator.conditions.evaluate({name: argument}, decided)
        if holds is None:
            raise CannotTellError(f"{name} depends on what is chosen when the stack is deployed")
        return [Resolved(holds, None, decided)]

    return evaluate


FUNCTIONS: dict[str, Function] = {
    "Ref": references.ref,
    "Fn::Base64": text.encode_base64,
    "Fn::Cidr": references.known_at_deployment(lambda _: "address blocks (Fn::Cidr) are not evaluated"),
    "Fn::FindInMap": references.find_in_map,
    "Fn::ForEach": for_each,
    "Fn::GetAZs": references.known_at_deployment(
        lambda _: "the availability zones of a region (Fn::GetAZs) differ from account to account"
    ),
    "Fn::GetAtt": references.known_at_deployment(references.attribute_reason),
    "Fn::GetStackOutput": references.known_at_deployment(
        lambda _: "the value is an output of another stack (Fn::GetStackOutput)"
    ),
    "Fn::If": references.if_,
    "Fn::ImportValue": references.known_at_deployment(
        lambda _: "the value is imported from another stack (Fn::ImportValue)"
    ),
    "Fn::Join": text.join,
    "Fn::Length": text.length,
    "Fn::Select": text.select,
    "Fn::Split": text.split,
    "Fn::Sub": text.sub,
    "Fn::ToJsonString": text.to_json_string,
    "Fn::Transform": references.known_at_deployment(references.macro_reason),
    **{name: _condition_function(name) for name in ("Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or")},
}
"""Every function that has a meaning in a template's resources, and how it is evaluated."""
