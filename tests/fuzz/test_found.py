"""What fuzzing and reading with a stranger's eyes found, each as it was found: dashboards, values of the wrong kind, odd names."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from harmless_output import require_harmless

from lean_silicon.cli.main import main
from lean_silicon.estimates import difference, estimate
from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.preview import dashboards, problems, render
from lean_silicon.reports.diff_report import diff_text
from lean_silicon.reports.table import wrapped
from lean_silicon.rules import judge
from lean_silicon.templates import App, read_app, read_template

METRIC = {"type": "metric", "x": 0, "y": 0, "width": 6, "height": 4}


def app(**resources: Any) -> App:
    return App(templates=[read_template({"Resources": resources}, path="t.json", region="us-east-1")])


def drawn(*widgets: Any) -> tuple[str, tuple[str, ...]]:
    """The page of a dashboard with these widgets, and what is wrong with it."""
    body = json.dumps({"widgets": list(widgets)})
    [found] = dashboards(app(D={"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": body}}))
    page = render(found, problems(found))
    require_harmless("html", page)
    return page, problems(found)


def metric(*rows: Any, **properties: Any) -> dict[str, Any]:
    return {**METRIC, "properties": {"region": "us-east-1", "metrics": list(rows), **properties}}


def test_a_variant_whose_name_is_a_list_is_no_variant_s_name() -> None:
    variant = {"VariantName": ["a"], "ModelName": "m", "InstanceType": "ml.g5.xlarge"}
    judge(
        app(
            C={"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [variant]}},
            E={"Type": "AWS::SageMaker::Endpoint", "Properties": {"EndpointConfigName": {"Ref": "C"}}},
            I={
                "Type": "AWS::SageMaker::InferenceComponent",
                "Properties": {"EndpointName": {"Ref": "E"}, "VariantName": ["a"], "Specification": {"ModelName": {"Ref": "M"}}},
            },
            M={"Type": "AWS::SageMaker::Model", "Properties": {"PrimaryContainer": {"Image": "a"}}},
        )
    )  # fmt: skip


def test_notes_of_a_difference_move_no_cursor() -> None:
    after = app(**{"E\x1b[2J\uffff": {"Type": "AWS::EC2::Instance", "Properties": {"InstanceType": "p3.16xlarge"}}})
    require_harmless("text", diff_text(difference(estimate(App()), estimate(after))))


@pytest.mark.parametrize("view", [[], {}, 7, None, "\x1b[31m"])
def test_a_view_may_be_anything(view: Any) -> None:
    _, wrong = drawn(metric(["N", "M"], view=view))
    assert any("view" in each for each in wrong)


def test_rows_made_of_rows_are_computed_once() -> None:
    doubling = [[{"id": f"e{at}", "expression": f"e{at - 1} + e{at - 1}"}] for at in range(1, 20)]
    page, _ = drawn(metric(["N", "M", {"id": "e0"}], *doubling))
    assert "deep" not in page


def test_arrays_of_arrays_end() -> None:
    doubling = [[{"id": f"e{at}", "expression": f"[e{at - 1}, e{at - 1}]"}] for at in range(1, 19)]
    page, _ = drawn(metric(["N", "M", {"id": "e0"}], *doubling))
    assert "CloudWatch shows 500" in page


def test_rows_made_of_rows_end_however_long_the_chain_is() -> None:
    chain = [[{"id": f"e{at}", "expression": f"e{at + 1} + 1"}] for at in range(400)]
    page, _ = drawn(metric(*chain, ["N", "M", {"id": "e400"}]))
    assert "deep" in page


@pytest.mark.parametrize(
    "expression",
    ["9" * 400, "10 ^ 308 * 10", "CEIL(10 ^ 308 * 10)", "1" + "+1" * 5_000, "10 ^ 300", "-(10 ^ 308) * 10 ^ 10", "0 / 0"],
)  # fmt: skip
def test_numbers_without_end_are_left_out_of_the_picture(expression: str) -> None:
    page, _ = drawn(metric([{"expression": expression, "id": "e1"}]))
    assert re.search(r'="[^"<>]*\b(inf|nan)\b', page) is None


@pytest.mark.parametrize(
    "size", [{"x": 10**9}, {"y": 10**29}, {"width": -5}, {"height": 10**12}, {"width": 0}, {"x": -1}]
)
def test_a_widget_off_the_grid_is_told_of_and_not_drawn(size: dict[str, int]) -> None:
    page, _ = drawn({**metric(["N", "M"]), **size})
    assert "polyline" not in page


def test_a_limit_without_end_is_not_drawn() -> None:
    drawn(metric(["N", "M"], annotations={"horizontal": [{"value": 10**29, "label": "a"}]}))


def test_tens_of_thousands_of_rows_and_widgets_are_counted_not_drawn() -> None:
    _, wrong = drawn(metric(*[["N", "M", {"id": f"m{at % 9_000}"}] for at in range(20_000)]))
    assert any("20000 metrics" in each for each in wrong)
    assert len(wrong) <= 100
    _, wrong = drawn(*[{"type": "text", "properties": {"markdown": "a"}}] * 9_000)
    assert any("9000 widgets" in each for each in wrong)


@pytest.mark.parametrize(
    "body", ['{"widgets": 1e400}', "[" * 100_000, '{"widgets": [' + "[" * 200 + "]" * 200 + "]}", "x" * 1_000_001]
)
def test_a_body_beyond_all_bounds_is_refused(body: str) -> None:
    found = dashboards(app(D={"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": body}}))
    with pytest.raises(UnreadableInputError):
        list(found)


def test_half_a_character_in_a_title_does_not_keep_the_page_from_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    body = json.dumps({"widgets": [{**metric(["N", "M"]), "properties": {"title": "\ud800\x1b[2J", "region": "r"}}]})
    resource = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": body}}
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"D": resource}}))
    assert main(["dashboard", "preview", "t", "--app", "t.json"]) == 1
    require_harmless("html", (tmp_path / "t.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("stack", ["../../outside/.x", "/", "..", "/../", "a/../../.b", "\x1b[31m", "COM1:x"])
def test_a_stack_s_name_does_not_choose_where_its_page_is_written(
    stack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    (folder / "cdk.out").mkdir()
    body = json.dumps({"widgets": [metric(["N", "M"])]})
    dashboard = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": body, "DashboardName": "main"}}
    artifact = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "T.template.json", "stackName": stack},
    }
    (folder / "cdk.out" / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": {"T": artifact}}))
    (folder / "cdk.out" / "T.template.json").write_text(json.dumps({"Resources": {"D": dashboard}}))
    main(["dashboard", "preview", "main"])
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) == 1
    assert pages[0].parent == folder


def test_a_word_of_a_million_letters_is_broken_at_once() -> None:
    assert len(wrapped("a" * 1_000_000, 20)) == 50_000
    assert wrapped("e\u0301" * 30, 8)[0].startswith("e\u0301")


def test_a_cell_of_a_million_words_that_fits_is_not_put_together_word_by_word() -> None:
    text = "&& " * 500_000
    assert wrapped(text, len(text)) == [text]


def test_a_folder_where_a_template_should_be_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://1/eu-west-1",
        "properties": {"templateFile": "inner"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": {"Main": artifact}}))
    before = next_descriptor()
    [unreadable] = read_app([tmp_path]).unreadable
    assert unreadable.error == "it is a folder"
    assert next_descriptor() == before


def next_descriptor() -> int:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor
