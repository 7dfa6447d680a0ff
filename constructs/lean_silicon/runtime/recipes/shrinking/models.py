"""Language models of Transformers, read from a folder without a network."""

# mypy: ignore-errors
# PyTorch and Transformers are installed in the training container only.

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer

from .texts import sequences, texts


def language_model(folder: Path, precision):
    """A model in a precision (``"auto"``: as it is stored), in the host's memory. Its weights are safetensors, which run no code."""
    return AutoModelForCausalLM.from_pretrained(
        folder,
        torch_dtype=precision,
        attn_implementation="eager",
        local_files_only=True,
        use_safetensors=True,
    )


def tokenizer_of(folder: Path):
    """The model's tokenizer."""
    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def encoded(folder: Path, tokenizer, tokens: int) -> Iterator[list[int]]:
    """The sequences of a channel of texts."""
    end = tokenizer.eos_token_id if tokenizer.eos_token_id is not None else 0
    each = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts(folder))
    return sequences(each, tokens, end)


def parameters_of(model) -> int:
    """How many weights a model has; tied ones count once."""
    return sum(each.numel() for each in model.parameters())
