"""Memory of a training run: weights, gradients, optimiser states, activations, and how sharding divides them."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.quantity import Quantity
from lean_silicon.sizing.inference_memory import stored_weights
from lean_silicon.sizing.parts import WORKSPACE, MemoryParts, gib
from lean_silicon.sizing.shape import Shape
from lean_silicon.sizing.vocabulary import Adapter, Optimizer, Precision, Sharding, Task
from lean_silicon.sizing.workload import Workload


class _Bytes(NamedTuple):
    """Bytes per trained parameter."""

    low: float
    likely: float
    high: float


# Mixed precision keeps 16-bit weights and gradients, a 32-bit copy of the weights and two 32-bit moments: 2 + 2 + 12 bytes
# (ZeRO, arXiv:1910.02054). The low ends train in 16 bits alone, without the copy. The high end of the gradients
# accumulates in 32 bits (Megatron-LM), or, in 32 bits, holds DistributedDataParallel's buckets beside them.
_WEIGHTS_16 = _Bytes(2, 2, 2)
_WEIGHTS_32 = _Bytes(4, 4, 4)
_GRADIENTS_16 = _Bytes(2, 2, 4)
_GRADIENTS_32 = _Bytes(4, 4, 8)
_MASTER_COPY = _Bytes(0, 4, 4)
_STATES = {
    Optimizer.ADAMW: _Bytes(4, 8, 8),
    Optimizer.ADAMW_8BIT: _Bytes(2, 2, 2.5),  # one byte per moment and a scale per block (arXiv:2110.02861)
    Optimizer.ADAFACTOR: _Bytes(0, 0.1, 4),  # factored second moment; the first is optional (arXiv:1804.04235)
    Optimizer.LION: _Bytes(2, 4, 4),
    Optimizer.SGD_MOMENTUM: _Bytes(2, 4, 4),
    Optimizer.SGD: _Bytes(0, 0, 0),
}
_STATES_UNDECLARED = _Bytes(0, 8, 8)  # from plain SGD to AdamW, most likely AdamW

# Share of all weights that an adapter trains. LoRA of rank 8 on two matrices up to rank 64 on all; prefixes and prompts of
# 20 to 200 tokens with or without a reparameterising network (arXiv:2106.09685, 2101.00190, 2110.07602).
_TRAINED_SHARE = {
    Adapter.LORA: _Bytes(0.0003, 0.005, 0.03),
    Adapter.QLORA: _Bytes(0.0003, 0.005, 0.03),
    Adapter.PREFIX_TUNING: _Bytes(0.00001, 0.001, 0.02),
    Adapter.P_TUNING: _Bytes(0.000001, 0.0005, 0.02),
}
_TRAINED_SHARE_UNDECLARED = _Bytes(0.000001, 0.005, 0.03)

# Bytes per token and hidden unit that a layer keeps for the backward pass in 16 bits: 34 with the attention's scores recomputed
# (Korthikanti et al., arXiv:2205.05198), fewer without dropout, more with gated layers; 2 where the whole layer is recomputed.
_KEPT = _Bytes(20, 34, 50)
_KEPT_CHECKPOINTED = _Bytes(2, 2, 4)
# Bytes per logit: none where the loss is computed in chunks, 16-bit logits and a 32-bit copy, and both with their gradients.
_LOGITS = _Bytes(0, 6, 12)
# Layers that ZeRO-3 and FSDP gather whole on every device while they compute: none beyond the shard, one, three with prefetching.
_GATHERED_LAYERS = _Bytes(0, 1, 3)


def training_parts(workload: Workload, shape: Shape, task: Task, devices: int) -> MemoryParts:
    """The parts of a training run over all devices, with a micro-batch of one sequence on each.

    A larger micro-batch is a choice, not a need: accumulating gradients reaches any global batch.
    """
    held_parts = _adapter_parts if task is Task.PEFT or workload.adapter is not None else _full_parts
    held = held_parts(workload, shape)
    divided = tuple((name, _over_devices(part, name, workload, devices)) for name, part in held)
    return (*divided, ("activations", _activations(workload, shape, devices)), *_gathered(workload, shape, devices))


def _full_parts(workload: Workload, shape: Shape) -> MemoryParts:
    trained = float(workload.trainable_parameters or shape.parameters)
    wide = workload.precision is Precision.FP32
    frozen = gib((2.0 * (2 if wide else 1) * (shape.parameters - trained),) * 3, "declared")
    weights = _scaled(_WEIGHTS_32 if wide else _WEIGHTS_16, trained) + frozen
    return (
        ("weights", weights),
        ("gradients", _scaled(_GRADIENTS_32 if wide else _GRADIENTS_16, trained)),
        ("optimiser", _optimizer_states(workload, wide=wide, low=trained, likely=trained, high=trained)),
    )


def _adapter_parts(workload: Workload, shape: Shape) -> MemoryParts:
    """Frozen weights at their precision, and gradients and states of the adapter alone."""
    # QLoRA stores the frozen weights in 4 bits, whatever format it computes in.
    at_rest = Precision.INT4 if workload.adapter is Adapter.QLORA else workload.precision or Precision.INT4
    share = _TRAINED_SHARE[workload.adapter] if workload.adapter else _TRAINED_SHARE_UNDECLARED
    if workload.trainable_parameters:
        trained = _Bytes(*(float(workload.trainable_parameters),) * 3)
    else:
        trained = _Bytes(*(bound * shape.parameters for bound in share))
    gradients = gib((t * g for t, g in zip(trained, _GRADIENTS_32, strict=True)), "arXiv:1910.02054")
    own_weights = gib((t * w for t, w in zip(trained, _Bytes(2, 4, 4), strict=True)), "arXiv:2106.09685")
    states = _optimizer_states(workload, wide=True, low=trained.low, likely=trained.likely, high=trained.high)
    return (
        ("weights", stored_weights(shape, at_rest) + own_weights),
        ("gradients", gradients),
        ("optimiser", states),
    )


def _optimizer_states(workload: Workload, *, wide: bool, low: float, likely: float, high: float) -> Quantity:
    """States and, in mixed precision, the 32-bit copy of the weights; nothing where they are offloaded to the host."""
    if workload.offload:
        return gib((0, 0, 0), "offloaded")
    states = _STATES[workload.optimizer] if workload.optimizer else _STATES_UNDECLARED
    copy = _Bytes(0, 0, 0) if wide else _MASTER_COPY
    bounds = (low * (states.low + copy.low), likely * (states.likely + copy.likely), high * (states.high + copy.high))
    return gib(bounds, "arXiv:1910.02054")


_DIVIDED = {
    Sharding.NONE: frozenset[str](),
    Sharding.ZERO_1: frozenset({"optimiser"}),
    Sharding.ZERO_2: frozenset({"optimiser", "gradients"}),
    Sharding.ZERO_3: frozenset({"optimiser", "gradients", "weights"}),
    Sharding.FSDP: frozenset({"optimiser", "gradients", "weights"}),
    Sharding.MODEL_PARALLEL: frozenset({"optimiser", "gradients", "weights"}),
}


def _over_devices(part: Quantity, name: str, workload: Workload, devices: int) -> Quantity:
    """One copy over all devices where it is divided, one on each where it is not; the band spans both where nobody said."""
    if workload.offload and name in ("weights", "gradients"):
        # ZeRO-Infinity streams weights from the host: hardly anything has to stay.
        part = Quantity(0.0, part.likely, part.high, part.unit, part.sources)
    if devices == 1:
        return part
    if workload.sharding is None:
        return Quantity(part.low, part.likely, part.high * devices, part.unit, part.sources)
    if workload.sharding is Sharding.ZERO_2 and name == "gradients":
        # They are divided once they are reduced; DeepSpeed's own estimator counts them whole until then.
        return Quantity(part.low, part.likely, part.high * devices, part.unit, part.sources)
    return part if name in _DIVIDED[workload.sharding] else part * devices


def _activations(workload: Workload, shape: Shape, devices: int) -> Quantity:
    sequence = workload.context_tokens or 0
    replicas = min(devices, workload.concurrency or devices)
    if workload.sharding is Sharding.MODEL_PARALLEL:
        replicas = 1
    width = 2.0 if workload.precision is Precision.FP32 else 1.0
    kept = _kept_bytes(workload.activation_checkpointing)
    layers = (shape.layers.low, shape.layers.likely, shape.layers.high)
    hidden = (shape.hidden_size.low, shape.hidden_size.likely, shape.hidden_size.high)
    vocabulary = (shape.vocabulary.low, shape.vocabulary.likely, shape.vocabulary.high)
    copies = (1 if workload.sharding is None else replicas, replicas, replicas)
    bounds = (
        copy * sequence * (width * size * (depth * per_layer + working) + words * logit) + devices * workspace
        for copy, size, depth, per_layer, working, words, logit, workspace in zip(
            copies, hidden, layers, kept, _KEPT, vocabulary, _LOGITS, WORKSPACE, strict=True
        )
    )
    return gib(bounds, "arXiv:2205.05198")


def _kept_bytes(checkpointing: bool | None) -> _Bytes:
    if checkpointing is None:
        return _Bytes(_KEPT_CHECKPOINTED.low, _KEPT_CHECKPOINTED.likely, _KEPT.high)
    return _KEPT_CHECKPOINTED if checkpointing else _KEPT


def _gathered(workload: Workload, shape: Shape, devices: int) -> MemoryParts:
    """The layers that full sharding gathers on every device for a moment."""
    if devices == 1 or workload.sharding in (Sharding.NONE, Sharding.ZERO_1, Sharding.ZERO_2, Sharding.MODEL_PARALLEL):
        return ()
    layer = 2.0 * shape.parameters / shape.layers.likely
    return (("gathered", gib((layer * count * devices for count in _GATHERED_LAYERS), "arXiv:1910.02054")),)


def _scaled(per_parameter: _Bytes, parameters: float) -> Quantity:
    return gib((bound * parameters for bound in per_parameter), "arXiv:1910.02054")
