"""Charts as SVG: lines, stacked areas, bars' newest values, and limits. Every text is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from lean_silicon.preview.data import Line
from lean_silicon.preview.series import Series

PALETTE = (
    "#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f",
    "#bcbd22", "#17becf", "#d62728", "#393b79", "#637939", "#8c6d31", "#843c39",
)  # fmt: skip
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 18, 18
_STEPS = 4


def short(value: float) -> str:
    """A number as an axis shows it.

    Examples
    --------
    >>> short(1234567), short(0.01234), short(12)
    ('1.23M', '0.0123', '12')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def newest(values: Series) -> float | None:
    """The last value that there is."""
    return next((value for value in reversed(values) if value is not None), None)


def colored(lines: Sequence[Line]) -> list[tuple[str, Line]]:
    """Each line with its colour: its own where it names a safe one, else the next of the palette."""
    return [(_color(line.color) or PALETTE[at % len(PALETTE)], line) for at, line in enumerate(lines)]


def chart(
    lines: Sequence[Line], limits: Sequence[tuple[float, str]], *, width: int, height: int, stacked: bool, unit: str
) -> str:
    """A chart over a day."""
    shown = _stacked(lines) if stacked else [(line.values, None) for line in lines]
    values = [value for series, _ in shown for value in series if value is not None]
    top = _ceiling(max([*values, *(value for value, _ in limits), 1e-9]))
    area = _Area(width, height, top, max((len(series) for series, _ in shown), default=2))
    parts = [*area.grid(unit)]
    for (color, _), (series, below) in reversed(list(zip(colored(lines), shown))):  # noqa: B905 - one of each
        parts += area.filled(series, below, color) if stacked else area.line(series, color)
    parts += [part for value, label in limits for part in area.limit(value, label)]
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">{"".join(parts)}</svg>'


def sparkline(values: Series, *, width: int, height: int, color: str) -> str:
    """A line without axes."""
    known = [value for value in values if value is not None]
    top = max([*known, 1e-9])
    points = " ".join(
        f"{at * width / max(1, len(values) - 1):.1f},{height - 2 - (height - 4) * value / top:.1f}"
        for at, value in enumerate(values)
        if value is not None
    )
    return f'<svg width="{width}" height="{height}"><polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/></svg>'


class _Area:
    """Where the lines are drawn."""

    def __init__(self, width: int, height: int, top: float, points: int) -> None:
        self._width, self._height, self._top, self._points = width, height, top, points

    def x(self, at: int) -> float:
        """Of a point in time."""
        return _LEFT + (self._width - _LEFT - _RIGHT) * at / max(1, self._points - 1)

    def y(self, value: float) -> float:
        """Of a value."""
        return self._height - _BOTTOM - (self._height - _TOP - _BOTTOM) * value / self._top

    def grid(self, unit: str) -> Iterator[str]:
        """Levels, hours and the unit."""
        for step in range(_STEPS + 1):
            value = self._top * step / _STEPS
            y = self.y(value)
            yield f'<line x1="{_LEFT}" x2="{self._width - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
            yield f'<text x="{_LEFT - 4}" y="{y + 3:.1f}" class="tick end">{short(value)}</text>'
        for hour in (0, 6, 12, 18):
            at = self.x(int((self._points - 1) * hour / 24))
            yield f'<text x="{at:.1f}" y="{self._height - 5}" class="tick">{hour:02d}:00</text>'
        yield f'<text x="2" y="10" class="tick">{escape(unit)}</text>'

    def line(self, series: Series, color: str) -> Iterator[str]:
        """A line with gaps where there is no data; a lone point is a dot."""
        for run in _runs(series):
            points = " ".join(f"{self.x(at):.1f},{self.y(value):.1f}" for at, value in run)
            if len(run) == 1:
                yield f'<circle cx="{self.x(run[0][0]):.1f}" cy="{self.y(run[0][1]):.1f}" r="2" fill="{color}"/>'
            yield f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.6"/>'

    def filled(self, series: Series, below: Series | None, color: str) -> Iterator[str]:
        """The area between a line and the one below."""
        upper = [(at, value or 0.0) for at, value in enumerate(series)]
        lower = [(at, (below[at] if below else 0.0) or 0.0) for at, _ in reversed(upper)]
        points = " ".join(f"{self.x(at):.1f},{self.y(value):.1f}" for at, value in (*upper, *lower))
        yield f'<polygon points="{points}" fill="{color}" fill-opacity="0.55" stroke="{color}" stroke-width="0.8"/>'

    def limit(self, value: float, label: str) -> Iterator[str]:
        """A line that should not be passed."""
        y = self.y(value)
        yield f'<line x1="{_LEFT}" x2="{self._width - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="limit"/>'
        yield f'<text x="{self._width - _RIGHT}" y="{y - 3:.1f}" class="tick end red">{escape(label)} {short(value)}</text>'


def _stacked(lines: Sequence[Line]) -> list[tuple[Series, Series | None]]:
    found: list[tuple[Series, Series | None]] = []
    below: Series | None = None
    for line in lines:
        base = below or [0.0] * len(line.values)
        total: Series = [(one or 0.0) + (under or 0.0) for one, under in zip(line.values, base)]  # noqa: B905 - as long
        found.append((total, below))
        below = total
    return found


def _runs(series: Series) -> Iterator[list[tuple[int, float]]]:
    for is_gap, points in groupby(enumerate(series), key=lambda point: point[1] is None):
        if not is_gap:
            yield [(at, value) for at, value in points if value is not None]


def _ceiling(value: float) -> float:
    """The next round number."""
    size = 10.0 ** len(str(int(value))) / 10 if value >= 1 else 10.0 ** -len(f"{1 / value:.0f}")
    return next(size * step for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 20, 100) if size * step >= value)


def _color(given: str | None) -> str | None:
    is_hexadecimal = given is not None and len(given) == 7 and given[0] == "#" and given[1:].isalnum()
    return given if is_hexadecimal else None
