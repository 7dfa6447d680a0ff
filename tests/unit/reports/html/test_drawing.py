"""Bars and points stand where their values do, and say where a band goes on."""

from __future__ import annotations

import re

import pytest

from lean_silicon.quantity import Quantity
from lean_silicon.reports.html.bands import Scale, bar
from lean_silicon.reports.html.figures import figure
from lean_silicon.reports.html.scatter import Axis, Point, scatter


def usd(low: float, likely: float, high: float) -> Quantity:
    return Quantity(low, likely, high, "USD")


def test_bars_are_as_long_as_their_values() -> None:
    scale = Scale.of([usd(50, 100, 200), usd(25, 50, 100)])
    assert scale.top == 200
    assert 'width="100"' in bar(usd(50, 100, 200), scale, "now")
    assert 'width="50"' in bar(usd(25, 50, 100), scale, "lean")
    assert "M25 6H100" in bar(usd(25, 50, 100), scale, "lean")


def test_a_band_beyond_the_scale_ends_in_an_arrow() -> None:
    scale = Scale.of([usd(1, 10, 1000), usd(1, 2, 3)])
    assert scale.top == 25
    far, near = bar(usd(1, 10, 1000), scale, "now"), bar(usd(1, 2, 3), scale, "now")
    assert "L199 6L" in far
    assert "L" not in re.search(r'd="([^"]*)"', near)[1]  # type: ignore[index]


def test_the_exact_has_no_band_and_the_unknown_no_bar() -> None:
    scale = Scale.of([Quantity.exact(5, "USD"), None])
    assert "<path" not in bar(Quantity.exact(5, "USD"), scale, "now")
    assert "<rect" not in bar(None, scale, "now")


@pytest.mark.parametrize("quantities", [[], [None], [Quantity.exact(0, "W")]])
def test_without_anything_to_compare_a_scale_is_still_one(quantities: list[Quantity | None]) -> None:
    assert Scale.of(quantities).at(5.0) == 0.0


def test_a_figure_says_its_band_in_words_and_the_unknown_by_name() -> None:
    assert "<b>1,200</b> USD" in figure(usd(1000, 1200, 1500))
    assert "(1,000 to 1,500)" in figure(usd(1000, 1200, 1500))
    assert "−5 to 1,500" in figure(usd(-5, 1200, 1500))
    assert "unknown" in figure(None)
    assert "0" not in figure(None)


def test_an_axis_is_logarithmic_with_round_ticks() -> None:
    axis = Axis([usd(100, 1000, 10_000)])
    assert axis.share(1000) == pytest.approx(0.5)
    assert list(axis.ticks()) == [100, 200, 500, 1000, 2000, 5000, 10_000]
    assert axis.share(0) == 0.0
    assert axis.share(1e9) == 1.0


def drawn(*points: Point) -> str:
    across, up = Axis(point.across for point in points), Axis(point.up for point in points)
    return scatter(points, across, up, units=("USD", "W"), title="Title", says="says")


def test_each_point_has_a_shape_bands_and_a_number_that_covers_no_other() -> None:
    points = [
        Point(at, f"type-{at}", kind, usd(90, 100 + at, 120), Quantity(40, 50, 90, "W"), chosen=at == 1)
        for at, kind in enumerate(("neuron", "gpu", "cpu"), start=1)
    ]
    svg = drawn(*points)
    assert svg.count('class="point"') == 3
    assert svg.count('class="ring"') == 1
    assert "1. type-1" in svg
    assert "<title>2. type-2: 102 USD (90–120), 50 W (40–90)</title>" in svg
    labels = [(float(x), float(y)) for x, y in re.findall(r'class="label[^"]*" x="([\d.]+)" y="([\d.]+)"', svg)]
    assert len(set(labels)) == 3


def test_a_point_at_zero_and_a_hostile_name_are_drawn_all_the_same() -> None:
    svg = drawn(Point(1, "<b>", "gpu", usd(0, 0, 10), Quantity(0, 5, 10, "W"), chosen=True))
    assert "&lt;b&gt;" in svg
    assert "nan" not in svg
