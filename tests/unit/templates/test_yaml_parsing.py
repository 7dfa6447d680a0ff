"""YAML as CloudFormation writes it: short forms, texts that stay texts, and documents meant to do harm."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates import limits
from lean_silicon.templates.parsing import Parsed
from lean_silicon.templates.yaml_parsing import SHORT_FORMS, parse_yaml


def value_of(text: str) -> Any:
    parsed = parse_yaml(textwrap.dedent(text))
    assert parsed.problems == ()
    return parsed.value


def parsed(text: str) -> Parsed:
    return parse_yaml(textwrap.dedent(text))


def error_of(text: str) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        parse_yaml(textwrap.dedent(text))
    return str(caught.value)


@pytest.mark.parametrize("tag", sorted(SHORT_FORMS))
def test_every_short_form_becomes_its_function(tag: str) -> None:
    assert value_of(f"!{tag} [a, b]") == {SHORT_FORMS[tag]: ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!Ref Size", {"Ref": "Size"}),
        ("!Condition IsProd", {"Condition": "IsProd"}),
        ("!Sub 'ml.${Family}.xlarge'", {"Fn::Sub": "ml.${Family}.xlarge"}),
        ("!GetAtt Endpoint.Name", {"Fn::GetAtt": ["Endpoint", "Name"]}),
        ("!GetAtt Nested.Outputs.Type", {"Fn::GetAtt": ["Nested", "Outputs.Type"]}),
        ("!GetAtt [Endpoint, Name]", {"Fn::GetAtt": ["Endpoint", "Name"]}),
        ("!GetAZs ''", {"Fn::GetAZs": ""}),
        ("!Ref 123", {"Ref": "123"}),
        ("!If [IsProd, !Ref A, !Ref 'AWS::NoValue']", {"Fn::If": ["IsProd", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}),
        ("!Join ['', [ml., !Select [0, !Split [',', x]]]]",
         {"Fn::Join": ["", ["ml.", {"Fn::Select": [0, {"Fn::Split": [",", "x"]}]}]]}),
        ("!Base64\n  Fn::Sub: text", {"Fn::Base64": {"Fn::Sub": "text"}}),
        ("!Transform {Name: AWS::Include, Parameters: {Location: s3://b}}",
         {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b"}}}),
    ],
)  # fmt: skip
def test_short_forms_read_like_their_long_forms(text: str, expected: object) -> None:
    assert value_of(text) == expected


def test_an_unknown_tag_is_a_problem_with_its_line_and_nobody_knows_its_value() -> None:
    result = parsed(
        """
        Resources:
          A: !Rain::Module ./module.yml
        """
    )
    assert result.value == {"Resources": {"A": {"Fn::Rain::Module": "./module.yml"}}}
    assert result.problems == ("line 3: !Rain::Module is not a short form of CloudFormation; its value is unknown",)


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system", "!!python/name:os.system", "tag:yaml.org,2002:python/module:os"]
)
def test_no_python_object_is_ever_made(tag: str) -> None:
    written = f"a: !<{tag}> [echo]" if tag.startswith("tag:") else f"a: {tag} [echo]"
    result = parse_yaml(written)
    assert result.value == {"a": ["echo"]}
    assert "is ignored; its value is taken as it is written" in result.problems[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2010-09-09", "2010-09-09"),
        ("2027-03-31T00:00:00Z", "2027-03-31T00:00:00Z"),
        ("012345678901", "012345678901"),
        ("0o14", "0o14"),
        ("12:30", "12:30"),
        ("1.2.3", "1.2.3"),
        ("1e5", "1e5"),
        ("12e34567", "12e34567"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("9" * 40, "9" * 40),
        ("8_000_000_000", 8_000_000_000),
        ("-3", -3),
        ("0", 0),
        ("0x1F", 31),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.0e+3", 1000.0),
        ("true", True),
        ("Yes", True),
        ("OFF", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("yEs", "yEs"),
        ("'true'", "true"),
        ('"3"', "3"),
        ("!!str 3", "3"),
        ("!!int '3'", 3),
        ("! 3", "3"),
    ],
)
def test_scalars_are_typed_as_cloudformation_takes_them(text: str, expected: object) -> None:
    value = value_of(f"a: {text}")["a"]
    assert value == expected
    assert type(value) is type(expected)


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert value_of("80: a\ntrue: b\non: c\n2010-09-09: d\n'': e") == {
        "80": "a", "true": "b", "on": "c", "2010-09-09": "d", "": "e",
    }  # fmt: skip


def test_a_key_that_appears_twice_is_a_problem_with_its_line() -> None:
    result = parsed(
        """
        Resources:
          A: 1
          B: 2
          A: 3
        """
    )
    assert result.value == {"Resources": {"A": 3, "B": 2}}
    assert result.problems == ("line 5: the key 'A' appears twice in one mapping; only the last one counts",)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Resources:\n  A: [1, 2\n  B: 3", "line 3"),
        ("Resources:\n\tA: 1", "line 2, column 1"),
        ("a: 'open", "line 1"),
        ("a: b: c", "line 1, column 5"),
        ("{{ name }}: 1", "line 1"),
        ("? [a, b]\n: 1", "line 1"),
        ("a: *nowhere", "line 1"),
        ("&a [x]: 1", "line 1"),
        ("a: &a [x]\n*a : 1", "line 2"),
        ("!Ref x: 1", "line 1"),
        ("a:\n  <<: 3", "line 2"),
        ("a: 1\n---\nb: 2", "line 2: a second document begins; a template file holds one"),
        ("a: 1\nb: \x07", "line 2"),
        ("%YAML 9.9\n---\na: 1", "line 1"),
    ],
)
def test_errors_have_their_line(text: str, place: str) -> None:
    assert error_of(text).startswith(place)


def test_aliases_and_merge_keys_work_as_the_cli_packages_them() -> None:
    assert value_of(
        """
        Base: &base {Type: AWS::SageMaker::NotebookInstance, Condition: Prod}
        First: *base
        Second:
          <<: *base
          Condition: Test
        Third:
          Condition: Own
          <<: [{Condition: Other, A: 1}, {A: 2, B: 3}]
        """
    ) == {
        "Base": {"Type": "AWS::SageMaker::NotebookInstance", "Condition": "Prod"},
        "First": {"Type": "AWS::SageMaker::NotebookInstance", "Condition": "Prod"},
        "Second": {"Type": "AWS::SageMaker::NotebookInstance", "Condition": "Test"},
        "Third": {"Condition": "Own", "A": 1, "B": 3},
    }


def test_an_anchor_may_stand_on_a_key_and_on_a_text() -> None:
    assert value_of("a: {&k key: &v text}\nb: *v\n*k : 1") == {"a": {"key": "text"}, "b": "text", "key": 1}


def test_an_alias_bomb_is_refused_where_it_goes_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    error = error_of("\n".join(lines))
    assert error.startswith("line 7: it has more than 5,000,000 values once its aliases are followed")


def test_a_merge_bomb_is_refused_too() -> None:
    lines = ["a0: &a0 {a: 1, b: 2}"]
    lines += [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}], c{i}: 1}}" for i in range(1, 30)]
    assert "values once its aliases are followed" in error_of("\n".join(lines))


@pytest.mark.parametrize("text", ["a: &a [*a]", "&a {b: {c: *a}}", "a: &a\n  <<: *a", "&a !Ref [*a]"])
def test_a_value_cannot_contain_itself(text: str) -> None:
    assert "stands inside the value that it repeats" in error_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 101 + "]" * 101,
        "{a: " * 200 + "1" + "}" * 200,
        "\n".join(" " * i + "a:" for i in range(150)),
        "- " * 3000 + "a",
        "[" * 100_000,
        "!Not [" * 120 + "]" * 120,
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert f"more than {limits.MAX_NESTING} levels" in error_of(text)


def test_nesting_by_way_of_aliases_counts() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 150)]
    assert f"more than {limits.MAX_NESTING} levels" in error_of("\n".join(lines))


def test_the_parser_without_the_c_library_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from lean_silicon.templates import yaml_parsing

    text = "Resources:\n  A: {Type: !Sub 'x', B: [1, *b]}\n".replace("*b", "2")
    expected = value_of(text)
    monkeypatch.setattr(yaml_parsing, "_LOADER", yaml.SafeLoader)
    assert value_of(text) == expected
    assert error_of("a: [1").startswith("line 1")
