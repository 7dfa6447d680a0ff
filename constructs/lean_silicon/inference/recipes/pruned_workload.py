"""What a model is once parts of it are gone: how many weights it has left, within what is known of its embeddings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.recipes.hyperparameters import PruningHyperparameters
from lean_silicon.runtime.recipes.shrinking.importance import width_left
from lean_silicon.sizing import Workload, find_model

_SHAPE = ("parameters", "layers", "hidden_size", "attention_heads", "kv_heads", "head_size", "vocabulary")


@dataclass(frozen=True)
class PrunedWorkload:
    """The workload as it is, with the model's numbers written out, and with the most and with the least weights that may be left."""

    whole: Workload
    most: Workload
    least: Workload


def pruned_workload(workload: Workload, cut: PruningHyperparameters) -> PrunedWorkload:
    """What is left after the cut.

    Whether input and output embeddings are one matrix or two decides how many weights a layer has, and no declaration says so: with two the
    layers are smaller, and more weights are left.

    Raises
    ------
    InvalidValueError
        If the model's shape is not known, it is a mixture of experts, or no layer would be left.
    """
    known = _with_shape(workload)
    return PrunedWorkload(known, _cut(known, cut, embeddings=2), _cut(known, cut, embeddings=1))


def _with_shape(workload: Workload) -> Workload:
    """With the published numbers in the declaration: the pruned model no longer is the public one."""
    model = find_model(workload.model) if workload.model else None
    published = {name: getattr(model, name) for name in _SHAPE} if model is not None else {}
    shape: dict[str, Any] = {name: getattr(workload, name) or published.get(name) for name in _SHAPE}
    missing = [name for name, value in shape.items() if value is None]
    if missing:
        raise InvalidValueError(
            f"what pruning leaves cannot be computed without {', '.join(missing)}; declare them (they stand in its config.json), or "
            "a public model's name"
        )
    active = workload.active_parameters or (model.active_parameters if model is not None else None)
    if active is not None and active < shape["parameters"]:
        raise InvalidValueError(
            f"{workload.model or 'the model'} is a mixture of experts, whose layers have no single MLP; the recipe prunes dense models"
        )
    return replace(workload, model=None, **shape)


def _cut(workload: Workload, cut: PruningHyperparameters, *, embeddings: int) -> Workload:
    parameters, layers, hidden, heads, kv_heads, head, vocabulary = (getattr(workload, name) or 0 for name in _SHAPE)
    left = layers - cut.layers
    if left < 1:
        raise InvalidValueError(f"{cut.layers} layers are to go, and the model has {layers}; leave one at least")
    # A norm after the last layer, and two in each.
    layer = (parameters - embeddings * vocabulary * hidden - hidden) / layers
    mlp = layer - 2 * hidden * head * (heads + kv_heads) - 2 * hidden
    if mlp <= 0:
        raise InvalidValueError(
            f"parameters ({parameters}), layers ({layers}), hidden_size ({hidden}) and vocabulary ({vocabulary}) contradict each other: "
            "nothing is left for the MLPs; look at the model's config.json"
        )
    # Three matrices between the hidden size and the width.
    width = round(mlp / (3 * hidden))
    gone = 1 - width_left(width, cut.mlp_share) / width if cut.mlp_share else 0.0
    return replace(workload, parameters=round(parameters - cut.layers * layer - left * gone * mlp), layers=left)
