"""The table of intrinsic functions."""

from __future__ import annotations

from lean_silicon.templates.intrinsics import text
from lean_silicon.templates.intrinsics.branches import condition_function, if_
from lean_silicon.templates.intrinsics.deployment import attribute_reason, known_at_deployment, macro_reason
from lean_silicon.templates.intrinsics.evaluator import LOOP, Function
from lean_silicon.templates.intrinsics.loops import for_each
from lean_silicon.templates.intrinsics.mappings import find_in_map
from lean_silicon.templates.intrinsics.references import ref

FUNCTIONS: dict[str, Function] = {
    "Ref": ref,
    "Fn::And": condition_function("Fn::And"),
    "Fn::Base64": text.encode_base64,
    "Fn::Cidr": known_at_deployment(lambda _: "address blocks (Fn::Cidr) are not evaluated"),
    "Fn::Equals": condition_function("Fn::Equals"),
    "Fn::FindInMap": find_in_map,
    LOOP: for_each,
    "Fn::GetAZs": known_at_deployment(lambda _: "availability zones (Fn::GetAZs) differ from account to account"),
    "Fn::GetAtt": known_at_deployment(attribute_reason),
    "Fn::GetStackOutput": known_at_deployment(lambda _: "the value is an output of another stack (Fn::GetStackOutput)"),
    "Fn::If": if_,
    "Fn::ImportValue": known_at_deployment(lambda _: "the value is imported from another stack (Fn::ImportValue)"),
    "Fn::Join": text.join,
    "Fn::Length": text.length,
    "Fn::Not": condition_function("Fn::Not"),
    "Fn::Or": condition_function("Fn::Or"),
    "Fn::Select": text.select,
    "Fn::Split": text.split,
    "Fn::Sub": text.sub,
    "Fn::ToJsonString": text.to_json_string,
    "Fn::Transform": known_at_deployment(macro_reason),
}
"""Every function that has a meaning in a template's resources, and how it is evaluated."""
