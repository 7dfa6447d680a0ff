"""What CloudWatch would refuse of a dashboard, or show as an error.

Sources: CloudWatch API Reference, "Dashboard Body Structure and Syntax"; CloudWatch User Guide, "CloudWatch service quotas" (500 widgets a
dashboard, 500 metrics and 100 alarms a widget, 2500 metrics a dashboard, those of metric math counted).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from lean_silicon.preview.bodies import Dashboard, Widget
from lean_silicon.preview.metric_math import KEYWORDS, MathError, names, parse
from lean_silicon.preview.rows import MetricRow, rows

COLUMNS = 24
MOST_WIDGETS = 500
MOST_METRICS_OF_WIDGET = 500
MOST_METRICS = 2500
MOST_ALARMS = 100
MOST_HIGH = 1000
_MOST_SAID = 100
KINDS = {"metric", "text", "log", "alarm", "explorer", "custom"}
VIEWS = {"timeSeries", "singleValue", "gauge", "bar", "pie", "table"}


def problems(dashboard: Dashboard) -> tuple[str, ...]:
    """What is wrong with a dashboard, one sentence each, the first hundred; none where CloudWatch shows it whole."""
    return tuple(islice(_problems(dashboard), _MOST_SAID))


def _problems(dashboard: Dashboard) -> Iterator[str]:
    if len(dashboard.widgets) > MOST_WIDGETS:
        yield f"the dashboard has {len(dashboard.widgets)} widgets; CloudWatch allows {MOST_WIDGETS}"
    total = sum(len(rows(widget)) for widget in dashboard.widgets)
    if total > MOST_METRICS:
        yield f"the dashboard has {total} metrics; CloudWatch allows {MOST_METRICS}"
    for index, widget in enumerate(dashboard.widgets, start=1):
        for said in _of_widget(widget):
            yield f"widget {index} ({widget.title or widget.kind}): {said}"
    yield from _overlaps(dashboard)


def _of_widget(widget: Widget) -> Iterator[str]:
    if widget.kind not in KINDS:
        yield f"type {widget.kind!r} is not one of {', '.join(sorted(KINDS))}"
    if not (0 <= widget.x < COLUMNS and 1 <= widget.width <= COLUMNS and widget.x + widget.width <= COLUMNS):
        yield f"columns {widget.x} to {widget.x + widget.width} do not lie on the grid of {COLUMNS}"
    if not (widget.y >= 0 and 1 <= widget.height <= MOST_HIGH):
        yield f"row {widget.y} and height {widget.height} are not possible; a widget is 1 to {MOST_HIGH} high"
    if widget.kind == "text" and not isinstance(widget.properties.get("markdown"), str):
        yield "has no markdown"
    if widget.kind == "alarm":
        yield from _of_alarms(widget.properties.get("alarms"))
    if widget.kind == "metric":
        yield from _of_metrics(widget)


def _of_alarms(alarms: object) -> Iterator[str]:
    if not isinstance(alarms, list) or not alarms:
        yield "has no alarms"
    elif len(alarms) > MOST_ALARMS:
        yield f"has {len(alarms)} alarms; CloudWatch allows {MOST_ALARMS}"


def _of_metrics(widget: Widget) -> Iterator[str]:
    if not isinstance(widget.properties.get("region"), str):
        yield "has no region"
    view = widget.properties.get("view", "timeSeries")
    if not isinstance(view, str) or view not in VIEWS:
        yield f"view {view!r} is not one of {', '.join(sorted(VIEWS))}"
    given = rows(widget)
    if not given and "annotations" not in widget.properties:
        yield "shows nothing"
    if len(given) > MOST_METRICS_OF_WIDGET:
        yield f"has {len(given)} metrics; CloudWatch allows {MOST_METRICS_OF_WIDGET}"
    if given and not any(row.visible for row in given):
        yield "shows none of its metrics"
    yield from _of_rows(given)


def _of_rows(given: list[MetricRow]) -> Iterator[str]:
    known = [row.name for row in given if not row.name.startswith("_")]
    for name in (name for name, count in Counter(known).items() if count > 1):
        yield f"two of its rows have the id {name!r}"
    for row in given:
        if not row.expression:
            if not row.metric or len(row.dimensions) % 2:
                yield f"the row {row.label!r} is no metric with pairs of dimensions"
            continue
        try:
            missing = set(names(parse(row.expression))) - set(known) - KEYWORDS
        except MathError as error:
            yield f"{row.label}: {error}"
        else:
            for name in sorted(missing):
                yield f"{row.label}: no row has the id {name!r}"


def _overlaps(dashboard: Dashboard) -> Iterator[str]:
    taken: dict[tuple[int, int], int] = {}
    for index, widget in enumerate(dashboard.widgets, start=1):
        cells = [
            (x, y)
            for x in range(widget.x, widget.x + min(widget.width, COLUMNS))
            for y in range(widget.y, widget.y + min(widget.height, 200))
        ]
        others = {taken[cell] for cell in cells if cell in taken}
        if others:
            yield f"widget {index} lies on widget {min(others)}"
        taken.update(dict.fromkeys(cells, index))
