"""A dashboard as one HTML page that needs nothing else: no script, no font, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from lean_silicon.preview.bodies import Dashboard, Widget
from lean_silicon.preview.checking import COLUMNS, MOST_HIGH, MOST_METRICS, MOST_WIDGETS
from lean_silicon.preview.data import LARGEST, Line, lines
from lean_silicon.preview.drawing import chart, colored, newest, short, sparkline
from lean_silicon.preview.markdown import to_html
from lean_silicon.preview.rows import rows

_COLUMN, _ROW, _GAP = 58, 50, 8
_TITLE = 24
_WIDTH = 24 * _COLUMN
_NOT_ASCII = re.compile(r"[^\n\x20-\x7e]")
_LAST_ROW = 5_000
_LEGEND_LINE, _LEGEND_LINES = 16, 3
_STYLE = """
body{margin:0;background:#f2f3f3;font:13px/1.35 "Helvetica Neue",Arial,"DejaVu Sans",sans-serif;color:#16191f}
header{padding:10px 16px;background:#232f3e;color:#fff}
header small{color:#d5dbdb;margin-left:12px}
.problems{background:#fdf3f1;border:1px solid #d13212;margin:8px;padding:8px 16px}
.grid-of-widgets{position:relative;margin:8px}
.widget{position:absolute;background:#fff;border:1px solid #d5dbdb;border-radius:4px;overflow:hidden;box-sizing:border-box;padding:4px 6px}
.widget>b{display:block;font-size:12px;height:20px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.grid{stroke:#eaeded}
.limit{stroke:#d62728;stroke-dasharray:5 3}
.tick{font-size:10px;fill:#687078}
.end{text-anchor:end}
.red{fill:#d62728;paint-order:stroke;stroke:#fff;stroke-width:3px}
.legend{font-size:11px;line-height:16px;max-height:48px;overflow:hidden}
.legend span{display:inline-block;white-space:nowrap}
.legend i{display:inline-block;width:10px;height:3px;margin:0 4px 3px 8px}
.numbers{display:flex;flex-wrap:wrap;gap:2px 22px}
.numbers span{display:block;color:#545b64;font-size:11px}
.numbers strong{font-size:20px;font-weight:400}
.alarms{display:flex;flex-wrap:wrap;gap:4px;font-size:11px}
.alarms div{background:#f2f8f0;border-left:3px solid #1d8102;padding:2px 6px;max-width:190px;
overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
h1{font-size:19px;margin:2px 0 4px}
h2{font-size:16px;margin:2px 0}
h3{font-size:14px;margin:0}
p{margin:2px 0 4px}
ul{margin:2px 0;padding-left:18px}
table{border-collapse:collapse;font-size:12px}
td,th{border:1px solid #eaeded;padding:1px 8px;text-align:left}
.error{color:#d13212}
"""


def render(dashboard: Dashboard, found: Sequence[str] = ()) -> str:
    """The page, with what is wrong with the dashboard (`problems`) on top."""
    height = max((widget.y + widget.height for widget in _drawn(dashboard.widgets)), default=1) * _ROW
    said = "".join(f"<li>{escape(each)}</li>" for each in found)
    wrong = (
        f'<div class="problems"><strong>CloudWatch would not show this whole:</strong><ul>{said}</ul></div>'
        if said
        else ""
    )
    widgets = "".join(_widget(widget) for widget in _drawn(dashboard.widgets))
    name = escape(f"{dashboard.stack}: {dashboard.name}")
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title><style>{_STYLE}</style></head><body>'
        f"<header>{name}<small>Preview with made-up data: only the layout is real</small></header>{wrong}"
        f'<div class="grid-of-widgets" style="width:{_WIDTH}px;height:{height}px">{widgets}</div></body></html>'
    )
    return _NOT_ASCII.sub(lambda found: found[0] if found[0].isprintable() else "\ufffd", page)


def _drawn(widgets: Sequence[Widget]) -> Iterator[Widget]:
    """As many widgets as CloudWatch takes, and lies on a page that a browser can show; `problems` tells of the others."""
    metrics = 0
    for widget in widgets[:MOST_WIDGETS]:
        metrics += len(rows(widget))
        if metrics > MOST_METRICS:
            return
        across = 0 <= widget.x <= COLUMNS and 1 <= widget.width <= COLUMNS
        if across and 0 <= widget.y <= _LAST_ROW and 1 <= widget.height <= MOST_HIGH:
            yield widget


def size(dashboard: Dashboard) -> tuple[int, int]:
    """Width and height of the page in pixels, problems not counted."""
    height = max((widget.y + widget.height for widget in _drawn(dashboard.widgets)), default=1) * _ROW
    return _WIDTH + 2 * _GAP, height + 60


def _widget(widget: Widget) -> str:
    width, height = widget.width * _COLUMN - _GAP, widget.height * _ROW - _GAP
    place = f"left:{widget.x * _COLUMN}px;top:{widget.y * _ROW}px;width:{width}px;height:{height}px"
    title = f"<b>{escape(widget.title)}</b>" if widget.title else ""
    return f'<div class="widget" style="{place}">{title}{_content(widget, width - 14, height - 10 - _TITLE)}</div>'


def _content(widget: Widget, width: int, height: int) -> str:
    if widget.kind == "text":
        return to_html(str(widget.properties.get("markdown", "")))
    if widget.kind == "alarm":
        return _alarms(widget.properties.get("alarms"))
    if widget.kind != "metric":
        return f"<p>A widget of type {escape(widget.kind)} is not drawn in the preview.</p>"
    shown = lines(widget)
    if widget.properties.get("view", "timeSeries") == "timeSeries":
        return _chart(widget, shown, width, height)
    return _numbers(shown, sparklines=widget.properties.get("sparkline") is True)


def _chart(widget: Widget, shown: Sequence[Line], width: int, height: int) -> str:
    axis = widget.properties.get("yAxis")
    left = axis.get("left") if isinstance(axis, dict) else None
    unit = str(left.get("label", "")) if isinstance(left, dict) else ""
    letters = sum(len(line.label) + 4 for line in shown) * 6
    legend_height = _LEGEND_LINE * min(_LEGEND_LINES, 1 + letters // width)
    drawn = chart(
        shown,
        _limits(widget.properties.get("annotations")),
        width=width,
        height=max(40, height - legend_height),
        stacked=widget.properties.get("stacked") is True,
        unit=unit,
    )
    entries = "".join(
        f'<span{_title(line)}><i style="background:{color}"></i>{escape(line.label)}</span> '
        for color, line in colored(shown)
    )
    return f'{drawn}<div class="legend">{entries}</div>'


def _numbers(shown: Sequence[Line], *, sparklines: bool) -> str:
    entries = []
    for color, line in colored(shown):
        value = newest(line.values)
        number = "--" if value is None else short(value)
        drawn = sparkline(line.values, width=90, height=22, color=color) if sparklines else ""
        entries.append(f"<div{_title(line)}><span>{escape(line.label)}</span><strong>{number}</strong> {drawn}</div>")
    return f'<div class="numbers">{"".join(entries)}</div>'


def _alarms(given: Any) -> str:
    names = [str(each).rpartition(":")[2] for each in given] if isinstance(given, list) else []
    return f'<div class="alarms">{"".join(f"<div>{escape(name)}</div>" for name in names)}</div>'


def _limits(annotations: Any) -> list[tuple[float, str]]:
    horizontal = annotations.get("horizontal") if isinstance(annotations, dict) else None
    found = []
    for each in horizontal if isinstance(horizontal, list) else []:
        value = each.get("value") if isinstance(each, dict) else None
        if isinstance(value, (int, float)) and abs(value) < LARGEST:
            found.append((float(value), str(each.get("label", ""))))
    return found


def _title(line: Line) -> str:
    return f' class="error" title="{escape(line.error)}"' if line.error else ""
