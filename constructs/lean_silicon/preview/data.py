"""The made-up data of a widget: one line for each visible row."""

from __future__ import annotations

from dataclasses import dataclass, field

from lean_silicon.preview.bodies import Widget
from lean_silicon.preview.checking import MOST_METRICS_OF_WIDGET
from lean_silicon.preview.evaluation import Evaluation
from lean_silicon.preview.made_up import PERIOD, POINTS, found_by_search, made_up, over_the_day
from lean_silicon.preview.metric_math import MathError
from lean_silicon.preview.rows import MetricRow, rows
from lean_silicon.preview.series import Series, Value, as_several, is_several

_MOST_ABOVE = 20
LARGEST = 1e15
"""What a picture has room for."""


@dataclass(frozen=True)
class Line:
    """A visible line; `error` says why there is no data."""

    label: str
    color: str | None
    values: Series
    error: str = ""


def lines(widget: Widget) -> list[Line]:
    """The visible lines of a widget; one point each where it shows the whole range as one period."""
    whole = widget.properties.get("setPeriodToTimeRange") is True and widget.properties.get("view") != "timeSeries"
    source = _Source({row.name: row for row in rows(widget)[:MOST_METRICS_OF_WIDGET]}, whole=whole)
    return [line for row in source.known.values() if row.visible for line in source.lines(row)]


@dataclass(frozen=True)
class _Source:
    """Made-up data of the rows of one widget."""

    known: dict[str, MetricRow]
    whole: bool
    computed: dict[str, Value] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """How many points each series has."""
        return 1 if self.whole else POINTS

    def lines(self, row: MetricRow) -> list[Line]:
        """What a row shows: a search may find several series."""
        try:
            several = as_several(self._value(row, frozenset()), self.points)
        except (MathError, ArithmeticError) as error:
            return [Line(row.label, row.color, [None] * self.points, str(error))]
        return [Line(row.label, row.color, [_drawable(value) for value in values]) for values in several]

    def _value(self, row: MetricRow, above: frozenset[str]) -> Value:
        """The value of a row, computed once however many rows are made of it."""
        if row.name not in self.computed:
            self.computed[row.name] = _few(self._computed(row, above))
        return self.computed[row.name]

    def _computed(self, row: MetricRow, above: frozenset[str]) -> Value:
        if not row.expression:
            return self._timed(made_up(row.namespace, row.metric, row.dimensions, row.statistic), row.statistic)

        def find(name: str) -> Value:
            if name not in self.known:
                raise MathError(f"no row has the id {name!r}")
            if name in above or name == row.name:
                raise MathError(f"{name!r} is made of itself")
            if len(above) >= _MOST_ABOVE:
                raise MathError(f"{name!r} is made of rows that are made of others, more than {_MOST_ABOVE} deep")
            return self._value(self.known[name], above | {row.name})

        def search(terms: str, statistic: str) -> list[Series]:
            return [self._timed(series, statistic) for series in found_by_search(terms, statistic)]

        period = PERIOD * POINTS if self.whole else PERIOD
        return Evaluation(find, search, self.points, period).value(row.expression)

    def _timed(self, series: Series, statistic: str) -> Series:
        return over_the_day(series, statistic) if self.whole else series


def _few(value: Value) -> Value:
    if is_several(value) and isinstance(value, list) and len(value) > MOST_METRICS_OF_WIDGET:
        raise MathError(f"it makes {len(value)} series; CloudWatch shows {MOST_METRICS_OF_WIDGET}")
    return value


def _drawable(value: float | None) -> float | None:
    """A value that a picture has room for: neither endless nor no number."""
    return value if value is not None and abs(value) < LARGEST else None
