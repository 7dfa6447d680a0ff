"""The rows of a widget's ``metrics``, with CloudWatch's abbreviations written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lean_silicon.preview.bodies import Widget

_DEFAULT_PERIOD = 300


@dataclass(frozen=True)
class MetricRow:
    """A metric or an expression of a widget.

    `name` is the identifier that expressions know it by; `expression` is empty of a metric.
    """

    name: str
    label: str
    expression: str
    namespace: str
    metric: str
    dimensions: tuple[str, ...]
    statistic: str
    period: int
    visible: bool
    color: str | None


def rows(widget: Widget) -> list[MetricRow]:
    """The rows of a widget, in order. One that is no row is left out: `problems` tells of it."""
    found: list[MetricRow] = []
    before: list[str] = []
    given = widget.properties.get("metrics")
    for index, row in enumerate(given if isinstance(given, list) else []):
        if not isinstance(row, list) or not row:
            continue
        options: Mapping[str, Any] = row[-1] if isinstance(row[-1], dict) else {}
        words = [str(each) for each in row if not isinstance(each, dict)]
        written = _written_out(words, before)
        if written:
            before = written
        found.append(_row(index, written, options, widget))
    return found


def _written_out(words: list[str], before: list[str]) -> list[str]:
    """``"."`` stands for the word of the row above, ``"..."`` for all of them up to the last ones."""
    if words and words[0] == "...":
        rest = words[1:]
        return before[: len(before) - len(rest)] + rest
    return [before[at] if word == "." and at < len(before) else word for at, word in enumerate(words)]


def _row(index: int, words: list[str], options: Mapping[str, Any], widget: Widget) -> MetricRow:
    expression = str(options.get("expression", ""))
    metric = words[1] if len(words) > 1 else ""
    return MetricRow(
        name=str(options.get("id", f"_{index}")),
        label=str(options.get("label", metric or expression)),
        expression=expression,
        namespace=words[0] if words else "",
        metric=metric,
        dimensions=tuple(words[2:]),
        statistic=str(options.get("stat", widget.properties.get("stat", "Average"))),
        period=_seconds(options.get("period", widget.properties.get("period"))),
        visible=options.get("visible", True) is not False,
        color=options["color"] if isinstance(options.get("color"), str) else None,
    )


def _seconds(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else _DEFAULT_PERIOD
