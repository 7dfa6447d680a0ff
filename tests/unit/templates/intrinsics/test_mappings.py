"""``Fn::FindInMap``: what the mapping holds, or all that it may be."""

from __future__ import annotations

from typing import Any

import pytest

from lean_silicon.templates import Resolved, Resolver, read_template

BY_REGION = {
    "us-east-1": {"Type": "ml.trn1.2xlarge", "Count": 2},
    "eu-west-1": {"Type": "ml.g5.xlarge", "Count": 1},
    "eu-west-2": {"Type": "ml.g5.xlarge"},
}


def resolver(region: str | None = None, **sections: Any) -> Resolver:
    return Resolver(
        read_template({"Resources": {}, "Mappings": {"Sizes": BY_REGION}, **sections}, path="t", region=region)
    )


def look_up(*arguments: Any) -> dict[str, Any]:
    return {"Fn::FindInMap": list(arguments)}


def test_known_keys_find_the_value() -> None:
    assert resolver().possibilities(look_up("Sizes", "us-east-1", "Type")) == (
        Resolved("ml.trn1.2xlarge", origin="mapping Sizes"),
    )


def test_the_region_is_a_key() -> None:
    assert resolver("eu-west-1").plain(look_up("Sizes", {"Ref": "AWS::Region"}, "Count")) == 1


def test_where_the_region_is_unknown_every_distinct_value_is_possible() -> None:
    assert resolver().possibilities(look_up("Sizes", {"Ref": "AWS::Region"}, "Type")) == (
        Resolved("ml.trn1.2xlarge", origin="mapping Sizes", admitted_only=True),
        Resolved("ml.g5.xlarge", origin="mapping Sizes", admitted_only=True),
    )


def test_a_value_that_is_the_same_under_every_key_is_certain() -> None:
    mappings = {"Sizes": {"a": {"Type": "ml.g5.xlarge"}, "b": {"Type": "ml.g5.xlarge"}}}
    assert resolver(Mappings=mappings).possibilities(look_up("Sizes", {"Ref": "AWS::Region"}, "Type")) == (
        Resolved("ml.g5.xlarge", origin="mapping Sizes"),
    )


def test_an_unknown_second_key_leaves_the_values_of_the_row() -> None:
    found = resolver().possibilities(look_up("Sizes", "us-east-1", {"Fn::ImportValue": "x"}))
    assert [(case.value, case.admitted_only) for case in found] == [("ml.trn1.2xlarge", True), (2, True)]


def test_the_origin_of_a_key_is_told_with_the_mapping() -> None:
    parameters = {"Region": {"Type": "String", "Default": "us-east-1"}}
    (found,) = resolver(Parameters=parameters).possibilities(look_up("Sizes", {"Ref": "Region"}, "Type"))
    assert found == Resolved("ml.trn1.2xlarge", origin="mapping Sizes, default of parameter Region")


def test_allowed_values_as_keys_give_a_value_each() -> None:
    parameters = {"Region": {"Type": "String", "AllowedValues": ["us-east-1", "eu-west-1"]}}
    found = resolver(Parameters=parameters).possibilities(look_up("Sizes", {"Ref": "Region"}, "Type"))
    assert [(case.value, case.admitted_only) for case in found] == [("ml.trn1.2xlarge", True), ("ml.g5.xlarge", True)]


def test_a_key_that_is_not_there_is_named() -> None:
    (found,) = resolver("ap-south-1").possibilities(look_up("Sizes", {"Ref": "AWS::Region"}, "Type"))
    assert found.unknown == "the mapping Sizes has nothing under the keys 'ap-south-1' and 'Type'"


def test_a_default_value_stands_in_for_a_key_that_is_not_there() -> None:
    default = {"DefaultValue": "ml.m5.large"}
    known = resolver("ap-south-1")
    assert known.possibilities(look_up("Sizes", {"Ref": "AWS::Region"}, "Type", default)) == (Resolved("ml.m5.large"),)
    assert known.plain(look_up("Sizes", "us-east-1", "Type", default)) == "ml.trn1.2xlarge"


def test_a_default_value_is_one_more_possibility_where_the_key_is_unknown() -> None:
    found = resolver().possibilities(look_up("Sizes", {"Ref": "AWS::Region"}, "Type", {"DefaultValue": "ml.m5.large"}))
    assert [(case.value, case.admitted_only) for case in found] == [
        ("ml.trn1.2xlarge", True), ("ml.g5.xlarge", True), ("ml.m5.large", True),
    ]  # fmt: skip


def test_the_name_of_the_mapping_and_the_keys_may_be_functions() -> None:
    keys = look_up({"Fn::Sub": "Siz${E}"}, {"Fn::Join": ["-", ["us", "east", "1"]]}, {"Fn::Select": [0, ["Type"]]})
    assert resolver(Parameters={"E": {"Type": "String", "Default": "es"}}).plain(keys) == "ml.trn1.2xlarge"


def test_a_mapping_with_more_values_than_can_be_told_is_one_unknown() -> None:
    mappings = {"Many": {str(i): {"Type": f"type-{i}"} for i in range(65)}}
    (found,) = resolver(Mappings=mappings).possibilities(look_up("Many", {"Ref": "AWS::Region"}, "Type"))
    assert found.unknown == "the mapping Many holds 65 different values, and which one applies is unknown"


@pytest.mark.parametrize(
    "argument",
    [None, 3, "Sizes", {}, [], ["Sizes"], ["Sizes", "a"], ["Sizes", "a", "b", {}, "c"], ["Nowhere", "a", "b"], [{}, "a", "b"],
     [["Sizes"], "a", "b"], ["Sizes", None, "b"], ["Sizes", [], {}], ["Sizes", "a", "b", 3], [{"Ref": "Sizes"}, "a", "b"]],
)  # fmt: skip
def test_arguments_of_the_wrong_type_are_unknown(argument: object) -> None:
    (found,) = resolver().possibilities({"Fn::FindInMap": argument})
    assert found.unknown is not None


@pytest.mark.parametrize(
    "mapping", [None, 3, "text", [], {"a": None}, {"a": "text"}, {"a": {"b": {"c": 1}}}, {"a": ["b"]}]
)
def test_mappings_of_the_wrong_type_are_unknown(mapping: object) -> None:
    known = resolver(Mappings={"Sizes": mapping})
    for key in ("a", {"Ref": "AWS::Region"}):
        (found,) = known.possibilities(look_up("Sizes", key, "b"))
        assert found.unknown is not None


@pytest.mark.parametrize("section", [None, 3, "text", [], {"Fn::Transform": {"Name": "AWS::Include"}}])
def test_a_mappings_section_of_the_wrong_type_is_unknown(section: object) -> None:
    (found,) = resolver(Mappings=section).possibilities(look_up("Sizes", "a", "b"))
    assert found.unknown == "Fn::FindInMap names the mapping 'Sizes', which this template does not have"
