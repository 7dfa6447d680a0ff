"""The table of public models: found however they are spelled, and consistent with themselves."""

from __future__ import annotations

import pytest

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import PublicModel, find_model, nearest_model_names, public_models, require_model

GENERATING = [model for model in public_models() if model.generates]


@pytest.mark.parametrize(
    "spelling",
    [
        "llama-3.1-8b",
        "meta-llama/Llama-3.1-8B-Instruct",
        "Meta-Llama-3.1-8B",
        "LLAMA_3.1_8B",
        " llama-3.1-8b-instruct ",
        "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
    ],
)
def test_a_model_is_found_however_it_is_spelled(spelling: str) -> None:
    model = find_model(spelling)
    assert model is not None
    assert model.parameters == 8_030_261_248


def test_an_unknown_model_is_none_and_its_nearest_are_named() -> None:
    assert find_model("lama-8") is None
    assert len(nearest_model_names("lama-8")) == 3
    with pytest.raises(InvalidValueError, match="nearest known are"):
        require_model("lama-8")


@pytest.mark.parametrize("model", public_models(), ids=lambda model: model.name)
def test_a_models_numbers_agree_with_each_other(model: PublicModel) -> None:
    assert model.active_parameters <= model.parameters
    assert model.attention_heads % model.kv_heads == 0
    assert 0 < model.full_attention_layers <= model.layers
    assert (model.window_tokens is None) == (model.full_attention_layers == model.layers)
    assert model.source.startswith(("https://", "arXiv:"))


@pytest.mark.parametrize("model", GENERATING, ids=lambda model: model.name)
def test_the_layers_hold_about_as_many_weights_as_the_model_has(model: PublicModel) -> None:
    """Attention alone must not exceed the model; a typo in layers or width would."""
    width = model.attention_heads * model.head_size
    attention = model.layers * model.hidden_size * 2 * (width + model.kv_heads * model.head_size)
    embedding = model.vocabulary * model.hidden_size
    if model.cached_values == 2 * model.kv_heads * model.head_size:  # not MLA, which compresses its projections
        assert attention + embedding < model.parameters * 1.05
    assert model.layers * model.hidden_size**2 < model.parameters


def test_names_and_aliases_are_each_used_once() -> None:
    names = [model.name for model in public_models()]
    assert len(names) == len(set(names)) >= 70
