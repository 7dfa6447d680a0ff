"""How fast a machine answers: a roofline of memory bandwidth and arithmetic."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from lean_silicon.quantity import Quantity
from lean_silicon.sizing.inference_memory import cache_bytes_per_value, stored_weights
from lean_silicon.sizing.machine import Machine
from lean_silicon.sizing.parts import GIB
from lean_silicon.sizing.shape import Shape, shape_of
from lean_silicon.sizing.vocabulary import Precision, Task
from lean_silicon.sizing.workload import Workload

SECONDS_A_DAY = 86_400

# How full the contexts are while answers are written: a quarter, half, all of the longest declared.
_FILLED = (0.25, 0.5, 1.0)
# Share of all tokens that are written rather than read. One in seven in Azure's traces of conversations (1,155 read, 211 written;
# Splitwise, arXiv:2311.18677), two in three in ShareGPT (161 read, 338 written; arXiv:2309.06180).
_WRITTEN = (0.10, 0.25, 0.67)
# Tokens in one pass of a model that does not generate, where nobody says: one row of features up to BERT's longest input.
_INPUT_UNDECLARED = (1, 64, 512)


class Speed(NamedTuple):
    """What one replica does, with the declared number of requests in flight.

    Parameters
    ----------
    seconds_per_token
        Between two tokens of one answer, s; `None` for a task that does not generate.
    seconds_to_answer
        Until the first token of an answer to the longest prompt, or until the whole answer of a task that does not generate, s;
        without waiting in a queue.
    tokens_per_second
        Tokens that are read and written, over all requests.
    """

    seconds_per_token: Quantity | None
    seconds_to_answer: Quantity
    tokens_per_second: Quantity

    @property
    def tokens_per_day(self) -> Quantity:
        """What a replica that is always busy reads and writes in a day."""
        return self.tokens_per_second.in_unit("tokens/day", SECONDS_A_DAY)


@lru_cache(maxsize=2048)
def speed(workload: Workload, machine: Machine, *, task: Task | None = None) -> Speed | None:
    """The speed of a model on a machine; `None` where the declaration does not suffice.

    A step takes as long as the slower of moving the weights and the cache once, and computing two operations per active weight and token
    (Pope et al., arXiv:2211.05102); several devices exchange the results of every layer besides.
    """
    purpose, shape = workload.task or task, shape_of(workload)
    if purpose is None or not purpose.infers or shape is None or workload.precision is None:
        return None
    if not purpose.generates:
        return _one_pass(workload, shape, machine, workload.precision)
    if workload.context_tokens is None or workload.concurrency is None:
        return None
    per_step = _step_seconds(workload, shape, machine, workload.precision, workload.concurrency)
    first = _prompt_seconds(shape, machine, (workload.context_tokens,) * 3)
    per_read_token = first / workload.context_tokens
    per_written_token = per_step / workload.concurrency
    rate = [
        1 / (written * one + (1 - written) * other)
        for written, one, other in zip(
            _WRITTEN,
            (per_written_token.low, per_written_token.likely, per_written_token.high),
            (per_read_token.low, per_read_token.likely, per_read_token.high),
            strict=True,
        )
    ]
    sources = per_step.sources
    return Speed(per_step, first, Quantity(min(rate), rate[1], max(rate), "tokens/s", sources))


def _one_pass(workload: Workload, shape: Shape, machine: Machine, precision: Precision) -> Speed:
    """A model that reads its input once: as long as the slower of reading the weights and computing, for all in flight."""
    tokens = (workload.context_tokens,) * 3 if workload.context_tokens else _INPUT_UNDECLARED
    requests = workload.concurrency or 1
    compute = _prompt_seconds(shape, machine, tokens) * requests
    memory = _seconds_to_move(stored_weights(shape, precision), machine)
    seconds = _slower(compute, memory)
    rate = [
        requests * count / time for count, time in zip(tokens, (seconds.high, seconds.likely, seconds.low), strict=True)
    ]
    return Speed(None, seconds, Quantity(min(rate), sorted(rate)[1], max(rate), "tokens/s", seconds.sources))


def _step_seconds(workload: Workload, shape: Shape, machine: Machine, precision: Precision, requests: int) -> Quantity:
    """One token for each request in flight."""
    moved = _weights_read(shape, precision, requests) + _cache_read(workload, shape, requests)
    operations = 2.0 * shape.active_parameters * requests / 1e12
    compute = Quantity.exact(operations, "TFLOP").per(machine.compute, "s")
    return _slower(compute, _seconds_to_move(moved, machine)) + shape.layers.times(machine.exchange, "s")


def _weights_read(shape: Shape, precision: Precision, requests: int) -> Quantity:
    """All weights of a dense model; of a mixture of experts between those of one token and those of `requests` different ones."""
    weights = stored_weights(shape, precision)
    active = shape.active_parameters / shape.parameters
    most = min(1.0, active * requests)
    return Quantity(
        weights.low * active, weights.likely * (active + most) / 2, weights.high * most, weights.unit, weights.sources
    )


def _cache_read(workload: Workload, shape: Shape, requests: int) -> Quantity:
    context = workload.context_tokens or 0
    width = cache_bytes_per_value(workload)
    values = (shape.cached_values.low, shape.cached_values.likely, shape.cached_values.high)
    bounds = [
        width
        * requests
        * (value * context * filled + shape.window_values * min(context * filled, shape.window_tokens or 0))
        / GIB
        for value, filled in zip(values, _FILLED, strict=True)
    ]
    return Quantity(bounds[0], bounds[1], bounds[2], "GiB", shape.cached_values.sources)


def _prompt_seconds(shape: Shape, machine: Machine, tokens: tuple[int, int, int]) -> Quantity:
    """Reading a prompt: two operations per active weight and token, and the attention's, which grow with the square.

    Looking a token up in the embeddings is no arithmetic, and the output matrix works for the last token alone.
    """
    depths = (shape.layers.low, shape.layers.likely, shape.layers.high)
    widths = (shape.hidden_size.low, shape.hidden_size.likely, shape.hidden_size.high)
    operations = [
        (2.0 * weights * count + 2.0 * depth * width * count * count) / 1e12
        for weights, count, depth, width in zip(_multiplied_weights(shape), tokens, depths, widths, strict=True)
    ]
    return Quantity(operations[0], operations[1], operations[2], "TFLOP", ("arXiv:2211.05102",)).per(
        machine.compute, "s"
    )


def _multiplied_weights(shape: Shape) -> tuple[float, float, float]:
    """The active weights without both embeddings, without one, and all."""
    active = float(shape.active_parameters)
    embedding = shape.vocabulary.likely * shape.hidden_size.likely
    return active - min(2 * embedding, 0.5 * active), active - min(embedding, 0.3 * active), active


def _seconds_to_move(amount: Quantity, machine: Machine) -> Quantity:
    return amount.in_unit("GB", GIB / 1e9).per(machine.bandwidth, "s")


def _slower(one: Quantity, other: Quantity) -> Quantity:
    return Quantity(
        max(one.low, other.low),
        max(one.likely, other.likely),
        max(one.high, other.high),
        "s",
        tuple(dict.fromkeys(one.sources + other.sources)),
    )
