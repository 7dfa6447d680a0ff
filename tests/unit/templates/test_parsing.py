"""From bytes to values: JSON, and everything that is not a template."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates import limits
from lean_silicon.templates.parsing import parse, require_bounded

TEMPLATE = '{"Resources": {"Notebook": {"Type": "AWS::SageMaker::NotebookInstance"}}}'


def error_of(data: bytes, *, prefer_yaml: bool = False) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        parse(data, prefer_yaml=prefer_yaml)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_is_read_in_any_unicode_encoding_that_marks_itself(encoding: str) -> None:
    assert parse(TEMPLATE.encode(encoding)).value == json.loads(TEMPLATE)


def test_a_json_only_run_never_imports_yaml() -> None:
    code = f"""
import sys
from lean_silicon.templates.parsing import parse
parse({TEMPLATE.encode()!r})
assert "yaml" not in sys.modules
parse(b"Resources: {{}}")
assert "yaml" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_the_package_reads_neither_yaml_nor_the_catalogue() -> None:
    code = """
import sys, builtins
from lean_silicon.catalog import catalog
import lean_silicon.templates
assert "yaml" not in sys.modules
assert catalog.load_catalog.cache_info().currsize == 0
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("data", [b"", b"  \n\t\n", b"\xef\xbb\xbf", "  ".encode("utf-16")])
def test_an_empty_file_is_called_empty(data: bytes) -> None:
    assert error_of(data) == "it is empty; a CloudFormation template has at least Resources"


def test_a_syntax_error_has_line_and_column() -> None:
    assert error_of(b'{\n  "Resources": {\n    "A": tru\n  }\n}').startswith("line 3, column 10:")


def test_bytes_that_are_no_text_are_named_with_their_line() -> None:
    assert error_of(b'{"a": 1,\n"b": "\xff"}') == "line 2: byte 0xff is not UTF-8; save the file as UTF-8"


@pytest.mark.parametrize("data", [b"\x7fELF\x02\x01\x01\x00\x00", b'{"a": "\x00"}', b"Resources:\n  \x00"])
def test_a_binary_file_is_called_binary(data: bytes) -> None:
    assert "it is a binary file, not a template" in error_of(data)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_python_takes_for_a_number_and_json_does_not_is_refused(number: str) -> None:
    assert f"{number} is not a number" in error_of(f'{{"a": {number}}}'.encode())


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 31, "9" * 5000])
def test_numbers_beyond_all_measure_are_refused(number: str) -> None:
    assert "number" in error_of(f'{{"a": {number}}}'.encode())


def test_a_key_that_appears_twice_is_a_problem_and_the_last_one_counts() -> None:
    parsed = parse(b'{"Resources": {"A": 1, "B": 2, "A": 3}}')
    assert parsed.value == {"Resources": {"A": 3, "B": 2}}
    assert parsed.problems == ("the key 'A' appears twice in one object; only the last one counts",)


def test_problems_are_named_by_the_dozen_not_by_the_thousand() -> None:
    data = json.dumps([f"k{i}" for i in range(1000)])
    doubled = "[" + ",".join(f"{{{key}: 1, {key}: 2}}" for key in data[1:-1].split(", ")) + "]"
    assert len(parse(doubled.encode()).problems) == 20


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [limits.MAX_NESTING + 1, 900, 100_000])
def test_deep_nesting_is_refused_at_any_depth(opening: str, depth: int) -> None:
    closing = "]" if opening == "[" else "}"
    assert "levels of mappings and lists" in error_of((opening * depth + "1" + closing * depth).encode())


def test_nesting_up_to_the_limit_is_read() -> None:
    depth = limits.MAX_NESTING
    assert parse(b"[" * depth + b"]" * depth).problems == ()


def test_a_50_mb_file_is_refused_without_being_parsed() -> None:
    assert error_of(b'{"a": "' + b"x" * 50_000_000).startswith("it has 50.0 MB; at most 40 MB of JSON are read")


def test_yaml_may_be_smaller_only() -> None:
    assert error_of(b"a: " + b"x" * 11_000_000).startswith("it has 11.0 MB; at most 10 MB of YAML are read")


def test_a_yaml_file_that_begins_like_json_is_read_as_yaml() -> None:
    flow = b"{Resources: {A: {Type: 'AWS::S3::Bucket',}}}"
    assert parse(flow, prefer_yaml=True).value == {"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}
    assert error_of(flow).startswith("line 1, column 2:")


def test_a_value_that_contains_itself_is_not_bounded() -> None:
    circle: list[object] = []
    circle.append(circle)
    with pytest.raises(UnreadableInputError, match="levels of mappings and lists"):
        require_bounded(circle)


def test_values_shared_a_billion_times_are_counted_each_time() -> None:
    value: list[object] = []
    for _ in range(40):
        value = [value, value]
    with pytest.raises(UnreadableInputError, match="values once its aliases are followed"):
        require_bounded(value)


@pytest.mark.parametrize("value", [None, 1, "text", True, 1.5])
def test_scalars_are_bounded(value: object) -> None:
    require_bounded(value)
