"""``Fn::ForEach`` of ``AWS::LanguageExtensions``."""

from __future__ import annotations

from typing import Any

import pytest

from lean_silicon.templates import Resolver, Template, limits, read_template

EXTENSIONS = "AWS::LanguageExtensions"


def template(resources: dict[str, Any], **sections: Any) -> Template:
    return read_template({"Transform": EXTENSIONS, "Resources": resources, **sections}, path="t.json")


def notebook(instance_type: object) -> dict[str, Any]:
    return {"Type": "AWS::SageMaker::NotebookInstance", "Properties": {"InstanceType": instance_type}}


def types(found: Template) -> dict[str, Any]:
    return {logical_id: resource.properties["InstanceType"] for logical_id, resource in found.resources.items()}


@pytest.mark.parametrize("transform", [EXTENSIONS, [EXTENSIONS, "AWS::Serverless-2016-10-31"]])
def test_a_loop_writes_a_resource_for_every_item(transform: object) -> None:
    loop = {
        "Fn::ForEach::Notebooks": [
            "Size",
            ["xlarge", "2xlarge"],
            {"Notebook${Size}": notebook({"Fn::Sub": "ml.g5.${Size}"})},
        ]
    }
    found = template({"Before": notebook("a"), **loop, "After": notebook("b")}, Transform=transform)
    assert types(found) == {
        "Before": "a",
        "Notebookxlarge": {"Fn::Sub": "ml.g5.xlarge"},
        "Notebook2xlarge": {"Fn::Sub": "ml.g5.2xlarge"},
        "After": "b",
    }
    assert found.problems == ()


def test_a_reference_to_the_variable_is_the_item() -> None:
    found = template({"Fn::ForEach::N": ["Type", ["ml.g5.xlarge"], {"Notebook&{Type}": notebook({"Ref": "Type"})}]})
    assert types(found) == {"Notebookmlg5xlarge": "ml.g5.xlarge"}


def test_the_collection_may_be_the_default_of_a_parameter() -> None:
    parameters = {"Types": {"Type": "CommaDelimitedList", "Default": "ml.g5.xlarge,ml.p3.2xlarge"}}
    loop = {"Fn::ForEach::N": ["Type", {"Ref": "Types"}, {"N&{Type}": notebook({"Ref": "Type"})}]}
    assert list(template(loop, Parameters=parameters).resources) == ["Nmlg5xlarge", "Nmlp32xlarge"]


def test_loops_inside_loops_see_both_variables() -> None:
    inner = {"Fn::ForEach::Inner": ["S", ["xlarge", "2xlarge"], {"N${F}${S}": notebook({"Fn::Sub": "ml.${F}.${S}"})}]}
    found = template({"Fn::ForEach::Outer": ["F", ["g5", "g6"], inner]})
    assert list(found.resources) == ["Ng5xlarge", "Ng52xlarge", "Ng6xlarge", "Ng62xlarge"]
    assert types(found)["Ng62xlarge"] == {"Fn::Sub": "ml.g6.2xlarge"}


def test_a_loop_among_properties_is_written_out_when_it_is_resolved() -> None:
    loop = {"Fn::ForEach::Tags": ["T", ["A", "B"], {"Key${T}": {"Ref": "T"}}], "Fixed": 1}
    resolver = Resolver(template({}))
    assert resolver.plain({"Properties": loop}) == {"Properties": {"KeyA": "A", "KeyB": "B", "Fixed": 1}}


def test_without_the_transform_a_loop_is_a_problem_and_the_rest_is_read() -> None:
    loop = {"Fn::ForEach::N": ["T", ["a"], {"N${T}": notebook("a")}]}
    found = template({**loop, "Other": notebook("b")}, Transform=None)
    assert types(found) == {"Other": "b"}
    (problem,) = found.problems
    assert problem == (
        "the resources of 'Fn::ForEach::N' are unknown: Fn::ForEach needs the transform AWS::LanguageExtensions, "
        "which this template does not name"
    )


@pytest.mark.parametrize(
    ("collection", "reason"),
    [
        ({"Ref": "Free"}, "is unknown: parameter Free has no default and no allowed values"),
        ({"Ref": "Choice"}, "has 2 possible values"),
        ({"Fn::If": ["C", ["a"], ["b"]]}, "has 2 possible values"),
        ([{"Ref": "Free"}], "is unknown: parameter Free has no default and no allowed values"),
        ({"Fn::GetAZs": ""}, "is unknown: availability zones"),
        ("a", "is unknown: it is 'a', not a list"),
        ({}, "is unknown: it is a mapping of 0 keys, not a list"),
        (None, "is unknown: it is empty, not a list"),
    ],
)
def test_an_unknown_collection_is_a_problem(collection: object, reason: str) -> None:
    parameters = {"Free": {"Type": "String"}, "Choice": {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}}
    conditions = {"C": {"Fn::Equals": [{"Ref": "Free"}, "x"]}}
    found = template(
        {"Fn::ForEach::N": ["T", collection, {"N${T}": notebook("a")}]}, Parameters=parameters, Conditions=conditions
    )
    assert found.resources == {}
    assert reason in found.problems[0]


@pytest.mark.parametrize(
    "loop",
    [
        None,
        3,
        "text",
        {},
        [],
        ["T"],
        ["T", ["a"]],
        ["T", ["a"], []],
        [3, ["a"], {}],
        ["T", ["a"], {}, 1],
        [None, None, None],
    ],
)
def test_a_malformed_loop_is_a_problem(loop: object) -> None:
    found = template({"Fn::ForEach::N": loop, "Other": notebook("b")})
    assert types(found) == {"Other": "b"}
    assert "takes a name, a collection and a mapping" in found.problems[0]


def test_loops_cannot_write_more_than_the_limit() -> None:
    digits = [str(i) for i in range(10)]
    loop: dict[str, Any] = {"N${L0}": notebook("a")}
    for level in range(8):
        loop = {f"Fn::ForEach::L{level}": [f"L{level}", digits, loop]}
    found = template({**loop, "Other": notebook("b")})
    assert types(found) == {"Other": "b"}
    assert f"makes more than {limits.MAX_COPIES:,} entries" in found.problems[0]


def test_empty_loops_inside_empty_loops_end_too() -> None:
    loop: dict[str, Any] = {}
    for level in range(10):
        loop = {f"Fn::ForEach::L{level}": [f"L{level}", [str(i) for i in range(100)], loop]}
    assert "entries" in template(loop).problems[0]


def test_a_loop_cannot_blow_up_a_text() -> None:
    parameters = {"Long": {"Type": "CommaDelimitedList", "Default": "x" * 100_000}}
    body = {"N": notebook({"Fn::Sub": "${T}" * 100_000})}
    found = template({"Fn::ForEach::N": ["T", {"Ref": "Long"}, body]}, Parameters=parameters)
    assert f"a loop makes a text of more than {limits.MAX_TEXT:,} characters" in found.problems[0]


def test_large_bodies_are_bounded_over_all_loops() -> None:
    body = {"N${T}": notebook([[i] for i in range(5000)])}
    loops = {f"Fn::ForEach::L{i}": ["T", [str(j) for j in range(100)], body] for i in range(50)}
    found = template(loops)
    assert any("too intricate" in problem for problem in found.problems)


def test_what_else_adds_resources_is_a_problem() -> None:
    found = template({"Fn::Transform": {"Name": "AWS::Include"}, "Other": notebook("b")})
    assert types(found) == {"Other": "b"}
    assert found.problems == ("the resources that 'Fn::Transform' adds are known only when the template is deployed",)
