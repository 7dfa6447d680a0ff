"""The page shows every widget, needs nothing from elsewhere, and lets nothing of a template become HTML."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from preview_templates import CPU, metric_widget, text_widget

from lean_silicon.preview import Dashboard, Widget, render
from lean_silicon.preview.data import Line, lines
from lean_silicon.preview.drawing import chart, newest, short
from lean_silicon.preview.made_up import made_up
from lean_silicon.preview.markdown import to_html
from lean_silicon.preview.series import Series

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def widget(given: dict[str, Any]) -> Widget:
    return Widget(given["type"], given["x"], given["y"], given["width"], given["height"], given["properties"])


def page(*widgets: dict[str, Any]) -> str:
    return render(Dashboard("Watch", "efficiency", tuple(widget(each) for each in widgets)))


def test_every_widget_is_on_the_page_with_its_title_and_its_lines() -> None:
    shown = page(metric_widget([*CPU, {"label": "machine one"}]), text_widget("# Hello\n- a **bold** point"))

    assert "How busy" in shown
    assert "machine one" in shown
    assert "<polyline" in shown
    assert "<h1>Hello</h1><ul><li>a <strong>bold</strong> point</li></ul>" in shown


def test_the_page_says_that_its_data_are_made_up() -> None:
    assert "made-up data" in page(metric_widget(CPU))


def test_the_page_needs_nothing_from_elsewhere() -> None:
    shown = page(metric_widget(CPU), text_widget("[a link](https://example.com) ![](https://example.com/a.png)"))

    assert re.findall(r"<(?:script|link|img|iframe|a)\b|url\(|@import", shown) == []


@pytest.mark.parametrize(
    "hostile",
    [
        metric_widget([*CPU, {"label": HOSTILE, "color": HOSTILE}], title=HOSTILE, yAxis={"left": {"label": HOSTILE}}),
        metric_widget([*CPU, {"label": HOSTILE}], view="singleValue", sparkline=True),
        metric_widget([{"expression": HOSTILE, "label": HOSTILE}]),
        metric_widget(CPU, annotations={"horizontal": [{"value": 30, "label": HOSTILE}]}),
        text_widget(f"# {HOSTILE}\n| {HOSTILE} | b |\n|---|---|\n- {HOSTILE}\n`{HOSTILE}`"),
        {**text_widget(""), "type": "alarm", "properties": {"alarms": [HOSTILE]}},
        {**text_widget(""), "type": HOSTILE},
    ],
)
def test_nothing_of_a_template_becomes_html(hostile: dict[str, Any]) -> None:
    shown = page(hostile)

    assert "<script" not in shown
    assert "<img" not in shown
    assert 'style="background:<' not in shown


def test_problems_stand_on_top() -> None:
    dashboard = Dashboard("Watch", "efficiency", (widget(metric_widget(CPU)),))

    assert "would not show this whole" in render(dashboard, ["widget 1 has <no> region"])
    assert "has &lt;no&gt; region" in render(dashboard, ["widget 1 has <no> region"])
    assert "would not show" not in render(dashboard)


def test_a_line_whose_expression_fails_says_why_and_has_no_values() -> None:
    [line] = lines(widget(metric_widget([{"expression": "m9 + 1", "label": "x"}])))

    assert line.error == "no row has the id 'm9'"
    assert newest(line.values) is None


def test_expressions_that_are_made_of_themselves_end() -> None:
    rows = [[{"expression": "m2 + 1", "id": "m1"}], [{"expression": "m1 + 1", "id": "m2"}]]

    assert all("made of itself" in line.error for line in lines(widget(metric_widget(*rows))))


def test_a_number_over_the_whole_range_is_one_period() -> None:
    hourly = [{"expression": "m1 * PERIOD(m1) / 3600", "label": "hours"}]
    hidden = [*CPU, {"id": "m1", "visible": False}]
    given = metric_widget(hourly, hidden, view="singleValue", setPeriodToTimeRange=True)

    [line] = lines(widget(given))

    [average] = line.values
    assert average is not None
    assert 0 < average / 24 <= 100


def test_data_are_the_same_for_the_same_metric_and_differ_for_others() -> None:
    one = made_up("N", "CPUUtilization", ("a",), "Average")

    assert one == made_up("N", "CPUUtilization", ("a",), "Average")
    assert one != made_up("N", "CPUUtilization", ("b",), "Average")
    assert all(value is not None and 0 <= value <= 100 for value in one)


@pytest.mark.parametrize("stacked", [False, True])
def test_a_chart_is_a_whole_picture_also_where_data_are_missing(stacked: bool) -> None:
    [line] = lines(widget(metric_widget(CPU)))
    gaps: Series = [value if at % 3 else None for at, value in enumerate(line.values)]
    lone: Series = [None, 5.0, None]
    nothing: Series = [None, None]
    zero: Series = [0.0, 0.0]

    for values in (line.values, gaps, lone, nothing, zero):
        drawn = chart([Line("a", None, values)], [(3, "limit")], width=400, height=200, stacked=stacked, unit="W")
        assert ET.fromstring(drawn).tag == "svg"


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (0.012345, "0.0123"), (999, "999"), (1234, "1.23k"), (2.5e6, "2.5M"), (7e9, "7G")]
)
def test_axes_show_short_numbers(value: float, shown: str) -> None:
    assert short(value) == shown


@given(st.text(max_size=200))
def test_any_markdown_becomes_html_without_foreign_elements(text: str) -> None:
    tags = set(re.findall(r"<(\w+)", to_html(text)))

    assert tags <= {"h1", "h2", "h3", "h4", "ul", "li", "table", "tr", "td", "th", "p", "strong", "code"}


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        (r"a \<b\> c", "<p>a &lt;b&gt; c</p>"),
        (r"\*\*not bold\*\*", "<p>**not bold**</p>"),
        (r"**bold \* star**", "<p><strong>bold * star</strong></p>"),
        (r"`a\|b`", "<p><code>a|b</code></p>"),
        ("\ue03cscript\ue03e", "<p>script</p>"),
        (
            "| a | b |\n|---|---|\n| 1\\|2 | 3 |",
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1|2</td><td>3</td></tr></table>",
        ),
    ],
)
def test_what_is_escaped_in_markdown_is_shown_as_it_is(markdown: str, shown: str) -> None:
    assert to_html(markdown) == shown
