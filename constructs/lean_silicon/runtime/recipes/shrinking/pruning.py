"""Take whole layers, or a part of each layer's MLP, out of a language model: those that it needs least.

A layer matters as much as it turns what passes through it: one minus the cosine between what goes in and what comes out (ShortGPT,
arXiv:2403.03853). A neuron of an MLP matters as much as it is active (Minitron, arXiv:2407.14679). Both are measured in one pass over the
user's texts. Only one layer at a time is on the device, so that the smallest one judges whatever model the host holds.
"""

# mypy: ignore-errors
# PyTorch and Transformers are installed in the training container only.

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

import torch

from .importance import most_important, width_left
from .models import encoded, language_model, parameters_of, tokenizer_of
from .places import channel, model_folder, publish
from .settings import PruningSettings
from .silicon import Place, place

_PROJECTIONS = ("gate_proj", "up_proj", "down_proj")


class _FirstLayerReachedError(Exception):
    """What goes into the first layer is known; the rest of the model need not run."""


def main(arguments: Sequence[str]) -> None:
    """Measure, cut, save."""
    wanted, here = PruningSettings.read(arguments), place()
    source = model_folder(channel("model"))
    model, tokenizer = language_model(source, "auto").eval(), tokenizer_of(source)
    _require_llama_like(model, wanted)
    samples = list(islice(encoded(channel("texts"), tokenizer, wanted.sequence_tokens), wanted.sequences))
    if not samples:
        raise SystemExit(f"the texts are shorter than one sequence of {wanted.sequence_tokens} tokens; give more")
    before = parameters_of(model)
    influence, activity = measured(model, torch.tensor(samples), here)
    kept = most_important(influence, len(influence) - wanted.layers)
    keep_layers(model, kept)
    widths = model.config.intermediate_size, width_left(model.config.intermediate_size, wanted.mlp_share)
    keep_neurons(model, [most_important(activity[layer], widths[1]) for layer in kept], widths[1])
    after = parameters_of(model)
    report = {
        "layers": {"influence": influence, "kept": kept},
        "mlp_width": {"before": widths[0], "after": widths[1]},
        "parameters": {"before": before, "after": after},
        "sequences": len(samples),
    }
    publish(wanted.artifacts, lambda folder: _save(model, tokenizer, folder), report, "pruning.json")
    print(f"layers={len(kept)} mlp_width={widths[1]} parameters={after} of={before}", flush=True)


@torch.no_grad()
def measured(model, samples, here: Place) -> tuple[list[float], list[list[float]]]:
    """The influence of each layer, and the mean activity of each neuron of its MLP."""
    hidden, shared = _into_first_layer(model, samples)
    shared = _moved(shared, here.device)
    influence, activity = [], []
    for layer in model.model.layers:
        layer.to(here.device)
        active: list[torch.Tensor] = []
        watch = layer.mlp.down_proj.register_forward_pre_hook(
            lambda _, given, active=active: active.append(given[0].float().abs().mean(dim=(0, 1)))
        )
        turned = []
        for place_, before in enumerate(hidden):
            given = before.to(here.device)
            after = layer(given, **shared)
            after = after[0] if isinstance(after, tuple) else after
            turned.append(1 - torch.nn.functional.cosine_similarity(given.float(), after.float(), dim=-1).mean())
            here.run()
            hidden[place_] = after.cpu()
        watch.remove()
        influence.append(torch.stack(turned).mean().item())
        activity.append(torch.stack(active).mean(dim=0).tolist())
        layer.to("cpu")
    return influence, activity


def keep_layers(model, kept: Sequence[int]) -> None:
    """Leave these layers, in their order."""
    layers = model.model.layers
    model.model.layers = torch.nn.ModuleList(layers[place_] for place_ in kept)
    for place_, layer in enumerate(model.model.layers):
        # Under which number the layer keeps its keys and values.
        layer.self_attn.layer_idx = place_
    model.config.num_hidden_layers = len(kept)
    if getattr(model.config, "layer_types", None) is not None:
        model.config.layer_types = [model.config.layer_types[place_] for place_ in kept]


@torch.no_grad()
def keep_neurons(model, kept: Sequence[Sequence[int]], width: int) -> None:
    """Leave in each layer's MLP these neurons."""
    for layer, places in zip(model.model.layers, kept, strict=True):
        index = torch.tensor(places)
        mlp = layer.mlp
        for name in _PROJECTIONS:
            outgoing = name != "down_proj"
            linear = getattr(mlp, name)
            linear.weight = torch.nn.Parameter(linear.weight.index_select(0 if outgoing else 1, index).contiguous())
            if outgoing and linear.bias is not None:
                linear.bias = torch.nn.Parameter(linear.bias.index_select(0, index))
            linear.out_features, linear.in_features = linear.weight.shape
        mlp.intermediate_size = width
    model.config.intermediate_size = width


def _into_first_layer(model, samples):
    """What reaches the first layer of each sample, and what all layers are told beside it."""
    hidden, shared = [], {}

    def catch(_, given, named):
        hidden.append(given[0])
        shared.update(named)
        raise _FirstLayerReachedError

    watch = model.model.layers[0].register_forward_pre_hook(catch, with_kwargs=True)
    for each in samples:
        with suppress(_FirstLayerReachedError):
            model.model(each.unsqueeze(0), use_cache=False)
    watch.remove()
    return hidden, shared


def _moved(value, device):
    """The same on the device, whatever it is nested in."""
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {name: _moved(each, device) for name, each in value.items()}
    return tuple(_moved(each, device) for each in value) if isinstance(value, tuple) else value


def _require_llama_like(model, wanted: PruningSettings) -> None:
    layers = getattr(getattr(model, "model", None), "layers", None)
    first = getattr(layers[0], "mlp", None) if layers else None
    if first is None or not all(hasattr(first, name) for name in _PROJECTIONS):
        raise SystemExit(
            f"a model of type {model.config.model_type!r} is not made of layers with gate_proj, up_proj and down_proj; Llama, Mistral, "
            "Qwen2 and Qwen3 are. Prune it with a script of your own: TrainiumTrainingJob"
        )
    if len(set(getattr(model.config, "layer_types", None) or ["one"])) > 1:
        raise SystemExit(
            f"the layers of {model.config.model_type!r} do not all look at the same tokens, so they cannot be compared with each other"
        )
    if wanted.layers >= len(layers):
        raise SystemExit(f"{wanted.layers} layers are to go, and the model has {len(layers)}; leave one at least")


def _save(model, tokenizer, folder) -> None:
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
