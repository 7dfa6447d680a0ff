"""Options as points: dollars against watts, on logarithmic axes, with the band of each as lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lean_silicon.quantity import Quantity
from lean_silicon.reports.html.figures import number
from lean_silicon.reports.html.text import shown

_WIDTH, _HEIGHT = 960, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 28, 44
_STEPS = (1, 2, 5)
_LETTER = 7.2
_Box = tuple[float, float, float, float]
SHAPES = {
    "neuron": '<path class="point" d="M0-7 7 6H-7z"/>',
    "gpu": '<circle class="point" r="5.5"/>',
    "cpu": '<path class="point" d="M-5-5H5V5H-5z"/>',
}
"""By kind of silicon, around the origin: no kind is told by its colour alone."""


@dataclass(frozen=True)
class Point:
    """One option: its number in the table, its kind (a key of `SHAPES`), and where it stands with its bands."""

    at: int
    label: str
    kind: str
    across: Quantity
    up: Quantity
    chosen: bool = False


class Axis:
    """From the least to the most, in powers of ten."""

    def __init__(self, quantities: Iterable[Quantity]) -> None:
        ends = [end for quantity in quantities for end in (quantity.low, quantity.likely, quantity.high) if end > 0]
        self._low = math.log10(min(ends, default=1.0)) - 0.08
        self._high = math.log10(max(ends, default=10.0)) + 0.08

    def share(self, value: float) -> float:
        """Where a value stands, from 0 to 1; zero stands at the beginning."""
        at = (math.log10(value) - self._low) / (self._high - self._low) if value > 0 else 0.0
        return min(max(at, 0.0), 1.0)

    def ticks(self) -> Iterator[float]:
        """Round values within."""
        for power in range(math.floor(self._low), math.ceil(self._high) + 1):
            for step in _STEPS:
                value = step * 10.0**power
                if self._low <= math.log10(value) <= self._high:
                    yield value


def scatter(points: Sequence[Point], across: Axis, up: Axis, *, units: tuple[str, str], title: str, says: str) -> str:
    """The drawing; a table beside it says the same, so to a screen reader it is one picture.

    Parameters
    ----------
    points
        What to draw, the most important first.
    across, up
        The axes, which several drawings may share.
    units
        Of both axes.
    title, says
        What the picture is, and what one sees in it.
    """
    place = _Place(across, up)
    bands = "".join(place.bands(point) for point in points)
    drawn = "".join(place.point(point) for point in reversed(points))
    return (
        f'<svg class="scatter" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{shown(title)}. {shown(says)}">'
        f'{"".join(place.grid(units))}<g class="bands">{bands}</g>{"".join(place.labels(points))}{drawn}</svg>'
    )


@dataclass(frozen=True)
class _Place:
    across: Axis
    up: Axis

    def x(self, value: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * self.across.share(value)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * self.up.share(value)

    def grid(self, units: tuple[str, str]) -> Iterator[str]:
        """Lines at round values, and the units."""
        bottom = _HEIGHT - _BOTTOM
        for value in self.across.ticks():
            x = f"{self.x(value):.1f}"
            yield f'<path class="grid" d="M{x} {_TOP}V{bottom}"/>'
            yield f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{number(value)}</text>'
        for value in self.up.ticks():
            y = self.y(value)
            yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
            yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number(value)}</text>'
        yield f'<text class="axis" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 8}" text-anchor="end">{units[0]}</text>'
        yield f'<text class="axis" x="{_LEFT}" y="16">{units[1]}</text>'

    def bands(self, point: Point) -> str:
        """A line from low to high in both directions."""
        x, y = f"{self.x(point.across.likely):.1f}", f"{self.y(point.up.likely):.1f}"
        flat = f"M{self.x(point.across.low):.1f} {y}H{self.x(point.across.high):.1f}"
        tall = f"M{x} {self.y(point.up.low):.1f}V{self.y(point.up.high):.1f}"
        return f'<path class="{point.kind}" d="{flat}{tall}"/>'

    def point(self, point: Point) -> str:
        """Its shape, around which a ring stands where it is the leanest."""
        ring = '<circle class="ring" r="11"/>' if point.chosen else ""
        return (
            f'<g class="{point.kind}" transform="translate({self.x(point.across.likely):.1f} {self.y(point.up.likely):.1f})">'
            f"<title>{point.at}. {shown(point.label)}: {point.across}, {point.up}</title>{SHAPES[point.kind]}{ring}</g>"
        )

    def labels(self, points: Sequence[Point]) -> Iterator[str]:
        """The number of each in the table, of the leanest its name too, where nothing else stands."""
        taken = [self._box(point, -8, -8, 16, 16) for point in points]
        for point in points:
            words = f"{point.at}. {shown(point.label)}" if point.chosen else f"{point.at}"
            width = _LETTER * len(words)
            away = 14 if point.chosen else 8
            corners = (
                (away, -16),
                (away, 4),
                (-away - width, -16),
                (-away - width, 4),
                (-width / 2, -24),
                (-width / 2, 10),
            )
            boxes = [self._box(point, x, y, width, 12) for x, y in corners]
            box = next((box for box in boxes if not any(_overlap(box, other) for other in taken)), boxes[0])
            taken.append(box)
            style = "label leanest" if point.chosen else "label"
            yield f'<text class="{style}" x="{box[0]:.1f}" y="{box[1] + 10:.1f}">{words}</text>'

    def _box(self, point: Point, x: float, y: float, width: float, height: float) -> _Box:
        left, top = self.x(point.across.likely) + x, self.y(point.up.likely) + y
        return left, top, left + width, top + height


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
