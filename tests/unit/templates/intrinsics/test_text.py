"""Functions that put values together or take them apart."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from lean_silicon.templates import Resolved, Resolver, limits, read_template
from lean_silicon.templates.intrinsics import budget

PARAMETERS = {
    "Family": {"Type": "String", "Default": "g5"},
    "Sizes": {"Type": "CommaDelimitedList", "Default": "xlarge, 2xlarge"},
    "Count": {"Type": "Number", "Default": 3},
    "Choice": {"Type": "String", "AllowedValues": ["a", "b"]},
    "Free": {"Type": "String"},
}
CONDITIONS = {name: {"Fn::Equals": [{"Ref": f"{name}Name"}, "yes"]} for name in "ABCDEFGH"}


def resolver(**sections: Any) -> Resolver:
    body = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}, "Parameters": PARAMETERS, "Conditions": CONDITIONS}
    return Resolver(read_template({**body, **sections}, path="t.json", region="us-east-1"))


def value_of(expression: object) -> Any:
    (found,) = resolver().possibilities(expression)
    assert found.unknown is None
    return found.value


def unknown(expression: object) -> str:
    (found,) = resolver().possibilities(expression)
    assert found.value is None
    assert found.unknown is not None
    return found.unknown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ml.${Family}.xlarge", "ml.g5.xlarge"),
        ("no variables", "no variables"),
        ("", ""),
        ("${Count}x${Family}", "3xg5"),
        ("${AWS::Region}/${AWS::Partition}", "us-east-1/aws"),
        ("${!Literal} ${Family}", "${Literal} g5"),
        ("${ Family }", "g5"),
        ("$Family ${", "$Family ${"),
        ("$${Family}", "$g5"),
        (["ml.${F}.${S}", {"F": {"Ref": "Family"}, "S": "xlarge"}], "ml.g5.xlarge"),
        (["${Family}", {"Family": "p4d"}], "p4d"),
        (["${A.B}", {"A.B": "dotted"}], "dotted"),
        (["${Family}", {}], "g5"),
        (["${T}", {"T": True}], "true"),
    ],
)
def test_sub_puts_values_into_a_text(text: object, expected: str) -> None:
    assert value_of({"Fn::Sub": text}) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${Bucket.Arn}", "the attribute 'Bucket.Arn' is known only when the resource has been created"),
        ("${Bucket}", "the name of the resource Bucket is known only when it has been created"),
        ("${Free}", "parameter Free has no default and no allowed values"),
        ("${Nothing}", "Ref names 'Nothing', which is neither a parameter nor a resource of this template"),
        ("${}", "Ref names '', which is neither a parameter nor a resource of this template"),
        ("${Sizes}", "Fn::Sub puts texts together, but one part is a list of 2 items"),
    ],
)
def test_a_text_with_an_unknown_part_is_unknown_for_its_reason(text: str, reason: str) -> None:
    assert unknown({"Fn::Sub": text}) == reason


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        (["", ["ml.", {"Ref": "Family"}, ".xlarge"]], "ml.g5.xlarge"),
        (["-", []], ""),
        ([",", {"Ref": "Sizes"}], "xlarge,2xlarge"),
        (["-", ["a", {"Ref": "AWS::NoValue"}, "b"]], "a-b"),
        (["-", [1, 2.5, True]], "1-2.5-true"),
        (["-", {"Fn::Split": [",", "a,b"]}], "a-b"),
        (["-", [{"Fn::Join": ["+", ["a", "b"]]}, "c"]], "a+b-c"),
    ],
)
def test_join_puts_items_together(argument: object, expected: str) -> None:
    assert value_of({"Fn::Join": argument}) == expected


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ([0, ["a", "b"]], "a"),
        (["1", ["a", "b"]], "b"),
        ([1, {"Ref": "Sizes"}], "2xlarge"),
        ([1, {"Fn::Split": [".", "ml.g5.xlarge"]}], "g5"),
        ([{"Fn::Length": ["a"]}, ["a", {"Ref": "Family"}]], "g5"),
        ([0, ["a", {"Ref": "Free"}]], "a"),
        ([{"Fn::If": ["A", 0, 0]}, [{"Key": {"Ref": "Free"}}]], {"Key": {"Ref": "Free"}}),
    ],
)
def test_select_takes_an_item_and_leaves_the_others_alone(argument: object, expected: object) -> None:
    assert {repr(case.value) for case in resolver().possibilities({"Fn::Select": argument})} == {repr(expected)}


def test_select_beyond_the_end_is_unknown() -> None:
    assert (
        unknown({"Fn::Select": [2, ["a", "b"]]})
        == "Fn::Select asks for the item with the index 2, and the list has 2 items"
    )


def test_split_length_base64_and_json() -> None:
    assert value_of({"Fn::Split": [".", {"Fn::Sub": "ml.${Family}.xlarge"}]}) == ["ml", "g5", "xlarge"]
    assert value_of({"Fn::Length": ["a", {"Ref": "AWS::NoValue"}, "b"]}) == 2
    assert value_of({"Fn::Length": {"Ref": "Sizes"}}) == 2
    assert base64.b64decode(value_of({"Fn::Base64": {"Fn::Sub": "echo ${Family}"}})) == b"echo g5"
    expression = {
        "Type": {"Ref": "Family"},
        "Gone": {"Ref": "AWS::NoValue"},
        "List": [1, {"Ref": "Count"}, {"a": True}],
    }
    assert value_of({"Fn::ToJsonString": expression}) == '{"Type":"g5","List":[1,3,{"a":true}]}'


def test_json_of_several_possibilities_is_several_texts() -> None:
    found = resolver().possibilities({"Fn::ToJsonString": {"a": {"Fn::If": ["A", 1, 2]}, "b": {"Fn::If": ["A", 3, 4]}}})
    assert [case.value for case in found] == ['{"a":1,"b":3}', '{"a":2,"b":4}']


def test_the_same_choice_for_a_parameter_holds_throughout_a_text() -> None:
    found = resolver().possibilities({"Fn::Sub": "${Choice}/${Choice}"})
    assert [(case.value, case.admitted_only, case.conditions) for case in found] == [
        ("a/a", True, ()),
        ("b/b", True, ()),
    ]


def test_independent_conditions_combine() -> None:
    both = {"Fn::Join": ["", [{"Fn::If": ["A", "1", "0"]}, {"Fn::If": ["B", "1", "0"]}]]}
    assert [(case.value, dict(case.conditions)) for case in resolver().possibilities(both)] == [
        ("11", {"A": True, "B": True}),
        ("10", {"A": True, "B": False}),
        ("01", {"A": False, "B": True}),
        ("00", {"A": False, "B": False}),
    ]


def test_the_origins_of_all_parts_are_told_once_each() -> None:
    (found,) = resolver().possibilities({"Fn::Sub": "${Family}.${Count}.${Family}"})
    assert found == Resolved("g5.3.g5", origin="default of parameter Family, default of parameter Count")


def test_more_possibilities_than_the_limit_are_one_unknown() -> None:
    many = {"Fn::Join": ["", [{"Fn::If": [name, "1", "0"]} for name in "ABCDEFG"]]}
    assert unknown(many) == f"the expression has more than {limits.MAX_POSSIBILITIES} possible values"


def test_deep_nesting_of_functions_is_unknown() -> None:
    expression: object = "a"
    for _ in range(200):
        expression = {"Fn::Join": ["", [expression]]}
    assert unknown(expression) == f"the expression nests more than {limits.MAX_EXPRESSION_DEPTH} functions"


def test_a_sub_bomb_does_not_go_off() -> None:
    expression: object = "x" * 1000
    for _ in range(30):
        expression = {"Fn::Sub": ["${a}${a}", {"a": expression}]}
    assert unknown(expression) == f"Fn::Sub makes a text of more than {limits.MAX_TEXT:,} characters"


def test_work_that_leads_to_few_possibilities_is_bounded_all_the_same() -> None:
    expression: object = {"Ref": "Free"}
    for _ in range(10):
        choices = [{"Fn::If": [name, "1", "0"]} for name in "ABC"]
        expression = {"Fn::Join": ["", [*choices, {"Fn::Equals": [expression, expression]}]]}
    assert (
        unknown(expression)
        == f"the expression is too intricate: it takes more than {limits.MAX_STEPS} steps to evaluate"
    )


def test_a_template_full_of_bombs_leaves_less_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "SPARE_STEPS", 2 * limits.MAX_STEPS)
    bomb: object = {"Ref": "Free"}
    for _ in range(10):
        choices = [{"Fn::If": [name, "1", "0"]} for name in "ABC"]
        bomb = {"Fn::Join": ["", [*choices, {"Fn::Equals": [bomb, bomb]}]]}
    known = resolver()
    reasons = [known.possibilities(bomb)[0].unknown for _ in range(4)]
    assert reasons[0] == f"the expression is too intricate: it takes more than {limits.MAX_STEPS} steps to evaluate"
    assert (
        reasons[-1]
        == f"the expression is too intricate: it takes more than {limits.STEPS_FOR_EVERYONE} steps to evaluate"
    )
    assert known.possibilities({"Ref": "Family"})[0].value == "g5"


WRONG: list[Any] = [
    None, 3, True, "text", [], {}, [[]], ["a"], ["a", 1], [1, "a"], [{}, {}], ["", ["a", []]], ["", [{"a": 1}]],
    ["", {"Ref": "Family"}], ["", {"Ref": "Free"}], [-1, ["a"]], ["x", ["a"]], [1.5, ["a"]], [True, ["a", "b"]], ["", "a"],
    ["a", "b", "c"], [",", ["a"]], [",", {"Ref": "Sizes"}, 1], {"a": 1, "b": 2}, {"Ref": []}, [{"Ref": "Free"}, ["a"]],
    ["\uff19", ["a"]], ["9" * 5000, ["a"]],
]  # fmt: skip


@pytest.mark.parametrize("argument", WRONG)
@pytest.mark.parametrize(
    "function",
    ["Join", "Select", "Split", "Sub", "Base64", "Length", "ToJsonString", "Cidr", "GetAZs", "GetAtt", "ImportValue",
     "Transform", "GetStackOutput", "Invented", "ForEach", "ForEach::", "ForEach::Loop"],
)  # fmt: skip
def test_no_argument_of_any_type_raises(function: str, argument: object) -> None:
    found = resolver().possibilities({f"Fn::{function}": argument})
    assert found
    for case in found:
        assert case.unknown is None or case.value is None


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "the attribute 'Bucket.Arn' is known only when the resource has been created"),
        ({"Fn::GetAtt": "Bucket.Arn"}, "the attribute 'Bucket.Arn' is known only when the resource has been created"),
        ({"Fn::ImportValue": "x"}, "the value is imported from another stack (Fn::ImportValue)"),
        ({"Fn::GetAZs": ""}, "availability zones (Fn::GetAZs) differ from account to account"),
        ({"Fn::Cidr": ["10.0.0.0/16", 1]}, "address blocks (Fn::Cidr) are not evaluated"),
        ({"Fn::Transform": {"Name": "Count"}}, "the value is made by the macro 'Count' (Fn::Transform) when the stack is deployed"),
        ({"Fn::ForEach": ["I", ["a"], {}]}, "Fn::ForEach is not a function that can be evaluated"),
        ({"Fn::Rain::Module": "x"}, "Fn::Rain::Module is not a function that can be evaluated"),
        ({"Fn::Join": ["", []], "Fn::Sub": ""}, "Fn::Join stands beside 'Fn::Sub' in one mapping; a function must stand alone"),
        ({"Ref": "Family", "Fn::Sub": ""}, "Fn::Sub stands beside 'Ref' in one mapping; a function must stand alone"),
        ({"Fn::Join": 3}, "Fn::Join takes a separator and a list, here it is 3"),
        ({"Fn::Split": ["", "a"]}, "Fn::Split takes a separator and a text, here it is a list of 2 items"),
    ],
)  # fmt: skip
def test_what_cannot_be_known_says_why(expression: object, reason: str) -> None:
    assert unknown(expression) == reason
