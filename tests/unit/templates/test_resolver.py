"""The resolver as its users see it."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from lean_silicon.templates import Resolved, Resolver, read_template


def resolver(**sections: Any) -> Resolver:
    return Resolver(read_template({"Resources": {}, **sections}, path="t.json"))


@pytest.mark.parametrize(
    "literal",
    [None, 3, 1.5, True, "ml.g5.xlarge", "", [1, {"Ref": "x"}], {}, {"a": {"Ref": "x"}}, {"Ref": "x", "a": 1}],
)
def test_what_calls_no_function_is_returned_as_it_is(literal: object) -> None:
    (found,) = resolver().possibilities(literal)
    assert found.value is literal
    assert found == Resolved(literal)


def test_a_mapping_beside_a_macro_is_returned_for_its_other_entries() -> None:
    written = {"InstanceType": "ml.g5.xlarge", "Fn::Transform": {"Name": "Add"}}
    assert resolver().possibilities(written)[0].value is written


def test_equal_possibilities_are_told_once() -> None:
    parameters = {"P": {"Type": "String", "AllowedValues": ["a", "b"]}}
    found = resolver(Parameters=parameters).possibilities({"Fn::Sub": "${P}${AWS::Region}"})
    assert len(found) == 1


def test_plain_resolves_everything_that_has_one_value() -> None:
    known = resolver(
        Parameters={"Type": {"Type": "String", "Default": "ml.g5.xlarge"}, "Free": {"Type": "String"}},
        Conditions={"Open": {"Fn::Equals": [{"Ref": "Free"}, "x"]}, "Closed": {"Fn::Equals": ["a", "b"]}},
    )
    assert known.plain(
        {
            "Type": {"Ref": "Type"},
            "Unknown": {"Ref": "Free"},
            "Either": {"Fn::If": ["Open", 1, 2]},
            "Gone": {"Ref": "AWS::NoValue"},
            "GoneToo": {"Fn::If": ["Closed", 1, {"Ref": "AWS::NoValue"}]},
            "List": [{"Fn::Sub": "a ${Type}"}, {"Ref": "AWS::NoValue"}, None, {"Nested": [{"Ref": "Type"}]}],
        }
    ) == {
        "Type": "ml.g5.xlarge",
        "Unknown": None,
        "Either": None,
        "List": ["a ml.g5.xlarge", None, {"Nested": ["ml.g5.xlarge"]}],
    }
    assert known.plain({"Ref": "AWS::NoValue"}) is None


def test_plain_cuts_what_nests_without_end() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = circle
    value = resolver().plain(circle)
    depth = 0
    while value is not None:
        value, depth = value["again"], depth + 1
    assert depth == 100


def test_little_stack_left_is_no_reason_to_crash() -> None:
    expression: object = "a"
    for _ in range(40):
        expression = {"Fn::Join": ["", [expression]]}
    known = resolver()

    def deep(levels: int) -> Any:
        return deep(levels - 1) if levels else known.possibilities(expression)[0]

    frames = 0
    frame = sys._getframe()
    while frame is not None:
        frame, frames = frame.f_back, frames + 1
    found = deep(sys.getrecursionlimit() - frames - 60)
    assert found.unknown == "the expression nests too deeply to be evaluated here"
    assert known.possibilities(expression)[0].value == "a"


def nested(arguments: dict[str, Any], declared: dict[str, Any], **parent_sections: Any) -> Resolver:
    parent = read_template({"Resources": {}, **parent_sections}, path="parent.json", stack="Parent")
    child = read_template({"Resources": {}, "Parameters": declared}, path="child.json")
    child.parent, child.arguments = parent, arguments
    return Resolver(child)


def test_a_nested_stack_is_passed_a_literal() -> None:
    known = nested({"Type": "ml.g5.xlarge"}, {"Type": {"Type": "String", "Default": "ml.p3.2xlarge"}})
    assert known.possibilities({"Ref": "Type"}) == (Resolved("ml.g5.xlarge", origin="parameter Type passed by Parent"),)


def test_a_nested_stack_is_passed_a_parameter_of_the_stack_around_it() -> None:
    declared = {"Count": {"Type": "Number"}, "Types": {"Type": "CommaDelimitedList"}}
    arguments = {"Count": {"Ref": "N"}, "Types": {"Fn::Join": [",", ["a", {"Ref": "T"}]]}}
    known = nested(
        arguments,
        declared,
        Parameters={"N": {"Type": "String", "Default": "2"}, "T": {"Type": "String", "Default": "b"}},
    )
    assert known.plain([{"Ref": "Count"}, {"Ref": "Types"}]) == [2, ["a", "b"]]
    assert known.possibilities({"Ref": "Count"})[0].origin == "parameter Count passed by Parent, default of parameter N"


def test_what_the_stack_around_does_not_know_is_unknown_here() -> None:
    known = nested({"Arn": {"Fn::GetAtt": ["Bucket", "Arn"]}}, {"Arn": {"Type": "String"}})
    (found,) = known.possibilities({"Ref": "Arn"})
    assert found.unknown == (
        "parameter Arn is passed by Parent, where the attribute 'Bucket.Arn' is known only when the resource has been created"
    )


def test_conditions_of_the_stack_around_are_named_with_it_and_stay_consistent() -> None:
    either = {"Fn::If": ["Prod", "ml.p5.48xlarge", "ml.g5.xlarge"]}
    known = nested(
        {"A": either, "B": either},
        {"A": {"Type": "String"}, "B": {"Type": "String"}},
        Parameters={"E": {"Type": "String"}},
        Conditions={"Prod": {"Fn::Equals": [{"Ref": "E"}, "prod"]}},
    )
    found = known.possibilities({"Fn::Sub": "${A} ${B}"})
    assert [(case.value, case.conditions) for case in found] == [
        ("ml.p5.48xlarge ml.p5.48xlarge", (("Parent/Prod", True),)),
        ("ml.g5.xlarge ml.g5.xlarge", (("Parent/Prod", False),)),
    ]


def test_a_passed_literal_decides_conditions_of_the_nested_stack() -> None:
    child = read_template(
        {
            "Resources": {},
            "Parameters": {"E": {"Type": "String"}},
            "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "E"}, "prod"]}},
        },
        path="c",
    )
    child.parent, child.arguments = read_template({"Resources": {}}, path="p"), {"E": "prod"}
    assert Resolver(child).holds("Prod") is True
    child.arguments = {"E": {"Ref": "AWS::Region"}}
    assert Resolver(child).holds("Prod") is None
