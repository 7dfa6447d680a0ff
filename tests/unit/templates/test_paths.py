"""Walking a property path through intrinsic functions."""

from __future__ import annotations

from typing import Any

import pytest
from silicon_found import PROD, STAGE

from lean_silicon.templates import read_template
from lean_silicon.templates.locations import ABSENT, At, described, joined, parse_path
from lean_silicon.templates.paths import Walker

IF_PROD = {"Fn::If": ["Prod", "a", "b"]}


def walker(**sections: Any) -> Walker:
    return Walker(read_template({"Resources": {}, **sections}, path="template.json"))


def walked(value: Any, path: str, **sections: Any) -> list[tuple[Any, str]]:
    found = walker(**sections).walk(At(value, "Properties"), path)
    return [(at.unknown if at.unknown is not None else at.value, at.path) for at in found]


def test_a_key_a_list_and_an_item_are_followed() -> None:
    value = {"Variants": [{"Type": "a"}, {"Type": "b"}]}
    assert walked(value, "Variants[].Type") == [
        ("a", "Properties.Variants[0].Type"),
        ("b", "Properties.Variants[1].Type"),
    ]
    assert walked(value, "Variants[1].Type") == [("b", "Properties.Variants[1].Type")]


def test_a_star_follows_every_key_of_an_object() -> None:
    value = {"States": {"Train": {"Type": "a"}, "Train again": {"Type": "b"}}}
    assert walked(value, "States.*.Type") == [
        ("a", "Properties.States.Train.Type"),
        ("b", 'Properties.States["Train again"].Type'),
    ]


def test_what_is_missing_is_absent_where_it_would_be() -> None:
    assert walked({}, "Platform.Architecture") == [(ABSENT, "Properties.Platform.Architecture")]
    assert walked({}, "Architectures[0]") == [(ABSENT, "Properties.Architectures")]
    assert walked({"Types": []}, "Types[0]") == [(ABSENT, "Properties.Types[0]")]
    assert walked({"Types": []}, "Types[].Name") == []


def test_null_and_no_value_are_absent() -> None:
    assert walked({"Type": None}, "Type") == [(ABSENT, "Properties.Type")]
    assert walked({"Type": {"Ref": "AWS::NoValue"}}, "Type") == [(ABSENT, "Properties.Type")]


@pytest.mark.parametrize(
    ("value", "path", "sentence"),
    [
        ("text", "Type", 'Properties is the text "text", where an object is expected'),
        ({"Variants": {}}, "Variants[].Type", "Properties.Variants is an object, where a list is expected"),
        ({"Variants": [7]}, "Variants[].Type", "Properties.Variants[0] is the number 7, where an object is expected"),
        ({"States": []}, "States.*", "Properties.States is a list, where an object is expected"),
    ],
)
def test_something_of_the_wrong_kind_is_unknown_and_says_what_it_is(value: Any, path: str, sentence: str) -> None:
    assert [unknown for unknown, _ in walked(value, path)] == [sentence]


def test_a_choice_is_followed_on_both_sides_with_its_condition() -> None:
    at = At({"Variants": {"Fn::If": ["Prod", [{"Type": "a"}], [{"Type": "b"}, {"Type": "c"}]]}}, "Properties")
    found = list(walker(Conditions=PROD, Parameters=STAGE).walk(at, "Variants[].Type"))
    assert [(here.value, here.assumed) for here in found] == [
        ("a", (("Prod", True),)),
        ("b", (("Prod", False),)),
        ("c", (("Prod", False),)),
    ]


def test_a_condition_that_is_assumed_is_not_asked_again() -> None:
    at = At({"Type": IF_PROD}, "Properties", (("Prod", False),))
    assert [here.value for here in walker(Conditions=PROD, Parameters=STAGE).walk(at, "Type")] == ["b"]


def test_an_item_that_may_be_absent_is_absent_under_its_condition_only() -> None:
    value = {"Types": [{"Fn::If": ["Prod", "a", {"Ref": "AWS::NoValue"}]}]}
    found = list(walker(Conditions=PROD, Parameters=STAGE).walk(At(value, "Properties"), "Types[]"))
    assert [(here.value, here.assumed) for here in found] == [("a", (("Prod", True),)), (ABSENT, (("Prod", False),))]


def test_where_a_value_comes_from_is_told_also_of_what_lies_below_it() -> None:
    sections = {"Mappings": {"Sizes": {"prod": {"Types": ["a"]}}}}
    value = {"Types": {"Fn::FindInMap": ["Sizes", "prod", "Types"]}}
    (here,) = walker(**sections).walk(At(value, "Properties"), "Types[]")
    assert (here.value, here.origin) == ("a", "mapping Sizes")


def test_a_request_may_begin_its_keys_with_either_case() -> None:
    assert walked({"computeResources": {"instanceTypes": ["a"]}}, "ComputeResources.InstanceTypes[]") == [
        ("a", "Properties.computeResources.instanceTypes[0]")
    ]


def test_what_a_macro_may_write_is_unknown_where_it_is_missing() -> None:
    value = {"Fn::Transform": {"Name": "AWS::Include"}, "Runtime": "python3.13"}
    assert walked(value, "Runtime") == [("python3.13", "Properties.Runtime")]
    ((unknown, _),) = walked(value, "Type")
    assert unknown == "Properties.Type may be written by the macro that Fn::Transform calls"


def test_raw_leaves_a_reference_as_it_is_written_under_each_condition() -> None:
    value = {"Template": {"Fn::If": ["Prod", {"Ref": "Big"}, {"Ref": "AWS::NoValue"}]}}
    found = list(walker(Conditions=PROD, Parameters=STAGE).raw(At(value, "Properties"), "Template"))
    assert [(here.value, here.assumed) for here in found] == [
        ({"Ref": "Big"}, (("Prod", True),)),
        (ABSENT, (("Prod", False),)),
    ]


def test_a_condition_that_cannot_change_has_one_side_only() -> None:
    always = {"Always": {"Fn::Equals": ["a", "a"]}}
    value = {"Template": {"Fn::If": ["Always", {"Ref": "Big"}, {"Ref": "Small"}]}}
    found = list(walker(Conditions=always).raw(At(value, "Properties"), "Template"))
    assert [here.value for here in found] == [{"Ref": "Big"}]


def test_a_whole_value_is_resolved_to_its_last_leaf() -> None:
    value = {"Count": {"Ref": "N"}, "Names": ["a", {"Ref": "AWS::NoValue"}, {"Fn::Join": ["-", ["b", "c"]]}]}
    whole = walker(Parameters={"N": {"Type": "Number", "Default": "2"}}).whole(At(value, "Properties"))
    assert whole.value == {"Count": 2, "Names": ["a", "b-c"]}


def test_a_whole_value_is_unknown_where_any_part_of_it_is() -> None:
    sections: dict[str, Any] = {"Conditions": PROD, "Parameters": STAGE}
    assert "parameter Stage" in str(walker(**sections).whole(At({"Count": {"Ref": "Stage"}}, "Properties")).unknown)
    whole = walker(**sections).whole(At({"Count": IF_PROD}, "Properties"))
    assert whole.unknown == "Properties.Count depends on what is chosen at deployment"


def test_values_and_choices_that_nest_too_deeply_come_to_an_end() -> None:
    deep: Any = "a"
    choices: Any = "a"
    for level in range(150):
        deep = [deep]
        choices = {"Fn::If": [f"Condition{level}", choices, "b"]}
    assert "nests more than" in str(walker().whole(At(deep, "Properties")).unknown)
    assert len(list(walker().branches(At(choices, "Properties")))) < 100


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        ("", "an empty text"),
        ("a" * 100, f'the text "{"a" * 57}..."'),
        (3.5, "the number 3.5"),
        (10**30, "the number of more than 20 digits"),
        ([], "a list"),
        ({}, "an object"),
        (b"", "a value of type bytes"),
    ],
)
def test_a_message_says_what_a_value_is(value: Any, text: str) -> None:
    assert described(value) == text


def test_a_key_that_does_not_read_as_one_is_quoted() -> None:
    assert joined("Properties", "Fn::If") == "Properties.Fn::If"
    assert joined("Properties", 'a "b" c') == 'Properties["a \\"b\\" c"]'


def test_a_path_is_parsed_once() -> None:
    assert parse_path("A[].B") is parse_path("A[].B")
