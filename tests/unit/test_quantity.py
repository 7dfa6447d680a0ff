"""A number never travels without its band, its unit and its sources."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.quantity import Quantity

BOUNDS = st.lists(st.floats(0, 1e9), min_size=3, max_size=3).map(sorted)
SIGNED = st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3).map(sorted)


def watts(bounds: list[float], source: str = "here") -> Quantity:
    return Quantity(bounds[0], bounds[1], bounds[2], "W", (source,))


def is_ordered(quantity: Quantity) -> bool:
    return quantity.low <= quantity.likely <= quantity.high


@pytest.mark.parametrize("bounds", [(2, 1, 3), (1, 4, 3), (math.nan, 1, 2), (0, math.inf, math.inf)])
def test_a_band_that_is_inverted_or_endless_is_refused(bounds: tuple[float, float, float]) -> None:
    with pytest.raises(InvalidValueError, match=r"low <= likely <= high|finite"):
        Quantity(*bounds, "W")


def test_different_units_never_mix() -> None:
    power, energy = Quantity.exact(1, "W"), Quantity.exact(1, "kWh")
    with pytest.raises(InvalidValueError, match="convert one with in_unit"):
        power + energy
    with pytest.raises(InvalidValueError, match="cannot subtract 'W' and 'kWh'"):
        power - energy
    with pytest.raises(InvalidValueError):
        power.minus_correlated(energy)
    with pytest.raises(InvalidValueError):
        power.clearly_below(energy)


@given(SIGNED, SIGNED, st.floats(-1e3, 1e3))
def test_sums_differences_and_multiples_keep_the_band_in_order(one: list[float], other: list[float], by: float) -> None:
    left, right = watts(one), watts(other)
    assert all(is_ordered(result) for result in (left + right, left - right, left.minus_correlated(right), left * by))


@given(BOUNDS, BOUNDS)
def test_products_keep_the_band_in_order_and_contain_the_product_of_likely_values(
    one: list[float], other: list[float]
) -> None:
    product = watts(one).times(watts(other), "W²")
    assert is_ordered(product)
    assert product.low <= one[1] * other[1] <= product.high


@given(SIGNED, BOUNDS)
def test_a_difference_scaled_by_a_factor_contains_every_product_of_its_ends(one: list[float], by: list[float]) -> None:
    scaled = watts(one).scaled_by(watts(by), "x")
    products = [end * factor for end in (one[0], one[2]) for factor in (by[0], by[2])]
    assert scaled.low == min(products[0], products[1])
    assert scaled.high == max(products[2], products[3])
    assert is_ordered(scaled)


@given(BOUNDS)
def test_correlated_halves_of_one_thing_differ_by_the_other_half_exactly(bounds: list[float]) -> None:
    whole = watts(bounds)
    rest = (whole * 2).minus_correlated(whole)
    assert rest.low == pytest.approx(whole.low, abs=1e-6)
    assert rest.high == pytest.approx(whole.high, abs=1e-6)


def test_an_independent_difference_spans_the_worst_and_the_best_case() -> None:
    assert watts([1, 2, 4]) - watts([1, 1, 3]) == Quantity(-2, 1, 3, "W", ("here",))


def test_sources_are_kept_once_each() -> None:
    assert (watts([1, 1, 1], "a") + watts([1, 1, 1], "b") + watts([1, 1, 1], "a")).sources == ("a", "b")


def test_products_and_quotients_refuse_negative_bands() -> None:
    saved, factor = watts([-1, 0, 1]), watts([1, 1, 1])
    with pytest.raises(InvalidValueError, match="non-negative"):
        saved.times(factor, "x")
    with pytest.raises(InvalidValueError, match="positive one"):
        factor.per(watts([0, 1, 1]), "x")
    with pytest.raises(InvalidValueError, match="non-negative factor"):
        factor.scaled_by(saved, "x")


def test_a_band_widens_and_never_narrows() -> None:
    assert watts([10, 10, 10]).widened(0.5, 2.0) == Quantity(5, 10, 20, "W", ("here",))
    with pytest.raises(InvalidValueError, match="widened"):
        watts([10, 10, 10]).widened(1.5, 2.0)


def test_converting_a_unit_scales_the_whole_band() -> None:
    assert watts([1000, 2000, 3000]).in_unit("kW", 0.001) == Quantity(1, 2, 3, "kW", ("here",))


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity.exact(0, "W"), "0 W"),
        (Quantity.exact(0.7582, "USD/h"), "0.758 USD/h"),
        (Quantity.exact(4120.4, "W"), "4,120 W"),
        (Quantity(1, 31.24, 50, "GiB"), "31.2 GiB (1–50)"),
    ],
)
def test_it_is_written_with_three_digits_and_its_band(quantity: Quantity, text: str) -> None:
    assert str(quantity) == text
