"""No input makes reading or resolving fail, hang, or open what it was not given."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates import Resolver, Template, limits, read_app, read_template
from lean_silicon.templates.parsing import parse

fuzz = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

NAMES = st.sampled_from(
    ["P", "Q", "L", "S", "M", "A", "B", "C", "R", "AWS::Region", "AWS::NoValue", "AWS::AccountId", "", "Nothing"]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=6), NAMES,
    st.sampled_from(["${P}", "${!x}", "${", "${M.N}", "a,b", "prod", "0", "-1", "9" * 40, "\x1b[31m", "\ud800"]),
)  # fmt: skip
FUNCTIONS = st.sampled_from(
    ["Ref", "Condition", "Fn::ForEach::I", "Fn::ForEach::J"]
    + ["Fn::" + name for name in (
        "And", "Base64", "Cidr", "Equals", "FindInMap", "ForEach", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Length",
        "Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform", "Unheard",
    )]
)  # fmt: skip


def _calls(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Functions, mostly with arguments that have the right shape, and containers."""
    right = st.one_of(
        st.builds(lambda name: {"Ref": name}, NAMES),
        st.builds(lambda name, a, b: {"Fn::If": [name, a, b]}, st.sampled_from("ABC"), inner, inner),
        st.builds(lambda separator, parts: {"Fn::Join": [separator, parts]}, st.text(max_size=2), st.lists(inner, max_size=4)),
        st.builds(lambda text, variables: {"Fn::Sub": [text, variables]}, st.sampled_from(["${P}-${Q}", "${P}${P}"]),
                  st.dictionaries(st.sampled_from("PQ"), inner)),
        st.builds(lambda index, choice: {"Fn::Select": [index, choice]}, inner, inner),
        st.builds(lambda separator, text: {"Fn::Split": [separator, text]}, st.text(max_size=2), inner),
        st.builds(lambda a, b: {"Fn::FindInMap": ["M", a, b, {"DefaultValue": a}]}, inner, inner),
        st.builds(lambda a, b: {"Fn::Equals": [a, b]}, inner, inner),
        st.builds(lambda c, b: {"Fn::ForEach::X": ["I", c, {"K${I}": b}]}, inner, inner),
        st.builds(lambda value: {"Fn::ToJsonString": value}, inner),
    )  # fmt: skip
    return st.one_of(
        right,
        st.builds(lambda function, argument: {function: argument}, FUNCTIONS, inner),
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.text(max_size=3), FUNCTIONS), inner, max_size=4),
    )


VALUES = st.recursive(SCALARS, _calls, max_leaves=25)
BODIES = st.fixed_dictionaries(
    {
        "Resources": st.one_of(
            st.dictionaries(
                st.one_of(st.text(max_size=4), st.sampled_from(["Fn::ForEach::R", "Fn::Transform"])),
                st.one_of(VALUES, st.fixed_dictionaries({"Type": st.just("AWS::S3::Bucket")}, optional={
                    "Properties": VALUES, "Metadata": st.one_of(VALUES, st.fixed_dictionaries({"LeanSilicon": VALUES})),
                    "Condition": VALUES,
                })),
                max_size=4,
            ),
        )
    },
    optional={
        "Transform": st.one_of(VALUES, st.just("AWS::LanguageExtensions"), st.just(["AWS::LanguageExtensions"])),
        "Parameters": st.one_of(VALUES, st.dictionaries(NAMES, st.one_of(VALUES, st.fixed_dictionaries({}, optional={
            "Type": st.sampled_from(["String", "Number", "CommaDelimitedList", "List<Number>", "AWS::SSM::Parameter::Value<String>"]),
            "Default": VALUES, "AllowedValues": st.one_of(VALUES, st.lists(SCALARS, max_size=4)), "NoEcho": VALUES,
        })), max_size=4)),
        "Mappings": st.one_of(VALUES, st.just({"M": {"a": {"b": 1}, "c": {"b": [2], "prod": "x"}}})),
        "Conditions": st.one_of(VALUES, st.dictionaries(st.sampled_from("ABC"), VALUES)),
        "Metadata": st.one_of(VALUES, st.fixed_dictionaries({"LeanSilicon": VALUES})),
    },
)  # fmt: skip


def require_bounded_answers(template: Template, value: Any) -> None:
    """Every value, on its own and with all that is in it, has some answers and not too many."""
    resolver = Resolver(template)
    for assumed in ((), (("A", True), ("B", False))):
        found = resolver.possibilities(value, assumed)
        assert 1 <= len(found) <= limits.MAX_POSSIBILITIES
        for case in found:
            assert case.unknown is None or case.value is None
            assert case.conditions[: len(assumed)] == assumed
            assert all(isinstance(holds, bool) for _, holds in case.conditions)
            names = [name for name, _ in case.conditions]
            assert len(names) == len(set(names)), "a condition is decided twice"
    resolver.plain(value)


@fuzz
@given(st.binary(max_size=300))
@example(b"\xff\xfe{\x00")
@example(b"\xef\xbb\xbf")
@example(b"{" * 5000)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for prefer_yaml in (False, True):
        with contextlib.suppress(UnreadableInputError):
            parse(data, prefer_yaml=prefer_yaml)


@fuzz
@given(st.text(alphabet=st.sampled_from("abR: \n-[]{},&*!|>'\"#%?<=~0.\t@`\x85\ufeff"), max_size=120))
@example("&a [*a, &a {<<: *a}]")
@example("<<: &x {<<: *x}")
@example("!<tag:yaml.org,2002:python/object/apply:os.abort> []")
def test_any_yaml_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UnreadableInputError):
        json.dumps(parse(text.encode("utf-8", "replace")).value)


@fuzz
@given(VALUES)
def test_what_is_written_as_json_is_read_the_same(value: Any) -> None:
    with contextlib.suppress(UnreadableInputError):  # too many digits
        assert parse(json.dumps({"a": value}).encode()).value == {"a": value}


@fuzz
@given(BODIES, VALUES)
def test_any_template_is_read_and_any_expression_answered(body: dict[str, Any], value: Any) -> None:
    template = read_template(body, path="t.json", region="us-east-1")
    assert all(
        isinstance(problem, str) and "\n" not in problem and "\x1b" not in problem for problem in template.problems
    )
    for resource in template.resources.values():
        require_bounded_answers(template, resource.properties)
        assert all(isinstance(problem, str) for problem in resource.declaration.problems)
    require_bounded_answers(template, value)


@fuzz
@given(BODIES, BODIES, st.dictionaries(NAMES, VALUES, max_size=3), NAMES)
def test_any_nested_stack_is_answered(outer: Any, inner: Any, arguments: dict[str, Any], name: str) -> None:
    template = read_template(inner, path="inner.json")
    template.parent, template.arguments = read_template(outer, path="outer.json"), arguments
    require_bounded_answers(template, {"Fn::Join": ["", [{"Ref": name}, {"Fn::If": ["A", {"Ref": "P"}, 1]}]]})


PATHS = st.one_of(
    SCALARS, st.sampled_from(["Main.template.json", ".", "..", "../x", "/etc/passwd", "inner", "cdk.out", "m.json"])
)
MANIFESTS = st.dictionaries(
    st.text(max_size=4),
    st.one_of(
        VALUES,
        st.fixed_dictionaries(
            {"type": st.sampled_from(["aws:cloudformation:stack", "cdk:cloud-assembly", "cdk:asset-manifest"])},
            optional={
                "environment": st.one_of(SCALARS, st.just("aws://1/eu-west-1")),
                "properties": st.one_of(VALUES, st.fixed_dictionaries({}, optional={
                    "templateFile": PATHS, "directoryName": PATHS, "file": PATHS, "stackName": SCALARS})),
                "additionalMetadataFile": PATHS,
                "metadata": VALUES,
                "displayName": SCALARS,
            },
        ),
    ),
    max_size=4,
)  # fmt: skip
METADATA = st.dictionaries(
    st.sampled_from(["/Main", "/Main/R", "/Main/I.NestedStack/I.NestedStackResource", "", "/"]),
    st.one_of(VALUES, st.lists(st.fixed_dictionaries({
        "type": st.sampled_from(["aws:cdk:logicalId", "aws:cdk:acknowledged-rules", "aws:cdk:templateFile"]),
        "data": st.one_of(VALUES, st.just({"LeanSilicon::SIL001": "r"}), PATHS)}), max_size=3)),
)  # fmt: skip
NESTED = st.builds(
    lambda path, parameters: {"R": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": path},
                                    "Properties": {"Parameters": parameters, "TemplateURL": "/" + "0" * 64 + ".json"}}},
    PATHS, VALUES,
)  # fmt: skip


@fuzz
@given(st.one_of(MANIFESTS, VALUES), METADATA, NESTED)
def test_any_assembly_is_read_within_its_folder(artifacts: Any, metadata: Any, resources: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "cdk.out"
        (folder / "inner").mkdir(parents=True)
        (folder.parent / "x").write_text('{"Resources": {"Secret": {"Type": "AWS::S3::Bucket"}}}')
        for path, content in (
            ("manifest.json", {"version": "1", "artifacts": artifacts}),
            ("inner/manifest.json", {"version": "1", "artifacts": artifacts}),
            ("cdk.out", {}),
            ("m.json", metadata),
            ("Main.template.json", {"Resources": resources}),
        ):
            (folder / path).write_text(json.dumps(content))
        app = read_app([folder])
        assert all(Path(template.path).resolve().is_relative_to(folder) for template in app.templates)
        assert not any("Secret" in template.resources for template in app.templates)
        assert len(app.templates) <= 3


@pytest.mark.parametrize("paths", [["\0"], ["\ud800"], ["a" * 10_000], ["~"], ["."]])
def test_no_path_is_too_odd(paths: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = read_app(paths)
    assert app.templates == []
    assert len(app.unreadable) == 1
