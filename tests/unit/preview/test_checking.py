"""The preview tells of everything that CloudWatch would refuse or show as an error, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from preview_templates import CPU, metric_widget, text_widget

from lean_silicon.preview import Dashboard, Widget, problems
from lean_silicon.preview.checking import MOST_METRICS_OF_WIDGET, MOST_WIDGETS


def found_in(*widgets: dict[str, Any]) -> tuple[str, ...]:
    made = [
        Widget(each["type"], each["x"], each["y"], each["width"], each["height"], each["properties"])
        for each in widgets
    ]
    return problems(Dashboard("Watch", "efficiency", tuple(made)))


def test_a_dashboard_that_cloudwatch_takes_has_no_problems() -> None:
    busy = [{"expression": "m1 / 4", "label": "busy"}]
    hidden = [*CPU, {"id": "m1", "visible": False}]

    assert found_in(metric_widget(busy, hidden), text_widget("# Hello")) == ()


@pytest.mark.parametrize(
    ("widget", "said"),
    [
        (metric_widget([{"expression": "m9 * 2", "label": "twice"}]), "no row has the id 'm9'"),
        (metric_widget([{"expression": "m1 *", "label": "broken"}]), "where a value is expected"),
        (metric_widget([*CPU, {"visible": False}]), "shows none of its metrics"),
        (metric_widget(), "shows nothing"),
        (metric_widget(CPU, view="pictogram"), "view 'pictogram'"),
        (metric_widget(CPU, region=None), "has no region"),
        (metric_widget(["AWS/EC2", "CPUUtilization", "InstanceId"]), "no metric with pairs of dimensions"),
        (metric_widget([*CPU, {"id": "m1"}], [*CPU, {"id": "m1"}]), "two of its rows have the id 'm1'"),
        ({**metric_widget(CPU), "x": 20}, "do not lie on the grid"),
        ({**metric_widget(CPU), "height": 0}, "not possible"),
        ({**metric_widget(CPU), "type": "picture"}, "type 'picture'"),
        ({**text_widget(""), "properties": {}}, "has no markdown"),
        ({**text_widget(""), "type": "alarm", "properties": {"alarms": []}}, "has no alarms"),
        ({**text_widget(""), "type": "alarm", "properties": {"alarms": ["arn"] * 101}}, "has 101 alarms"),
    ],
)
def test_what_cloudwatch_would_refuse_is_told(widget: dict[str, Any], said: str) -> None:
    assert any(said in each for each in found_in(widget))


def test_widgets_that_lie_on_each_other_are_told() -> None:
    assert found_in(metric_widget(CPU), text_widget("over it", y=3)) == ("widget 2 lies on widget 1",)


def test_too_many_widgets_and_metrics_are_told() -> None:
    many = [text_widget("#", y=2 * at) for at in range(MOST_WIDGETS + 1)]
    crowded = metric_widget(*([["N", f"M{at}"] for at in range(MOST_METRICS_OF_WIDGET + 1)]))

    assert any("CloudWatch allows 500" in each for each in found_in(*many))
    assert any("has 501 metrics" in each for each in found_in(crowded))
    assert any(
        "the dashboard has 2505 metrics" in each for each in found_in(*[{**crowded, "y": 6 * at} for at in range(5)])
    )
