"""From paths to templates: files and folders, good and bad."""

from __future__ import annotations

import gc
import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.templates import App, read_app, read_template

NOTEBOOK = {"Type": "AWS::SageMaker::NotebookInstance", "Properties": {"InstanceType": "ml.t3.medium"}}
TEMPLATE = {"Resources": {"Notebook": NOTEBOOK}}


def write(path: Path, content: object = TEMPLATE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def names(app: App) -> list[str]:
    return [Path(template.path).name for template in app.templates]


def only_error(app: App) -> str:
    assert app.templates == []
    (unreadable,) = app.unreadable
    return unreadable.error


# Files that the user names


def test_a_json_and_a_yaml_template_are_read(tmp_path: Path) -> None:
    write(tmp_path / "a.json")
    write(
        tmp_path / "b.yaml",
        "Resources:\n  Notebook:\n    Type: AWS::SageMaker::NotebookInstance\n    Condition: Prod\n",
    )
    app = read_app([tmp_path / "a.json", str(tmp_path / "b.yaml")], region="eu-west-1")
    first, second = app.templates
    assert first.path == str(tmp_path / "a.json")
    assert first.region == "eu-west-1"
    assert first.resources["Notebook"].properties == {"InstanceType": "ml.t3.medium"}
    assert first.resources["Notebook"].template is first
    assert second.resources["Notebook"].condition == "Prod"
    assert app.unreadable == []


def test_one_path_need_not_be_in_a_list(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json")
    assert names(read_app(str(path))) == names(read_app(path)) == ["a.json"]


def test_the_ending_of_a_file_that_is_named_does_not_matter(tmp_path: Path) -> None:
    assert names(read_app([write(tmp_path / "stack.txt")])) == ["stack.txt"]


def test_a_file_that_is_given_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json")
    (tmp_path / "link.json").symlink_to(path)
    app = read_app([path, tmp_path / "." / "a.json", tmp_path, tmp_path / "link.json"])
    assert names(app) == ["a.json"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "it is empty"),
        (b"\x89PNG\r\n\x1a\n\x00", "is not UTF-8"),
        (b"\x7fELF\x00", "binary file"),
        ("{", "line 1, column 2"),
        ("Resources: [1,\n", "line 2, column 1"),
        ("[]", "its root is a list of 0 items, not a mapping with Resources"),
        ("just a text", "its root is a single value, not a mapping with Resources"),
        ("3", "its root is a single value, not a mapping with Resources"),
        ('{"name": "x", "version": "1"}', "it has no Resources; its keys are 'name', 'version'"),
        ("{}", "it has no Resources; its keys are none"),
        ('{"Resources": []}', "Resources is a list of 0 items, not a mapping of logical ids to resources"),
        ("Resources:\n", "Resources is empty, not a mapping of logical ids to resources"),
        ("a: 1\n---\nb: 2\n", "line 2: a second document begins"),
    ],
)
def test_a_named_file_that_is_no_template_is_unreadable_and_the_others_are_read(
    tmp_path: Path, content: str | bytes, error: str
) -> None:
    bad, good = write(tmp_path / "bad.template", content), write(tmp_path / "good.json")
    app = read_app([bad, good])
    assert names(app) == ["good.json"]
    assert [(entry.path, error in entry.error) for entry in app.unreadable] == [(str(bad), True)]


def test_a_missing_path_says_what_to_check(tmp_path: Path) -> None:
    assert only_error(read_app([tmp_path / "none.json"])) == (
        "there is no such file or folder; check the path and the working directory"
    )


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json")
    assert "a part of the path is a file" in only_error(read_app([path / "b.json"]))


def test_a_pattern_that_matched_nothing_says_so(tmp_path: Path) -> None:
    assert (
        only_error(read_app([tmp_path / "*.json"]))
        == "nothing matches this pattern; check it and the working directory"
    )


@pytest.mark.parametrize("path", ["", "a\0b", 3, None, b"bytes", "x" * 5000])
def test_what_is_no_path_is_unreadable(path: Any) -> None:
    assert only_error(read_app([path]))


def test_no_paths_are_no_templates() -> None:
    assert read_app([]) == App()


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_not_read(device: str) -> None:
    assert only_error(read_app([device])) == "it is a device; give a template file or a folder"


def test_a_named_pipe_does_not_make_the_reader_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert only_error(read_app([tmp_path / "pipe.json"])) == "it is a named pipe; give a template file or a folder"


def test_a_socket_is_not_read(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        assert "it is a device or socket" in only_error(read_app([tmp_path / "socket"]))


def test_a_circle_of_links_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to(tmp_path / "b.json")
    (tmp_path / "b.json").symlink_to(tmp_path / "a.json")
    assert only_error(read_app([tmp_path / "a.json"])) == "its symbolic links go round in a circle"


def test_a_file_without_permission_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.json")

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", denied)
    assert only_error(read_app([path])) == "permission denied; make it readable for the user who runs this"


def test_a_50_mb_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.write(b'{"Resources": "')
        file.truncate(50_000_000)
    assert only_error(read_app([path])).startswith("it has 50.0 MB; at most 40 MB of JSON are read")


# Folders


def test_a_folder_is_searched_for_templates(tmp_path: Path) -> None:
    write(tmp_path / "b.yaml", "Resources: {A: {Type: AWS::S3::Bucket}}")
    write(tmp_path / "a" / "deep" / "stack.template")
    write(tmp_path / "notes.md", "Resources: none")
    assert names(read_app([tmp_path])) == ["b.yaml", "stack.template"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("package.json", {"name": "x"}, "it has no Resources"),
        ("values.yaml", "image: x\n", "it has no Resources"),
        ("plan.json", {"name": "Resources"}, "it has no Resources; its keys are 'name'"),
        ("list.yaml", "- Resources\n", "its root is a list of 1 items"),
        ("k8s.yaml", "kind: A\n---\nkind: Resources\n", "a second document begins"),
        ("chart.yaml", "{{ .Values.Resources }}: 1\n", "it does not look like a template"),
        ("appspec.yml", "Resources:\n  - TargetService: 1\n", "Resources is a list"),
        ("other.json", {"Resources": {"cpu": 1, "memory": {"Type": "m"}}}, "not those of CloudFormation"),
    ],
)
def test_what_is_no_template_is_passed_over_and_listed(tmp_path: Path, name: str, content: object, reason: str) -> None:
    write(tmp_path / name, content)
    write(tmp_path / "good.json")
    app = read_app([tmp_path])
    assert names(app) == ["good.json"]
    assert app.unreadable == []
    (skipped,) = app.skipped
    assert skipped.path == str(tmp_path / name)
    assert reason in skipped.reason


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ('{\n"AWSTemplateFormatVersion": "2010-09-09",\n', "line 3, column 1"),
        ("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n\tA: 1", "line 3"),
        ("Resources:\n  A: [", "line 3"),
        ("AWSTemplateFormatVersion: '2010-09-09'\nResources: []", "Resources is a list"),
        ("Resources:\n  A: {Type: 'AWS::S3::Bucket'}\n---\nb: 1", "a second document"),
        (b"Resources:\n  A: \xff", "line 2: byte 0xff is not UTF-8"),
        (b"Resources:\n  A: \x00", "binary"),
        ('{"Parameters": {}, "Resources": {"A": ', "line 2, column 1"),
    ],
)
def test_a_broken_file_that_looks_like_a_template_is_unreadable(
    tmp_path: Path, content: str | bytes, error: str
) -> None:
    write(tmp_path / "broken.yaml", content)
    write(tmp_path / "good.json")
    app = read_app([tmp_path])
    assert names(app) == ["good.json"]
    assert [error in entry.error for entry in app.unreadable] == [True]


def test_a_huge_file_is_unreadable_only_if_it_looks_like_a_template(tmp_path: Path) -> None:
    for name, head in (("data.json", b'{"rows": ['), ("stack.json", b'{"Resources": {')):
        with (tmp_path / name).open("wb") as file:
            file.write(head)
            file.truncate(50_000_000)
    app = read_app([tmp_path])
    assert [Path(entry.path).name for entry in app.unreadable] == ["stack.json"]
    assert [Path(entry.path).name for entry in app.skipped] == ["data.json"]


def test_looking_for_marks_in_a_broken_file_takes_no_longer_for_blank_lines(tmp_path: Path) -> None:
    write(tmp_path / "blank.yaml", "\n" * 1_000_000 + "Resources [")
    write(tmp_path / "good.json")
    assert len(read_app([tmp_path]).skipped) == 1


def test_a_file_that_cannot_be_looked_at_is_unreadable_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "closed" / "stack.json")
    write(tmp_path / "stack.json")
    stat, opened = os.stat, os.open

    def guarded(function: Any) -> Any:
        def call(path: Any, *rest: Any, **options: Any) -> Any:
            if "closed/" in str(path):
                raise PermissionError(13, "Permission denied", str(path))
            return function(path, *rest, **options)

        return call

    monkeypatch.setattr(os, "stat", guarded(stat))
    monkeypatch.setattr(os, "lstat", guarded(os.lstat))
    monkeypatch.setattr(os, "open", guarded(opened))
    app = read_app([tmp_path])
    assert names(app) == ["stack.json"]
    assert [entry.path for entry in app.unreadable] == [str(tmp_path / "closed" / "stack.json")]


def test_other_peoples_folders_are_not_searched(tmp_path: Path) -> None:
    for folder in ("node_modules/x", ".git", ".venv/lib", "venv"):
        write(tmp_path / folder / "stack.json")
    write(tmp_path / "stack.json")
    assert len(read_app([tmp_path]).templates) == 1


def test_links_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "secret.json")
    folder = tmp_path / "folder"
    write(folder / "stack.json")
    (folder / "loop").symlink_to(folder)
    (folder / "out").symlink_to(outside.parent)
    (folder / "file.json").symlink_to(outside)
    app = read_app([folder])
    assert names(app) == ["stack.json"]
    assert [(Path(entry.path).name, entry.reason) for entry in app.skipped] == [
        ("file.json", "it is a symbolic link; those are not followed in a folder")
    ]


def test_a_folder_without_templates_is_no_success(tmp_path: Path) -> None:
    assert "no file in this folder ends in .yaml, .yml, .json" in only_error(read_app([tmp_path]))


def test_a_folder_that_cannot_be_listed_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "stack.json")
    closed = tmp_path / "closed"
    closed.mkdir()
    scandir = os.scandir

    def guarded(path: Any) -> Any:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    app = read_app([tmp_path])
    assert names(app) == ["stack.json"]
    assert [(entry.path, entry.error.split(";")[0]) for entry in app.unreadable] == [(str(closed), "permission denied")]


def test_a_web_manifest_does_not_make_an_assembly(tmp_path: Path) -> None:
    write(tmp_path / "manifest.json", {"name": "A web app", "icons": []})
    write(tmp_path / "stack.json")
    assert names(read_app([tmp_path])) == ["stack.json"]


def test_a_folder_holds_only_so_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lean_silicon.templates.folders.MAX_FILES", 2)
    for name in "abc":
        write(tmp_path / f"{name}.json")
    app = read_app([tmp_path])
    assert names(app) == ["a.json", "b.json"]
    assert "it holds more than 2 files" in app.unreadable[0].error


def test_the_garbage_collector_is_left_as_it_was(tmp_path: Path) -> None:
    assert gc.isenabled()
    read_app([tmp_path])
    assert gc.isenabled()
    gc.disable()
    try:
        read_app([tmp_path])
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_nested_stack_at_a_url_is_listed_not_opened(tmp_path: Path) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://example.com/t.json"}}
    app = read_app([write(tmp_path / "a.json", {"Resources": {"Nested": nested}})])
    assert [(entry.path, entry.reason) for entry in app.skipped] == [
        (
            f"{tmp_path / 'a.json'}: nested stack Nested",
            "its template is at a URL, which is not opened; give that template too",
        )
    ]


# What is inside a template


@pytest.mark.parametrize("body", [None, 3, "text", [], {}, {"Resources": None}, {"Resources": 3}, {"resources": {}}])
def test_a_body_that_is_no_template_raises(body: Any) -> None:
    with pytest.raises(UnreadableInputError, match="it is not a CloudFormation template"):
        read_template(body, path="t.json")


@pytest.mark.parametrize(
    "body", [{"AWSTemplateFormatVersion": "2010-09-09"}, {"Rules": {}, "Parameters": {}}, {"Resources": {}}]
)
def test_a_template_may_be_empty(body: dict[str, Any]) -> None:
    template = read_template(body, path="t.json", region="us-east-1", stack="Empty")
    assert (template.path, template.region, template.stack, template.resources) == ("t.json", "us-east-1", "Empty", {})


def test_a_body_that_contains_itself_raises() -> None:
    body: dict[str, Any] = {"Resources": {}}
    body["Resources"]["A"] = body
    with pytest.raises(UnreadableInputError, match="levels of mappings and lists"):
        read_template(body, path="t.json")


@pytest.mark.parametrize(
    ("resource", "problem"),
    [
        (None, "the resource 'Bad' is empty, not a mapping with a Type"),
        (3, "the resource 'Bad' is 3, not a mapping with a Type"),
        ([], "the resource 'Bad' is a list of 0 items, not a mapping with a Type"),
        ({}, "the resource 'Bad' has the Type empty, not a name such as AWS::EC2::Instance"),
        ({"Type": {"Fn::Rain::Module": "x"}},
         "the resource 'Bad' has the Type the function 'Fn::Rain::Module', not a name such as AWS::EC2::Instance"),
    ],
)  # fmt: skip
def test_a_resource_that_is_none_is_a_problem_and_the_others_are_read(resource: object, problem: str) -> None:
    template = read_template({"Resources": {"Bad": resource, "Good": NOTEBOOK}}, path="t.json")
    assert list(template.resources) == ["Good"]
    assert template.problems == (problem,)


@pytest.mark.parametrize(
    ("part", "value", "problem"),
    [
        ("Properties", [], "the resource 'R' has Properties that are a list of 0 items, not a mapping"),
        ("Properties", "x", "the resource 'R' has Properties that are 'x', not a mapping"),
        ("Metadata", 3, "the resource 'R' has Metadata that are 3, not a mapping"),
        ("Condition", ["A"], "the resource 'R' has the Condition a list of 1 items, not the name of one"),
        (
            "Condition",
            {"Fn::Equals": []},
            "the resource 'R' has the Condition the function 'Fn::Equals', not the name of one",
        ),
    ],
)
def test_a_part_of_the_wrong_type_is_a_problem_and_the_resource_is_read(part: str, value: object, problem: str) -> None:
    template = read_template({"Resources": {"R": {**NOTEBOOK, part: value}}}, path="t.json")
    assert template.resources["R"].type == NOTEBOOK["Type"]
    assert template.problems == (problem,)


def test_parts_that_are_left_out_are_no_problem() -> None:
    template = read_template({"Resources": {"R": {"Type": "AWS::S3::Bucket", "Properties": None}}}, path="t.json")
    assert template.problems == ()
    assert template.resources["R"].properties == {}


def test_many_problems_are_counted_not_listed() -> None:
    template = read_template({"Resources": {f"R{i}": None for i in range(5000)}}, path="t.json")
    assert len(template.problems) == 101
    assert template.problems[-1] == "and 4900 more problems of this kind"


@pytest.mark.parametrize(
    "transform", ["Mine", ["AWS::Serverless-2016-10-31", "Mine"], {"Name": "Mine"}, [{"Name": "Mine"}]]
)
def test_a_macro_that_is_not_carried_out_is_a_problem(transform: object) -> None:
    template = read_template({**TEMPLATE, "Transform": transform}, path="t.json")
    assert template.problems == (
        "the macro 'Mine' runs only when the template is deployed; it is judged as it is written",
    )


@pytest.mark.parametrize(
    "transform", ["AWS::Serverless-2016-10-31", ["AWS::LanguageExtensions"], None, "AWS::SecretsManager-2024-09-16"]
)
def test_macros_that_make_no_silicon_are_no_problem(transform: object) -> None:
    assert read_template({**TEMPLATE, "Transform": transform}, path="t.json").problems == ()


def test_the_construct_path_in_the_metadata_is_kept_as_the_cdk_has_it() -> None:
    resource = {**NOTEBOOK, "Metadata": {"aws:cdk:path": "Stack/Notebook/Resource"}}
    template = read_template({"Resources": {"R": resource}}, path="t.json")
    assert template.resources["R"].construct_path == "Stack/Notebook/Resource"
