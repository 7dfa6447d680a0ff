"""Make a tiny Llama, a tokenizer and texts in a folder: ``python tiny_language_model.py FOLDER``, where PyTorch and Transformers are.

Two of its six layers hand on what they get, so that everybody knows which ones it needs least.
"""
# mypy: ignore-errors
# PyTorch and Transformers are no dependencies of this library.

from __future__ import annotations

import json
import sys
from pathlib import Path

TEXT = "The cat sat on the mat. A dog ran after the cat, and the cat ran up a tree. " * 20
IDLE_LAYERS = (2, 4)


def make(folder: Path) -> None:
    """The model under ``model``, the texts under ``texts``."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    words.train_from_iterator(
        [TEXT], trainers.BpeTrainer(vocab_size=300, special_tokens=["</s>"], initial_alphabet=alphabet)
    )
    config = LlamaConfig(
        vocab_size=300,
        hidden_size=32,
        intermediate_size=256,
        num_hidden_layers=6,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
    )
    model = LlamaForCausalLM(config)
    for place in IDLE_LAYERS:
        layer = model.model.layers[place]
        layer.self_attn.o_proj.weight.data.zero_()
        layer.mlp.down_proj.weight.data.zero_()
    model.save_pretrained(folder / "model")
    PreTrainedTokenizerFast(tokenizer_object=words, eos_token="</s>").save_pretrained(folder / "model")
    (folder / "texts").mkdir()
    lines = (json.dumps({"text": TEXT[start:]}) for start in range(0, 200, 37))
    (folder / "texts" / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
