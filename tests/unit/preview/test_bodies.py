"""Dashboards are read out of templates as the CDK writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from preview_templates import CPU, metric_widget, template, text_widget, write

from lean_silicon.exceptions import UnreadableInputError
from lean_silicon.preview import Dashboard, dashboards
from lean_silicon.preview.rows import rows
from lean_silicon.templates import read_app


def read(folder: Path, content: dict[str, Any]) -> Dashboard:
    [found] = dashboards(read_app(write(folder, content)))
    return found


def test_widgets_have_their_place_on_the_grid(tmp_path: Path) -> None:
    found = read(tmp_path, template(metric_widget(CPU), text_widget("# Hello")))

    assert [(each.kind, each.x, each.y, each.width, each.height) for each in found.widgets] == [
        ("metric", 0, 0, 12, 6),
        ("text", 0, 6, 24, 2),
    ]
    assert found.name == "efficiency"


@pytest.mark.parametrize(
    ("function", "shown"),
    [
        ({"Ref": "Endpoint"}, "Endpoint"),
        ({"Fn::GetAtt": ["Endpoint", "EndpointName"]}, "Endpoint"),
        ({"Fn::ImportValue": "Inference:ExportsOutputRefEndpoint"}, "ExportsOutputRefEndpoint"),
        ({"Fn::GetStackOutput": {"StackName": "Inference", "OutputName": "EndpointName"}}, "EndpointName"),
        ({"Fn::Select": [1, {"Fn::Split": ["/", {"Ref": "Component"}]}]}, "Component"),
        ({"Fn::Transform": {"Name": "Mine"}}, "deployed"),
    ],
)
def test_what_only_a_deployment_knows_is_shown_by_what_it_refers_to(
    tmp_path: Path, function: dict[str, Any], shown: str
) -> None:
    before, after = (
        '{"widgets":[{"type":"metric","properties":{"region":"us-east-1","metrics":[["N","M","EndpointName","',
        '"]]}}]}',
    )
    found = read(tmp_path, template(body={"Fn::Join": ["", [before, function, after]]}))

    [row] = rows(found.widgets[0])
    assert row.dimensions == ("EndpointName", shown)


def test_a_name_with_quotes_cannot_break_out_of_the_body(tmp_path: Path) -> None:
    body = {"Fn::Join": ["", ['{"widgets":[{"type":"text","properties":{"markdown":"', {"Ref": '"}}]} <b>'}, '"}}]}']]}

    found = read(tmp_path, template(body=body))

    assert found.widgets[0].properties["markdown"] == "b"


@pytest.mark.parametrize(
    "body", ["no JSON", "[]", "{}", '{"widgets": {}}', '{"widgets": [{"type": "text"}]}', "[" * 100_000]
)
def test_what_is_no_body_is_refused_with_the_name_of_the_dashboard(tmp_path: Path, body: str) -> None:
    with pytest.raises(UnreadableInputError, match="Board"):
        read(tmp_path, template(body=body))


def test_abbreviated_rows_are_written_out(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        template(
            metric_widget(
                CPU,
                [".", "NetworkIn", ".", "."],
                ["...", "i-another", {"stat": "Sum", "id": "m3", "visible": False, "period": 60}],
                [{"expression": "m3 * 2", "label": "twice", "color": "#112233"}],
            )
        ),
    )

    first, second, third, fourth = rows(found.widgets[0])
    assert (second.namespace, second.metric, second.dimensions) == ("AWS/EC2", "NetworkIn", first.dimensions)
    assert (third.metric, third.dimensions, third.statistic) == ("NetworkIn", ("InstanceId", "i-another"), "Sum")
    assert (third.visible, third.period) == (False, 60)
    assert (fourth.expression, fourth.label, fourth.color) == ("m3 * 2", "twice", "#112233")
