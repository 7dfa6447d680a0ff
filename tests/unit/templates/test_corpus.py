"""Templates that nobody here wrote: every one is read, or is truly none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lean_silicon.templates import App, Resolver, limits, read_app

pytestmark = pytest.mark.requires_shared

NO_TEMPLATES = {
    # events that a macro receives, with the template in them
    "CloudFormation__MacrosExamples__Count__event.json": "it has no Resources; its keys are 'requestId', 'fragment'",
    "CloudFormation__MacrosExamples__Count__event_bad.json": "it has no Resources; its keys are 'requestId', 'fragment'",
    # reports of cfn-lint about templates
    "test__fixtures__results__integration__aws-ec2-launchtemplate_yaml.json": "its root is a list of 5 items",
    "test__fixtures__results__integration__getatt-types_yaml.json": "its root is a list of 9 items",
    "test__fixtures__results__quickstart__nist_vpc_management_yaml.json": "its root is a list of 36 items",
    "test__fixtures__results__quickstart__non_strict__nist_application_yaml.json": "its root is a list of 47 items",
    "test__fixtures__results__quickstart__openshift_yaml.json": "its root is a list of 41 items",
}


@pytest.fixture(scope="module")
def files(shared: Path) -> list[Path]:
    found = sorted(path for path in (shared / "corpus").rglob("*") if path.suffix in (".json", ".yaml", ".yml"))
    assert len(found) == 256
    return found


@pytest.fixture(scope="module")
def app(files: list[Path]) -> App:
    return read_app(files)


def test_only_what_is_no_template_is_unreadable(app: App, files: list[Path]) -> None:
    unreadable = {Path(entry.path).name: entry.error for entry in app.unreadable}
    assert unreadable.keys() == NO_TEMPLATES.keys()
    for name, error in NO_TEMPLATES.items():
        assert f"it is not a CloudFormation template: {error}" in unreadable[name]
    assert len(app.templates) == len(files) - len(NO_TEMPLATES)


def test_in_a_folder_the_same_files_are_passed_over(app: App, shared: Path) -> None:
    searched = read_app([shared / "corpus"])
    assert searched.unreadable == []
    assert {template.path for template in searched.templates} == {template.path for template in app.templates}
    assert NO_TEMPLATES.keys() <= {Path(entry.path).name for entry in searched.skipped}


def test_every_resource_with_a_type_is_read(app: App) -> None:
    for template in app.templates:
        declared = template.body["Resources"]
        written = {
            key for key, value in declared.items() if isinstance(value, dict) and isinstance(value.get("Type"), str)
        }
        assert written <= template.resources.keys()


def functions_in(value: Any) -> list[dict[str, Any]]:
    found, todo = [], [value]
    while todo:
        part = todo.pop()
        if isinstance(part, list):
            todo.extend(part)
        elif isinstance(part, dict):
            todo.extend(part.values())
            if any(key == "Ref" or key.startswith("Fn::") for key in part):
                found.append(part)
    return found


def test_every_function_has_an_answer(app: App) -> None:
    answered = 0
    for template in app.templates:
        resolver = Resolver(template)
        for resource in template.resources.values():
            for expression in functions_in(resource.properties):
                found = resolver.possibilities(expression)
                answered += 1
                assert 1 <= len(found) <= limits.MAX_POSSIBILITIES
                assert all(case.unknown is None or (case.value is None and len(case.unknown) < 300) for case in found)
    assert answered > 4000


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("test__fixtures__templates__bad__duplicate.yaml", "line 9: the key 'mySnsTopic' appears twice"),
        ("APIGateway__apigateway_lambda_integration.yaml", "line 108: !Rain::Embed is not a short form"),
        ("test__fixtures__templates__bad__functions__foreach_no_transform.yaml", "Fn::ForEach needs the transform"),
        (
            "CloudFormation__MacrosExamples__Count__test.yaml",
            "the macro 'Count' runs only when the template is deployed",
        ),
    ],
)
def test_what_is_odd_about_a_template_is_a_problem(app: App, name: str, problem: str) -> None:
    (template,) = [template for template in app.templates if Path(template.path).name == name]
    assert problem in template.problems[0]
