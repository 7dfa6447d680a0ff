"""Memory of a model that answers: weights, key-value cache, activations."""

from __future__ import annotations

from lean_silicon.quantity import Quantity
from lean_silicon.sizing.parts import WORKSPACE, gib
from lean_silicon.sizing.shape import Shape
from lean_silicon.sizing.vocabulary import Precision
from lean_silicon.sizing.workload import Workload

# Bits of scales and zero points per weight: none where scales are per channel, 0.25 (two bytes per group of 128 and a
# zero point) as AWQ and GPTQ publish by default, 1.0 for groups of 32 with a zero point.
_SCALES = {Precision.FP4: (0.0, 0.25, 0.5), Precision.INT4: (0.0, 0.25, 1.0)}
_SCALES_8_BIT = (0.0, 0.02, 0.25)

# Tokens in one forward pass: vLLM prefills in chunks of 2,048 to 8,192 by default; 512 is the least its documentation advises.
_CHUNK = (512, 2048, 8192)
# Live values per token and hidden unit in one transformer layer: the residual and its norm, queries, keys, values and
# the attention's output (4 hidden sizes), and both halves of a gated feed-forward layer (2 × 3.5 hidden sizes).
_LIVE_VALUES = 11
# PagedAttention wastes under 4% of the cache (arXiv:2309.06180); older servers reserve the longest context for each request.
_PAGE_WASTE = 1.04


def stored_weights(shape: Shape, precision: Precision) -> Quantity:
    """The weights at rest, GiB.

    Quantised formats add scales, and mostly leave the embeddings in 16 bits: not at all at the low end, both matrices of them
    at the high end.
    """
    parameters = float(shape.parameters)
    if not precision.is_quantised:
        return gib((parameters * precision.bytes_per_parameter,) * 3, "declared")
    scales = _SCALES.get(precision, _SCALES_8_BIT)
    widened = 2 - precision.bytes_per_parameter
    embeddings = (
        0.0,
        min(2 * shape.vocabulary.likely * shape.hidden_size.likely, 0.2 * parameters),
        min(2 * shape.vocabulary.high * shape.hidden_size.high, 0.3 * parameters),
    )
    bounds = (
        parameters * (precision.bytes_per_parameter + bits / 8) + kept * widened
        for bits, kept in zip(scales, embeddings, strict=True)
    )
    return gib(bounds, "docs/sizing.md#weights")


def cache_memory(workload: Workload, shape: Shape, devices: int) -> Quantity:
    """The key-value cache, GiB over all devices.

    Likely and high hold `concurrency` requests of `context_tokens` each, as declared. The low end holds one such request and
    the others at a quarter of it: a server that pages its cache still answers them all, it only preempts more.
    """
    context, requests = workload.context_tokens or 0, workload.concurrency or 0
    width = cache_bytes_per_value(workload)
    full = (context * (1 + (requests - 1) / 4), float(context * requests), context * requests * _PAGE_WASTE)
    window = min(context, shape.window_tokens or 0)
    windowed = (window * 1.0, float(window * requests), full[2])  # not every server makes use of a sliding window
    copies = _copies(shape, devices)
    bounds = (
        width * copy * (values * tokens + shape.window_values * short)
        for copy, values, tokens, short in zip(
            copies,
            (shape.cached_values.low, shape.cached_values.likely, shape.cached_values.high),
            full,
            windowed,
            strict=True,
        )
    )
    return gib(bounds, "docs/sizing.md#cache", *shape.cached_values.sources)


def cache_bytes_per_value(workload: Workload) -> float:
    """As declared; else 16 bits, or 32 for a model that runs in 32."""
    if workload.cache_precision:
        return workload.cache_precision.bytes_per_parameter
    return 4.0 if workload.precision is Precision.FP32 else 2.0


def _copies(shape: Shape, devices: int) -> tuple[float, float, float]:
    """How often each cached value is held: more devices than key-value heads must repeat them."""
    if shape.kv_heads is None or devices <= shape.kv_heads:
        return 1.0, 1.0, 1.0
    repeated = devices / shape.kv_heads
    return 1.0, repeated, repeated


def inference_activations(workload: Workload, shape: Shape, devices: int) -> Quantity:
    """The live values of one forward pass and the logits of one step, GiB over all devices."""
    width = 4.0 if workload.precision is Precision.FP32 else 2.0
    requests = workload.concurrency or 1
    in_flight = requests * workload.context_tokens if workload.context_tokens else None
    hidden = (shape.hidden_size.low, shape.hidden_size.likely, shape.hidden_size.high)
    vocabulary = (0.0, shape.vocabulary.likely, 2 * shape.vocabulary.high)
    # Tensor parallelism divides the feed-forward layer's values and repeats the residual's.
    copies = (1.0, (1 + devices) / 2, float(devices))
    bounds = (
        copy * (min(chunk, in_flight or chunk) * size * _LIVE_VALUES * width + requests * words * 4)
        + devices * workspace
        for copy, chunk, size, words, workspace in zip(copies, _CHUNK, hidden, vocabulary, WORKSPACE, strict=True)
    )
    return gib(bounds, "docs/sizing.md#activations")
