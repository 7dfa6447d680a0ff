"""Hyperparameters arrive in the script with the type and the value that the user gave them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lean_silicon.training.hyperparameters import encode_hyperparameters

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6) | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=5,
)


@given(JSON_VALUES)
def test_the_toolkit_decodes_what_was_encoded(value: Any) -> None:
    assert json.loads(encode_hyperparameters({"value": value}, reserved={})["value"]) == value


@pytest.mark.parametrize("text", ["1e5", "true", "null", "[1]", "a b"])
def test_a_text_that_looks_like_something_else_stays_a_text(text: str) -> None:
    assert json.loads(encode_hyperparameters({"value": text}, reserved={})["value"]) == text


def test_the_constructs_own_stand_beside_the_users() -> None:
    encoded = encode_hyperparameters({"b": 1}, reserved={"sagemaker_program": "train.py"})
    assert encoded == {"b": "1", "sagemaker_program": '"train.py"'}
