"""Charts, numbers and texts as CloudWatch's widgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.monitoring.observation import Chart, Row

COLUMNS = 24
"""Of CloudWatch's grid."""
LINE = "#d62728"
MOST_STATES = 100
"""Alarms that a widget of alarms takes (CloudWatch API Reference, "Dashboard Body Structure and Syntax")."""
_LETTERS_PER_LINE = 200
"""Of text across all columns, at the size in which CloudWatch shows it; a little less than fit."""
_ROW, _PADDING, _LINE, _HEADING = 50, 24, 20, 32
"""Pixels of a row of the grid, of the rim of a text, of a line and of a heading with its margin; lines rather high than cut."""


def graph(chart: Chart, *, width: int, height: int = 6, stacked: bool = False) -> cloudwatch.IWidget:
    """A chart over time, with its limit as a line."""
    limits = None
    if chart.line is not None:
        limits = [cloudwatch.HorizontalAnnotation(value=chart.line, label=chart.line_label, color=LINE)]
    return cloudwatch.GraphWidget(
        title=chart.title,
        left=_metrics(chart.rows),
        left_annotations=limits,
        left_y_axis=cloudwatch.YAxisProps(label=chart.unit, min=0, show_units=False),
        stacked=stacked,
        width=width,
        height=height,
    )


def numbers(
    title: str, rows: Sequence[Row], *, width: int, height: int = 4, whole_range: bool = False
) -> cloudwatch.IWidget:
    """Numbers: the newest, or over the whole range that is shown."""
    return cloudwatch.SingleValueWidget(
        title=title,
        metrics=_metrics(rows),
        width=width,
        height=height,
        set_period_to_time_range=whole_range,
        sparkline=not whole_range,
    )


def text(markdown: str, *, height: int | None = None, width: int = COLUMNS) -> cloudwatch.IWidget:
    """Text, as high as it needs to be."""
    return cloudwatch.TextWidget(markdown=markdown, width=width, height=height or _lines(markdown, width))


def alarm_states(title: str, alarms: Sequence[cloudwatch.IAlarm], *, width: int, height: int) -> cloudwatch.IWidget:
    """Which alarms ring."""
    return cloudwatch.AlarmStatusWidget(title=title, alarms=list(alarms), width=width, height=height)


def beside(*widgets: cloudwatch.IWidget) -> cloudwatch.IWidget:
    """Widgets in one row."""
    return cast("cloudwatch.IWidget", cloudwatch.Row(*widgets))


def graphs(charts: Sequence[Chart], *, most: int, height: int) -> Iterator[cloudwatch.IWidget]:
    """Charts in rows of at most so many, each row as wide as the grid."""
    for first in range(0, len(charts), most):
        part = charts[first : first + most]
        narrow, wider = divmod(COLUMNS, len(part))
        yield beside(*(graph(chart, width=narrow + (at < wider), height=height) for at, chart in enumerate(part)))


def plain(name: str) -> str:
    """A name as text in Markdown, where it is neither table nor link nor emphasis."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>()#+!|" else letter for letter in name)


def _metrics(rows: Sequence[Row]) -> list[cloudwatch.IMetric]:
    """The rows. The CDK leaves out a second expression that reads like the first, which two constants may."""
    taken: set[str] = set()
    found = []
    for row in rows:
        shown = row.shown
        while not shown.metrics and shown.expression in taken:
            shown = replace(shown, expression=f"{shown.expression} + 0")
        taken.add(shown.expression)
        found.append(shown.metric(row.label, color=row.color))
    return found


def _lines(markdown: str, width: int) -> int:
    letters = _LETTERS_PER_LINE * width // COLUMNS
    pixels = _PADDING
    for line in markdown.splitlines():
        wrapped = max(1, -(-len(line) // letters))
        pixels += wrapped * (_HEADING if line.startswith("#") else _LINE) if line.strip() else 0
    return max(2, min(20, -(-pixels // _ROW)))
