"""``Fn::If`` and the conditions behind it: both branches, and never a contradiction."""

from __future__ import annotations

from typing import Any

import pytest

from lean_silicon.templates import Resolved, Resolver, read_template

ENVIRONMENT = {"Environment": {"Type": "String", "Default": "dev"}}
IS_PROD = {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}


def resolver(region: str | None = None, **sections: Any) -> Resolver:
    sections = {"Parameters": ENVIRONMENT, "Conditions": {"Prod": IS_PROD}, **sections}
    return Resolver(read_template({"Resources": {}, **sections}, path="t.json", region=region))


def paths(found: tuple[Resolved, ...]) -> list[tuple[Any, dict[str, bool]]]:
    assert all(case.unknown is None for case in found)
    return [(case.value, dict(case.conditions)) for case in found]


def either(condition: str, then: object = "yes", otherwise: object = "no") -> dict[str, Any]:
    return {"Fn::If": [condition, then, otherwise]}


def test_both_branches_are_possible_each_under_its_condition() -> None:
    assert paths(resolver().possibilities(either("Prod"))) == [("yes", {"Prod": True}), ("no", {"Prod": False})]


def test_the_default_of_a_parameter_decides_no_condition() -> None:
    known = resolver(Parameters={"Environment": {"Type": "String", "Default": "prod"}})
    assert known.holds("Prod") is None


def test_what_is_assumed_decides() -> None:
    assert paths(resolver().possibilities(either("Prod"), (("Prod", False),))) == [("no", {"Prod": False})]


def test_conditions_begin_with_what_was_assumed() -> None:
    found = resolver(Conditions={"Prod": IS_PROD, "Big": {"Fn::Equals": [{"Ref": "Size"}, "big"]}}).possibilities(
        either("Big"), (("Prod", True),)
    )
    assert [case.conditions for case in found] == [(("Prod", True), ("Big", True)), (("Prod", True), ("Big", False))]


def test_a_literal_carries_what_was_assumed() -> None:
    assert resolver().possibilities("a", (("Prod", True),)) == (Resolved("a", conditions=(("Prod", True),)),)


def test_one_condition_is_never_both_true_and_false() -> None:
    nested = either("Prod", either("Prod", "a", "b"), either("Prod", "c", "d"))
    joined = {"Fn::Join": ["-", [either("Prod"), either("Prod"), either("Prod")]]}
    assert paths(resolver().possibilities(nested)) == [("a", {"Prod": True}), ("d", {"Prod": False})]
    assert paths(resolver().possibilities(joined)) == [
        ("yes-yes-yes", {"Prod": True}),
        ("no-no-no", {"Prod": False}),
    ]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"Yes": {"Fn::Equals": ["a", "a"]}}, True),
        ({"Yes": {"Fn::Equals": ["a", "b"]}}, False),
        ({"Yes": {"Fn::Equals": [1, "1"]}}, True),
        ({"Yes": {"Fn::Equals": [True, "true"]}}, True),
        ({"Yes": {"Fn::Equals": [["a"], ["a"]]}}, True),
        ({"Yes": {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}}, True),
        ({"Yes": {"Fn::And": [{"Fn::Equals": ["a", "a"]}, {"Condition": "No"}]}, "No": {"Fn::Equals": ["a", "b"]}}, False),
        ({"Yes": {"Fn::And": [{"Condition": "Open"}, {"Condition": "No"}]}, "Open": IS_PROD, "No": {"Fn::Equals": [1, 2]}}, False),
        ({"Yes": {"Fn::Or": [{"Condition": "Open"}, {"Fn::Equals": ["a", "a"]}]}, "Open": IS_PROD}, True),
        ({"Yes": {"Fn::Or": [{"Condition": "Open"}, {"Fn::Equals": ["a", "b"]}]}, "Open": IS_PROD}, None),
        ({"Yes": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}}, True),
        ({"Yes": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}, False),
        ({"Yes": {"Fn::Equals": [{"Fn::FindInMap": ["M", "a", "b"]}, "c"]}}, True),
        ({"Yes": {"Fn::Equals": [{"Fn::Sub": "${AWS::Partition}"}, "aws"]}}, True),
        ({"Yes": {"Fn::Equals": [{"Ref": "Only"}, "a"]}}, True),
        ({"Yes": {"Fn::Equals": [{"Ref": "Free"}, "a"]}}, None),
        ({"Yes": True}, True),
    ],
)  # fmt: skip
def test_literals_and_a_known_region_decide(conditions: dict[str, Any], expected: bool | None) -> None:
    parameters = {
        **ENVIRONMENT,
        "Only": {"Type": "String", "AllowedValues": ["a"]},
        "Free": {"Type": "String", "Default": "a", "AllowedValues": ["a", "b"]},
    }
    known = resolver("us-east-1", Conditions=conditions, Parameters=parameters, Mappings={"M": {"a": {"b": "c"}}})
    assert known.holds("Yes") is expected
    found = known.possibilities(either("Yes"))
    assert len(found) == (2 if expected is None else 1)
    if expected is not None:
        assert found[0].conditions == ()


NOT = {"Prod": IS_PROD, "Test": {"Fn::Not": [{"Condition": "Prod"}]}}
AND = {
    "A": IS_PROD,
    "B": {"Fn::Equals": [{"Ref": "Other"}, "b"]},
    "Both": {"Fn::And": [{"Condition": "A"}, {"Condition": "B"}]},
}
OR = {**AND, "Any": {"Fn::Or": [{"Condition": "A"}, {"Condition": "B"}]}}
COMPARED = {"Prod": IS_PROD, "Dev": {"Fn::Equals": ["dev", {"Ref": "Environment"}]}}


@pytest.mark.parametrize(
    ("conditions", "assumed", "name", "expected"),
    [
        (NOT, {"Prod": True}, "Test", False),
        (NOT, {"Test": True}, "Prod", False),
        (NOT, {"Test": False}, "Prod", True),
        (AND, {"Both": True}, "A", True),
        (AND, {"Both": True}, "B", True),
        (AND, {"Both": False}, "A", None),
        (AND, {"A": True, "B": True}, "Both", True),
        (AND, {"A": False}, "Both", False),
        (OR, {"Any": False}, "A", False),
        (OR, {"Any": False}, "Both", False),
        (OR, {"Any": True}, "A", None),
        (OR, {"B": True}, "Any", True),
        (COMPARED, {"Prod": True}, "Dev", False),
        (COMPARED, {"Dev": True}, "Prod", False),
        (COMPARED, {"Dev": False}, "Prod", None),
    ],
)
def test_what_is_decided_decides_what_follows(
    conditions: dict[str, Any], assumed: dict[str, bool], name: str, expected: bool | None
) -> None:
    assert resolver(Conditions=conditions).holds(name, tuple(assumed.items())) is expected


def test_under_a_condition_a_parameter_has_the_value_that_it_compares() -> None:
    found = resolver().possibilities(either("Prod", {"Ref": "Environment"}, {"Ref": "Environment"}))
    assert paths(found) == [("prod", {"Prod": True}), ("dev", {"Prod": False})]
    assert found[0].origin == "value of Environment under the conditions here"


def test_a_mapping_is_looked_up_with_the_value_that_the_condition_demands() -> None:
    types = {"prod": {"Type": "ml.p5.48xlarge"}, "dev": {"Type": "ml.g5.xlarge"}}
    found = resolver(Mappings={"Sizes": types}).possibilities(
        either("Prod", {"Fn::FindInMap": ["Sizes", {"Ref": "Environment"}, "Type"]}, "ml.m5.large")
    )
    assert paths(found)[0] == ("ml.p5.48xlarge", {"Prod": True})


def test_a_default_that_a_condition_excludes_is_not_the_value() -> None:
    parameters = {"Environment": {"Type": "String", "Default": "prod", "AllowedValues": ["prod", "dev", "test"]}}
    found = resolver(Parameters=parameters).possibilities({"Ref": "Environment"}, (("Prod", False),))
    assert [(case.value, case.admitted_only) for case in found] == [("dev", True), ("test", True)]
    parameters = {"Environment": {"Type": "String", "Default": "prod"}}
    (found_open,) = resolver(Parameters=parameters).possibilities({"Ref": "Environment"}, (("Prod", False),))
    assert found_open.unknown == "parameter Environment has another value than its default here, and none is named"


def test_a_number_stays_one_under_a_condition() -> None:
    parameters = {"Count": {"Type": "Number", "Default": 1}}
    known = resolver(Parameters=parameters, Conditions={"Four": {"Fn::Equals": [{"Ref": "Count"}, 4]}})
    assert paths(known.possibilities({"Ref": "Count"}, (("Four", True),))) == [(4, {"Four": True})]


def test_a_branch_without_value_is_absent() -> None:
    found = resolver().possibilities(either("Prod", "ml.p5.48xlarge", {"Ref": "AWS::NoValue"}))
    assert [(case.value, case.unknown) for case in found] == [("ml.p5.48xlarge", None), (None, None)]


def test_a_branch_that_is_a_mapping_is_returned_with_its_functions() -> None:
    found = resolver().possibilities(either("Prod", {"InstanceType": {"Ref": "Environment"}}, []))
    assert [case.value for case in found] == [{"InstanceType": {"Ref": "Environment"}}, []]


@pytest.mark.parametrize(
    ("conditions", "name"),
    [
        ({"A": {"Condition": "A"}}, "A"),
        ({"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}}, "A"),
        ({"A": {"Fn::And": [{"Condition": "B"}, {"Condition": "C"}]}, "B": IS_PROD, "C": {"Condition": "A"}}, "A"),
        ({"A": {"Condition": "B"}, "B": {"Condition": "B"}}, "A"),
    ],
)
def test_conditions_that_go_in_circles_have_no_meaning(conditions: dict[str, Any], name: str) -> None:
    (found,) = resolver(Conditions=conditions).possibilities(either(name))
    assert found.unknown == f"the condition {name} depends on conditions that refer to one another in a circle"
    assert resolver(Conditions=conditions).holds(name) is None


def test_a_condition_that_is_not_declared_is_named() -> None:
    (found,) = resolver().possibilities(either("Nowhere"))
    assert found.unknown == "the condition Nowhere is not declared in this template"


@pytest.mark.parametrize(
    "argument", [None, 3, "Prod", [], ["Prod"], ["Prod", 1], ["Prod", 1, 2, 3], {"Prod": 1}, [3, 1, 2], [{}, 1, 2]]
)
def test_arguments_of_the_wrong_type_are_unknown(argument: object) -> None:
    (found,) = resolver().possibilities({"Fn::If": argument})
    assert found.unknown is not None


@pytest.mark.parametrize("definition", [None, 3, "text", [], {}, {"Fn::Equals": 3}, {"Fn::Equals": ["a"]}, {"Fn::Not": []},
                                        {"Fn::Not": [1, 2]}, {"Fn::And": "x"}, {"Fn::Or": []}, {"Condition": 3}, {"Fn::Foo": []},
                                        {"Fn::Equals": [{"Ref": []}, "a"]}, {"Fn::And": [], "Fn::Or": []}])  # fmt: skip
def test_a_condition_of_the_wrong_type_leaves_both_branches_open(definition: object) -> None:
    known = resolver(Conditions={"Odd": definition})
    assert known.holds("Odd") is None
    assert [case.value for case in known.possibilities(either("Odd"))] == ["yes", "no"]


@pytest.mark.parametrize("section", [None, 3, [], "text"])
def test_a_conditions_section_of_the_wrong_type_declares_nothing(section: object) -> None:
    (found,) = resolver(Conditions=section).possibilities(either("Prod"))
    assert found.unknown == "the condition Prod is not declared in this template"


def test_a_comparison_as_a_value_is_true_or_false_where_it_is_certain() -> None:
    known = resolver()
    assert known.plain({"Fn::Equals": ["a", "a"]}) is True
    (found,) = known.possibilities(IS_PROD)
    assert found.unknown == "Fn::Equals depends on what is chosen when the stack is deployed"


def test_a_long_chain_of_conditions_neither_crashes_nor_takes_long() -> None:
    conditions: dict[str, Any] = {"C0": IS_PROD}
    for i in range(1, 5000):
        conditions[f"C{i}"] = {"Fn::And": [{"Condition": f"C{i - 1}"}, {"Condition": f"C{i - 1}"}]}
    known = resolver(Conditions=conditions)
    assert known.holds("C4999") is None
    assert [case.value for case in known.possibilities(either("C4999"))] == ["yes", "no"]
    assert known.holds("C0", (("C4999", True),)) is True
