"""How much memory a workload needs: parts that add up, bands in order, and no surprise when a number grows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lean_silicon.quantity import Quantity
from lean_silicon.sizing import (
    Adapter,
    Attention,
    Optimizer,
    Precision,
    Sharding,
    Silicon,
    Task,
    Workload,
    memory_needed,
    memory_parts,
    missing_keys,
)
from lean_silicon.sizing.memory import least_memory

WIDTHS = sorted(Precision, key=lambda precision: precision.bytes_per_parameter)
ANSWERING = st.sampled_from([task for task in Task if task.infers])
TRAINING = st.sampled_from([task for task in Task if task.trains])


@st.composite
def workloads(draw: st.DrawFn, tasks: st.SearchStrategy[Task] = ANSWERING | TRAINING) -> Workload:
    parameters = draw(st.integers(1_000, 10**13))
    return Workload(
        task=draw(tasks),
        parameters=parameters,
        trainable_parameters=draw(st.none() | st.integers(1, parameters)),
        precision=draw(st.sampled_from(Precision)),
        context_tokens=draw(st.integers(1, 2_000_000)),
        concurrency=draw(st.integers(1, 10_000)),
        attention=draw(st.sampled_from([None, *Attention])),
        cache_precision=draw(st.sampled_from([None, *Precision])),
        optimizer=draw(st.sampled_from([None, *Optimizer])),
        sharding=draw(st.sampled_from([None, *Sharding])),
        adapter=draw(st.sampled_from([None, *Adapter])),
        activation_checkpointing=draw(st.sampled_from([None, True, False])),
        offload=draw(st.sampled_from([None, True, False])),
    )


DEVICES = st.integers(1, 512)
SILICON = st.sampled_from(Silicon)


def needed(workload: Workload, devices: int = 1, silicon: Silicon = Silicon.GPU) -> Quantity:
    total = memory_needed(workload, devices=devices, silicon=silicon)
    assert total is not None
    return total


def exceeds(more: Quantity, less: Quantity) -> bool:
    """Whether no end of the band is lower, give or take rounding."""
    ends = zip((more.low, more.likely, more.high), (less.low, less.likely, less.high), strict=True)
    return all(one >= other * (1 - 1e-9) for one, other in ends)


@given(workloads(), DEVICES, SILICON)
@settings(max_examples=200)
def test_the_parts_add_up_to_the_total_and_every_band_is_in_order(
    workload: Workload, devices: int, silicon: Silicon
) -> None:
    need = memory_parts(workload, devices=devices, silicon=silicon)
    assert need is not None
    for bound in ("low", "likely", "high"):
        assert getattr(need.total, bound) == pytest.approx(sum(getattr(part, bound) for _, part in need.parts))
    assert all(part.unit == "GiB" and 0 <= part.low <= part.likely <= part.high for _, part in need.parts)


@given(workloads(), DEVICES, SILICON, st.integers(0, 10**13))
@settings(max_examples=200)
def test_more_parameters_never_need_less(workload: Workload, devices: int, silicon: Silicon, more: int) -> None:
    larger = replace(workload, parameters=(workload.parameters or 0) + more)
    assert exceeds(needed(larger, devices, silicon), needed(workload, devices, silicon))


@given(workloads(), DEVICES, SILICON)
@settings(max_examples=200)
def test_a_narrower_precision_never_needs_more(workload: Workload, devices: int, silicon: Silicon) -> None:
    sizes = [needed(replace(workload, precision=precision), devices, silicon) for precision in WIDTHS]
    assert all(exceeds(wider, narrower) for narrower, wider in pairwise(sizes))


@given(workloads(), DEVICES, st.integers(0, 10**6), st.integers(0, 10**4))
@settings(max_examples=200)
def test_more_context_and_more_requests_never_need_less(
    workload: Workload, devices: int, tokens: int, requests: int
) -> None:
    longer = replace(workload, context_tokens=(workload.context_tokens or 0) + tokens)
    busier = replace(workload, concurrency=(workload.concurrency or 0) + requests)
    assert exceeds(needed(longer, devices), needed(workload, devices))
    assert exceeds(needed(busier, devices), needed(workload, devices))


@given(workloads(TRAINING), st.integers(2, 512))
@settings(max_examples=200)
def test_sharding_more_never_needs_more(workload: Workload, devices: int) -> None:
    def held(sharding: Sharding) -> float:
        need = memory_parts(replace(workload, sharding=sharding), devices=devices)
        assert need is not None
        return sum(part.likely for name, part in need.parts if name in ("weights", "gradients", "optimiser"))

    stages = [held(stage) for stage in (Sharding.NONE, Sharding.ZERO_1, Sharding.ZERO_2, Sharding.ZERO_3)]
    assert all(more >= less * (1 - 1e-9) for more, less in pairwise(stages))


@given(workloads())
@settings(max_examples=200)
def test_the_least_is_never_more_than_the_low_end(workload: Workload) -> None:
    least = least_memory(workload)
    assert least is None or least.low <= needed(workload).low * (1 + 1e-9)


@given(workloads(TRAINING), DEVICES)
def test_adapters_never_need_more_than_training_everything(workload: Workload, devices: int) -> None:
    plain = replace(
        workload,
        task=Task.FINE_TUNING,
        adapter=None,
        optimizer=Optimizer.ADAMW,
        offload=None,
        trainable_parameters=None,
    )
    adapted = replace(plain, task=Task.PEFT, adapter=Adapter.LORA, precision=Precision.BF16)
    whole = replace(plain, precision=Precision.BF16)
    assert needed(adapted, devices).likely <= needed(whole, devices).likely


@pytest.mark.parametrize(
    ("declared", "missing"),
    [
        (Workload(), ("Task", "Parameters")),
        (Workload(task=Task.INFERENCE, parameters=1), ("Precision", "ContextTokens", "Concurrency")),
        (Workload(task=Task.EMBEDDING, parameters=1), ("Precision",)),
        (Workload(task=Task.FINE_TUNING, parameters=1), ("ContextTokens",)),
        (Workload(task=Task.PEFT, parameters=1), ("Precision", "ContextTokens")),
        (Workload(task=Task.PEFT, parameters=1, adapter=Adapter.QLORA, context_tokens=1), ()),
        (Workload(task=Task.INFERENCE, model="our-own"), ("Parameters", "Precision", "ContextTokens", "Concurrency")),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_guessed(declared: Workload, missing: tuple[str, ...]) -> None:
    assert missing_keys(declared) == missing
    assert (memory_needed(declared) is None) == bool(missing)


def test_a_task_of_the_resource_stands_in_for_an_undeclared_one() -> None:
    declared = Workload(model="bert-base", precision=Precision.FP32)
    assert memory_needed(declared) is None
    assert memory_needed(declared, task=Task.CLASSIFICATION) is not None


def test_adamw_in_mixed_precision_takes_sixteen_bytes_a_parameter() -> None:
    need = memory_parts(
        Workload(
            task=Task.PRE_TRAINING,
            parameters=10**9,
            precision=Precision.BF16,
            optimizer=Optimizer.ADAMW,
            context_tokens=1,
        )
    )
    assert need is not None
    states = sum(part.likely for name, part in need.parts if name in ("weights", "gradients", "optimiser"))
    assert states * 2**30 == pytest.approx(16e9)


def test_a_mixture_of_experts_holds_all_of_its_weights() -> None:
    mixture = Workload(
        task=Task.INFERENCE, model="mixtral-8x7b", precision=Precision.BF16, context_tokens=1, concurrency=1
    )
    need = memory_parts(mixture)
    assert need is not None
    assert dict(need.parts)["weights"].likely * 2**30 == pytest.approx(46_702_792_704 * 2)


def test_a_sliding_window_bounds_the_likely_cache_and_not_the_high_end() -> None:
    windowed = Workload(
        task=Task.INFERENCE, model="gemma-3-27b", precision=Precision.BF16, context_tokens=100_000, concurrency=1
    )
    need = memory_parts(windowed)
    assert need is not None
    cache = dict(need.parts)["cache"]
    assert cache.likely < cache.high / 3


def test_more_devices_than_key_value_heads_repeat_the_cache() -> None:
    declared = Workload(
        task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=8192, concurrency=1
    )

    def cache(devices: int) -> float:
        need = memory_parts(declared, devices=devices)
        assert need is not None
        return dict(need.parts)["cache"].likely

    assert cache(8) == cache(1)
    assert cache(32) == pytest.approx(4 * cache(1))


def test_offloading_leaves_the_optimiser_to_the_host() -> None:
    run = Workload(
        task=Task.FINE_TUNING, model="llama-2-7b", optimizer=Optimizer.ADAMW, context_tokens=2048, offload=True
    )
    need = memory_parts(run)
    assert need is not None
    parts = dict(need.parts)
    assert parts["optimiser"].high == 0
    assert parts["weights"].low == 0
    assert least_memory(run) is None


@pytest.mark.parametrize("task", [Task.PROCESSING, Task.INTERACTIVE])
def test_a_task_without_a_model_has_no_size(task: Task) -> None:
    declared = Workload(task=task, parameters=10**9, precision=Precision.BF16, context_tokens=1, concurrency=1)
    assert memory_needed(declared) is None
    assert least_memory(declared) is None


def test_the_precision_of_an_adapter_that_answers_is_missing_where_it_is_not_declared() -> None:
    served = Workload(
        task=Task.INFERENCE, parameters=8_000_000_000, context_tokens=4096, concurrency=1, adapter=Adapter.QLORA
    )
    assert missing_keys(served) == ("Precision",)
    assert memory_needed(served) is None
