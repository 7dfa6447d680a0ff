"""How fast a machine answers and trains: a roofline with bands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lean_silicon.catalog import Accelerator, AcceleratorSet, InstanceType, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import CpuVerdict, Precision, Task, Traffic, Workload, serves_on_cpu
from lean_silicon.sizing.machine import Machine, machine_of, processor_machine
from lean_silicon.sizing.silicon import capability, silicon_of, usable_share
from lean_silicon.sizing.speed import Speed, speed
from lean_silicon.sizing.training_time import training_operations, training_run
from lean_silicon.sizing.vocabulary import Adapter, Silicon

CHAT = Workload(task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=2048, concurrency=8)
KNOWN = [each for each in load_catalog().accelerators() if (known := capability(each.key)) and known.bandwidth_share]


def machine(name: str, devices: int = 1) -> Machine:
    made = machine_of(instance_type(name), devices=devices)
    assert made is not None
    return made


def instance_type(name: str) -> InstanceType:
    found = load_catalog().find(name)
    assert found is not None
    return found


def answered(workload: Workload, on: Machine) -> Speed:
    reached = speed(workload, on)
    assert reached is not None
    return reached


def test_every_accelerator_of_the_catalogue_is_known() -> None:
    missing = [
        each.key for each in load_catalog().accelerators() if each.kind != "fpga" and capability(each.key) is None
    ]
    assert missing == []


@pytest.mark.parametrize("device", KNOWN, ids=lambda device: device.key)
def test_shares_of_a_peak_are_shares(device: Accelerator) -> None:
    known = capability(device.key)
    assert known is not None
    for share in (known.bandwidth_share, known.compute_share, known.mfu):
        assert share is None or 0 < share[0] <= share[1] <= share[2] <= 1
    assert 0.9 <= usable_share(device.key) <= 1
    assert known.source


def test_a_token_takes_as_long_as_moving_the_weights() -> None:
    single = replace(CHAT, concurrency=1, context_tokens=1)
    time = answered(single, machine("g5.xlarge")).seconds_per_token
    assert time is not None
    weights = 8_030_261_248 * 2 / 600e9
    assert time.low == pytest.approx(weights / 0.9, rel=0.01)
    assert time.high == pytest.approx(weights / 0.4, rel=0.01)


def test_the_first_token_takes_as_long_as_computing_the_prompt() -> None:
    first = answered(replace(CHAT, concurrency=1), machine("g5.xlarge")).seconds_to_answer
    operations = 2 * 8_030_261_248 * 2048 / 70e12
    assert first.low < operations / 0.5 < first.high


@given(st.integers(1, 200), st.integers(1, 200))
@settings(max_examples=50)
def test_more_requests_never_make_a_token_faster_nor_the_machine_slower(one: int, other: int) -> None:
    few, many = sorted((one, other))
    slow, fast = (answered(replace(CHAT, concurrency=count), machine("p5.48xlarge")) for count in (many, few))
    assert slow.seconds_per_token is not None
    assert fast.seconds_per_token is not None
    assert slow.seconds_per_token.likely >= fast.seconds_per_token.likely
    assert slow.tokens_per_second.likely >= fast.tokens_per_second.likely * (1 - 1e-9)


def test_a_mixture_of_experts_computes_with_its_active_weights_only() -> None:
    mixture = Workload(
        task=Task.INFERENCE, model="mixtral-8x7b", precision=Precision.BF16, context_tokens=2048, concurrency=1
    )
    dense = replace(mixture, model=None, parameters=46_702_792_704)
    on = machine("p5.48xlarge", devices=2)
    assert answered(mixture, on).seconds_to_answer.likely < answered(dense, on).seconds_to_answer.likely / 3


def test_devices_that_share_a_model_exchange_every_layer() -> None:
    one, four = machine("g5.12xlarge", devices=1), machine("g5.12xlarge", devices=4)
    assert one.exchange.high == 0
    assert four.exchange.low > 0
    assert four.bandwidth.likely == pytest.approx(4 * one.bandwidth.likely)


def test_a_model_that_does_not_generate_reads_its_input_once() -> None:
    encoder = Workload(task=Task.EMBEDDING, model="bge-large-en", precision=Precision.FP32, context_tokens=512)
    reached = answered(encoder, machine("g5.xlarge"))
    assert reached.seconds_per_token is None
    assert reached.tokens_per_day.unit == "tokens/day"


def test_an_undeclared_precision_or_task_has_no_speed() -> None:
    assert speed(replace(CHAT, precision=None), machine("g5.xlarge")) is None
    assert speed(replace(CHAT, task=Task.FINE_TUNING), machine("g5.xlarge")) is None
    assert speed(replace(CHAT, context_tokens=None), machine("g5.xlarge")) is None


def test_silicon_that_nobody_knows_has_no_speed() -> None:
    assert machine_of(instance_type("dl1.24xlarge")) is None
    assert processor_machine("of tomorrow", 8, Precision.BF16) is None
    assert silicon_of(None) is Silicon.CPU


@pytest.mark.parametrize(
    ("workload", "verdict"),
    [
        (
            Workload(task=Task.CLASSIFICATION, model="distilbert", precision=Precision.FP32, context_tokens=128),
            "serves",
        ),
        (
            Workload(task=Task.EMBEDDING, model="all-minilm-l6-v2", precision=Precision.FP32, context_tokens=256),
            "serves",
        ),
        (Workload(task=Task.CLASSIFICATION, parameters=1_000_000, precision=Precision.FP32), "serves"),
        (replace(CHAT, model="llama-3.1-70b"), "too-slow"),
        (replace(CHAT, model="qwen2.5-0.5b", context_tokens=512, concurrency=1), "serves"),
        (replace(CHAT, task=Task.BATCH_INFERENCE), "unknown"),
        (replace(CHAT, precision=None), "unknown"),
        (replace(CHAT, task=Task.FINE_TUNING), "unknown"),
        (None, "unknown"),
    ],
)
def test_a_processor_serves_what_is_small(workload: Workload | None, verdict: str) -> None:
    service = serves_on_cpu(workload)
    assert service.verdict is CpuVerdict(verdict)
    assert service.why


def test_where_nobody_waits_the_tokens_of_a_day_decide() -> None:
    batch = replace(CHAT, model="llama-3.2-1b", traffic=Traffic.BATCH)
    assert serves_on_cpu(replace(batch, tokens_per_day=10_000)).verdict is CpuVerdict.SERVES
    assert serves_on_cpu(replace(batch, tokens_per_day=10**12)).verdict is CpuVerdict.TOO_SLOW


def test_a_given_type_is_judged_by_its_own_processor() -> None:
    small = Workload(task=Task.CLASSIFICATION, model="distilbert", precision=Precision.FP32, context_tokens=128)
    assert serves_on_cpu(small, instance_type("c8g.8xlarge")).verdict is CpuVerdict.SERVES
    assert serves_on_cpu(small, instance_type("c8g.medium")).verdict is CpuVerdict.UNKNOWN
    assert "has accelerators" in serves_on_cpu(small, instance_type("g5.xlarge")).why
    assert "unknown" in serves_on_cpu(small, instance_type("m1.small")).why


def accelerators(name: str) -> AcceleratorSet:
    found = instance_type(name).accelerators
    assert found is not None
    return found


TRAINING = Workload(task=Task.PRE_TRAINING, model="llama-2-7b", training_tokens=2_000_000_000_000)


def test_training_takes_six_operations_a_weight_and_token_and_an_adapter_four() -> None:
    whole = training_operations(TRAINING)
    adapter = training_operations(replace(TRAINING, task=Task.PEFT, adapter=Adapter.LORA))
    assert whole is not None
    assert adapter is not None
    assert whole.low == pytest.approx(6 * 6_738_415_616 * 2e12 / 1e18)
    assert adapter.low == pytest.approx(whole.low * 4 / 6)


def test_longer_sequences_take_more_operations() -> None:
    short = training_operations(replace(TRAINING, context_tokens=1024))
    long = training_operations(replace(TRAINING, context_tokens=131_072))
    assert short is not None
    assert long is not None
    assert long.likely > short.likely * 1.5


def test_twice_the_devices_take_half_the_hours_and_the_same_device_hours() -> None:
    one = training_run(TRAINING, accelerators("p4d.24xlarge"), devices=8)
    two = training_run(TRAINING, accelerators("p4d.24xlarge"), devices=16)
    assert one is not None
    assert two is not None
    assert two.hours.likely == pytest.approx(one.hours.likely / 2)
    assert two.device_hours == one.device_hours


def test_silicon_that_does_not_train_has_no_run() -> None:
    assert training_run(TRAINING, accelerators("inf2.xlarge"), devices=1) is None
    assert training_run(replace(TRAINING, training_tokens=None), accelerators("p4d.24xlarge"), devices=1) is None
    assert training_operations(replace(TRAINING, task=Task.INFERENCE)) is None
    with pytest.raises(InvalidValueError, match="devices is 0"):
        training_run(TRAINING, accelerators("p4d.24xlarge"), devices=0)
