"""Whether the memory suffices: never said without being sure, and always with the numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lean_silicon.catalog import AcceleratorSet, InstanceType, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Fit, FitVerdict, Optimizer, Precision, Sharding, Task, Workload, fit
from lean_silicon.sizing.silicon import replica_sizes

CHAT = Workload(
    task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=8192, concurrency=16
)
FEW = replace(CHAT, context_tokens=2048, concurrency=1)


def machine(name: str) -> InstanceType:
    found = load_catalog().find(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("g4dn.xlarge", FitVerdict.DOES_NOT_FIT),
        ("g5.xlarge", FitVerdict.UNKNOWN),
        ("g6e.xlarge", FitVerdict.FITS),
        ("inf2.xlarge", FitVerdict.UNKNOWN),
        ("inf2.24xlarge", FitVerdict.FITS),
        ("p5.48xlarge", FitVerdict.FITS),
        ("r8g.4xlarge", FitVerdict.FITS),
    ],
)
def test_a_chat_model_fits_where_its_whole_band_does(name: str, verdict: FitVerdict) -> None:
    judged = fit(CHAT, machine(name))
    assert judged.verdict is verdict
    assert judged.needed is not None
    assert judged.available_gib is not None
    assert f"{judged.needed.likely:,.1f} GiB" in judged.why
    assert f"{judged.available_gib:,.1f} GiB" in judged.why


def test_nothing_declared_is_unknown() -> None:
    assert fit(None, machine("g5.xlarge")) == Fit(FitVerdict.UNKNOWN, None, None, "no workload is declared")


def test_what_is_missing_is_named_and_what_cannot_fit_anyway_is_still_refused() -> None:
    small = fit(Workload(task=Task.INFERENCE, parameters=1_000_000_000), machine("g5.xlarge"))
    assert small.verdict is FitVerdict.UNKNOWN
    assert "Precision, ContextTokens, Concurrency" in small.why
    huge = fit(Workload(task=Task.INFERENCE, parameters=400_000_000_000), machine("g5.xlarge"))
    assert huge.verdict is FitVerdict.DOES_NOT_FIT
    assert "at least 186.3 GiB" in huge.why


def test_the_task_of_the_resource_stands_in_for_an_undeclared_one() -> None:
    undeclared = replace(CHAT, task=None)
    assert fit(undeclared, machine("g6e.xlarge")).verdict is FitVerdict.UNKNOWN
    assert fit(undeclared, machine("g6e.xlarge"), task=Task.INFERENCE).verdict is FitVerdict.FITS


def test_a_task_without_a_model_is_unknown() -> None:
    assert fit(replace(CHAT, task=Task.PROCESSING), machine("g6e.xlarge")).verdict is FitVerdict.UNKNOWN


def test_machines_share_requests_but_each_holds_the_model() -> None:
    assert fit(CHAT, machine("g6.xlarge"), instances=16).verdict is FitVerdict.FITS
    large = replace(CHAT, model="llama-3.1-70b")
    assert fit(large, machine("g6.xlarge"), instances=16).verdict is FitVerdict.DOES_NOT_FIT


def test_machines_of_a_training_run_share_the_model() -> None:
    run = Workload(
        task=Task.FINE_TUNING,
        model="llama-3.1-8b",
        precision=Precision.BF16,
        optimizer=Optimizer.ADAMW,
        sharding=Sharding.FSDP,
        activation_checkpointing=True,
        context_tokens=2048,
        concurrency=64,
    )
    assert fit(run, machine("p4d.24xlarge")).verdict is FitVerdict.FITS
    assert fit(run, machine("g5.12xlarge")).verdict is FitVerdict.UNKNOWN
    assert fit(run, machine("g5.xlarge")).verdict is FitVerdict.DOES_NOT_FIT
    assert fit(run, machine("p4d.24xlarge"), instances=2).devices == 16


def test_undeclared_sharding_is_never_taken_for_granted() -> None:
    run = Workload(task=Task.FINE_TUNING, model="llama-3.1-8b", context_tokens=2048, activation_checkpointing=True)
    assert fit(run, machine("p4d.24xlarge")).verdict is FitVerdict.UNKNOWN


def test_a_format_that_the_silicon_cannot_hold_takes_its_next_wider_one() -> None:
    narrow = replace(FEW, precision=Precision.INT4)
    on_gpu, on_neuron = fit(narrow, machine("g6e.xlarge")), fit(narrow, machine("inf2.xlarge"))
    assert on_gpu.needed is not None
    assert on_neuron.needed is not None
    assert on_neuron.needed.low > on_gpu.needed.low
    assert "int8" in on_neuron.why


def test_a_slice_of_a_gpu_has_a_slice_of_its_memory() -> None:
    sliced = fit(replace(FEW, model="llama-3.2-1b"), machine("g6f.xlarge"))
    assert sliced.available_gib is not None
    assert sliced.available_gib < 3


def test_memory_that_the_driver_keeps_is_not_counted() -> None:
    judged = fit(FEW, machine("g4dn.xlarge"))
    assert judged.available_gib == pytest.approx(14.75, abs=0.01)


def test_no_machines_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="instances is 0"):
        fit(CHAT, machine("g5.xlarge"), instances=0)


@given(
    st.integers(10**6, 10**12),
    st.sampled_from(Precision),
    st.integers(1, 200_000),
    st.integers(1, 500),
    st.sampled_from(["g6.xlarge", "g6e.48xlarge", "inf2.24xlarge", "trn1.32xlarge", "p5.48xlarge", "m8g.4xlarge"]),
)
@settings(max_examples=200)
def test_a_larger_model_never_fits_where_a_smaller_one_does_not(
    parameters: int, precision: Precision, context: int, requests: int, name: str
) -> None:
    small = Workload(
        task=Task.INFERENCE,
        parameters=parameters,
        precision=precision,
        context_tokens=context,
        concurrency=requests,
    )
    large = replace(small, parameters=parameters * 2)
    order = [FitVerdict.DOES_NOT_FIT, FitVerdict.UNKNOWN, FitVerdict.FITS]
    assert order.index(fit(large, machine(name)).verdict) <= order.index(fit(small, machine(name)).verdict)


@pytest.mark.parametrize(
    ("key", "count", "heads", "sizes"),
    [
        ("A10G", 8, None, (1, 2, 4, 8)),
        ("A10G", 8, 12, (1, 2, 4)),
        ("A10G", 4, 71, (1,)),
        ("Inferentia2", 6, 32, (1, 2, 4)),
        ("Inferentia2", 12, 32, (1, 2, 4, 12)),
        ("Trainium", 16, 32, (1, 4, 8, 16)),
        ("Trainium2", 16, 32, (1, 2, 4, 8, 16)),
        ("of tomorrow", 8, None, (1, 2, 4, 8)),
    ],
)
def test_a_replica_is_split_as_hardware_and_heads_allow(
    key: str, count: int, heads: int | None, sizes: tuple[int, ...]
) -> None:
    assert replica_sizes(key, count, 1.0, heads) == sizes


def test_a_split_that_software_cannot_make_is_not_called_a_fit() -> None:
    """Twelve heads divide by 4 and not by 8, so a model that needs all 8 GPUs may or may not run."""
    a10g = load_catalog().accelerator("A10G")
    assert a10g is not None
    eight = InstanceType("x", "x", "x", "", specified=True, accelerators=AcceleratorSet(a10g, 8, 1.0, 22.0))
    odd = Workload(
        task=Task.INFERENCE,
        parameters=60_000_000_000,
        attention_heads=12,
        kv_heads=12,
        layers=40,
        head_size=128,
        precision=Precision.BF16,
        context_tokens=512,
        concurrency=1,
    )
    judged = fit(odd, eight)
    assert judged.verdict is FitVerdict.UNKNOWN
    assert "if the software can split" in judged.why
