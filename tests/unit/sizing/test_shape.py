"""A model's shape: its own numbers, then a public model's, then what models of its size have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lean_silicon.sizing import Attention, PublicModel, Workload, public_models
from lean_silicon.sizing.shape import billions, shape_of, typical

SIZES = st.integers(1, 10**13)


def test_declared_numbers_come_first() -> None:
    shape = shape_of(Workload(model="llama-3.1-8b", layers=10, kv_heads=2, head_size=64))
    assert shape is not None
    assert shape.cached_values.low == shape.cached_values.high == 2 * 10 * 2 * 64
    assert shape.basis == "declared"


def test_a_public_models_numbers_come_next() -> None:
    shape = shape_of(Workload(model="llama-3.1-70b"))
    assert shape is not None
    assert shape.cached_values.likely == 2 * 80 * 8 * 128
    assert shape.layers.low == shape.layers.high == 80


def test_heads_times_their_size_is_the_hidden_size_where_no_head_size_is_declared() -> None:
    shape = shape_of(Workload(parameters=10**9, layers=24, attention_heads=16, kv_heads=16, hidden_size=2048))
    assert shape is not None
    assert shape.cached_values.likely == 2 * 24 * 16 * 128


def test_the_table_comes_last_and_says_that_it_takes_grouped_queries() -> None:
    shape = shape_of(Workload(parameters=8_000_000_000))
    assert shape is not None
    assert shape.cached_values.low < shape.cached_values.likely < shape.cached_values.high
    assert "grouped-query" in shape.basis


def test_parameters_that_contradict_the_model_win_and_nothing_else_is_taken_from_it() -> None:
    shape = shape_of(Workload(model="llama-3.1-8b", parameters=70_000_000_000))
    assert shape is not None
    assert shape.attention_heads is None


def test_without_a_size_there_is_no_shape() -> None:
    assert shape_of(Workload(model="our-own")) is None


@given(SIZES, SIZES, st.sampled_from([None, *Attention]))
def test_a_larger_model_never_has_less_of_anything(one: int, other: int, attention: Attention | None) -> None:
    small, large = sorted((one, other))
    for quantity in ("cached_values", "hidden_size", "layers", "vocabulary"):
        kind = attention or Attention.GQA if quantity == "cached_values" else None
        less, more = typical(quantity, small, kind), typical(quantity, large, kind)
        assert less.low <= more.low * (1 + 1e-9)
        assert less.likely <= more.likely * (1 + 1e-9)
        assert less.high <= more.high * (1 + 1e-9)


@pytest.mark.parametrize("model", [model for model in public_models() if model.generates], ids=lambda model: model.name)
def test_the_table_brackets_every_public_model(model: PublicModel) -> None:
    if model.attention is None:
        pytest.fail("generating models have attention")
    band = typical("cached_values", model.parameters, model.attention)
    assert band.low <= model.layers * model.cached_values <= band.high
    for quantity, value in (("layers", model.layers), ("hidden_size", model.hidden_size)):
        band = typical(quantity, model.parameters)
        assert band.low <= value <= band.high


@pytest.mark.parametrize(
    ("parameters", "text"), [(8_030_261_248, "8.03B"), (110_000_000, "110M"), (10**12, "1T"), (9, "9")]
)
def test_sizes_are_written_as_the_field_writes_them(parameters: int, text: str) -> None:
    assert billions(parameters) == text
