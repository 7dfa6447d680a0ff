"""What to run a model on: what is named fits, is offered, is fast enough, and nothing leaner is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lean_silicon.catalog import Component, Lifecycle, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint.advice import Advice, advise
from lean_silicon.sizing import (
    Adapter,
    FitVerdict,
    Optimizer,
    Precision,
    Requirement,
    Task,
    Traffic,
    Workload,
)

CHAT = Workload(
    task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=8192, concurrency=16
)
EMBED = Workload(task=Task.EMBEDDING, model="bge-base-en", precision=Precision.BF16, context_tokens=256)
TUNE = Workload(
    task=Task.FINE_TUNING,
    model="llama-3.1-8b",
    precision=Precision.BF16,
    optimizer=Optimizer.ADAMW,
    context_tokens=4096,
    training_tokens=100_000_000,
)
ADVISED = {workload.task: advise(workload, "us-east-1") for workload in (CHAT, EMBED, TUNE)}


@pytest.mark.parametrize("advice", ADVISED.values(), ids=str)
def test_every_option_fits_is_current_and_is_offered_there(advice: Advice) -> None:
    assert len(advice.options) > 20
    for option in advice.options:
        assert option.fit.verdict is FitVerdict.FITS
        assert option.instance_type.lifecycle is Lifecycle.CURRENT
        assert load_catalog().offer(option.instance_type.name, option.component, "us-east-1").is_offered
        assert option.because


@pytest.mark.parametrize("advice", ADVISED.values(), ids=str)
def test_the_leanest_of_each_component_comes_first_and_the_others_by_money(advice: Advice) -> None:
    for component in {option.component for option in advice.options}:
        first, *others = advice.of(component)
        assert first.because.startswith("the leanest of")
        costs = [option.money[0] for option in others]
        assert costs == sorted(costs)
        assert first.money[0] <= 1.05 * min([first.money[0], *costs])
        assert all(option.because.startswith(("not needed", "an alternative")) for option in others)


def test_a_leaner_type_in_energy_is_never_called_not_needed() -> None:
    for option in ADVISED[Task.EMBEDDING].options:
        leanest = ADVISED[Task.EMBEDDING].of(option.component)[0]
        energy = option.ratio_of_energy(leanest)
        if option is not leanest and energy is not None and energy < 0.9:
            assert option.because.startswith("an alternative")


def test_machines_of_the_wrong_kind_are_left_out_where_cuda_is_needed() -> None:
    bound = replace(CHAT, requires=(Requirement.CUDA,), reason="our kernels")
    for option in advise(bound, "us-east-1").options:
        accelerators = option.instance_type.accelerators
        assert accelerators is not None
        assert accelerators.accelerator.maker == "NVIDIA"


def test_arm_is_left_out_where_x86_is_needed() -> None:
    bound = replace(EMBED, requires=(Requirement.X86,), reason="a closed library")
    options = advise(bound, "us-east-1").options
    assert {option.instance_type.architecture for option in options} == {"x86_64"}
    assert any(option.instance_type.accelerators is None for option in options)


def test_graviton_serves_small_models() -> None:
    assert any(option.instance_type.is_graviton for option in ADVISED[Task.EMBEDDING].options)
    assert not any(option.instance_type.is_graviton for option in ADVISED[Task.INFERENCE].of(Component.EC2)[:5])


def test_more_tokens_a_day_need_more_machines_and_say_how_busy_they_are() -> None:
    def first(tokens: int) -> tuple[int, float]:
        advice = advise(replace(CHAT, tokens_per_day=tokens), "us-east-1", components=[Component.EC2])
        option = next(option for option in advice.options if option.instance_type.name == "g6e.xlarge")
        assert option.busy is not None
        return option.instances, option.busy

    few, many = first(1_000_000), first(500_000_000)
    assert few[0] < many[0]
    assert few[1] < many[1] <= 0.5


def test_batch_work_needs_no_room_for_peaks() -> None:
    live = advise(replace(CHAT, tokens_per_day=500_000_000), "us-east-1", components=[Component.EC2])
    batch = advise(
        replace(CHAT, tokens_per_day=500_000_000, traffic=Traffic.BATCH), "us-east-1", components=[Component.EC2]
    )

    def machines(advice: Advice) -> int:
        return next(option.instances for option in advice.options if option.instance_type.name == "g6e.xlarge")

    assert machines(batch) < machines(live)


def test_a_budget_leaves_out_what_costs_more_and_counts_it() -> None:
    all_of_it = advise(CHAT, "us-east-1", components=[Component.EC2])
    within = advise(CHAT, "us-east-1", components=[Component.EC2], budget=1500)
    assert within.over_budget == len(all_of_it.options) - len(within.options) > 0
    assert all(option.spent.cost is not None and option.spent.cost.likely <= 1500 for option in within.options)


def test_a_deadline_takes_more_machines() -> None:
    run = replace(TUNE, task=Task.PRE_TRAINING, training_tokens=100_000_000_000)
    slow = advise(run, "us-east-1", components=[Component.EC2])
    fast = advise(run, "us-east-1", components=[Component.EC2], hours=24)
    assert all(option.run is not None and option.run.hours.likely <= 24 for option in fast.options)
    assert min(option.instances for option in fast.options) > min(option.instances for option in slow.options)


def test_bedrock_stands_beside_machines_of_ones_own_with_the_load_from_which_they_pay() -> None:
    advice = advise(replace(CHAT, tokens_per_day=1_000_000), "us-east-1")
    same = advice.managed[0]
    assert same.same_model
    assert same.price.model == "llama-3.1-8b"
    leanest = advice.leanest
    assert leanest is not None
    even = same.breaks_even_at(leanest.spent.cost)
    assert even is not None
    assert same.monthly is not None
    assert same.monthly.cost is not None
    assert leanest.spent.cost is not None
    assert (even > 1_000_000) == (same.monthly.cost.likely < leanest.spent.cost.likely)


def test_another_model_on_bedrock_is_marked_as_another() -> None:
    unknown = replace(CHAT, model=None, parameters=8_000_000_000)
    managed = advise(unknown, "us-east-1").managed
    assert managed
    assert not any(option.same_model for option in managed)


def test_a_context_that_bedrocks_model_cannot_take_is_left_out() -> None:
    endless = replace(CHAT, context_tokens=1_000_000, concurrency=1)
    assert all((option.price.context_tokens or 0) >= 1_000_000 for option in advise(endless, "us-east-1").managed)


def test_quantising_says_what_it_would_change() -> None:
    large = replace(CHAT, model="llama-3.1-70b")
    quantised = advise(large, "us-east-1").quantised
    assert [narrower.precision for narrower in quantised] == [Precision.FP8, Precision.INT4]
    assert all(narrower.saves is not None and narrower.saves.likely > 0 for narrower in quantised)
    assert advise(replace(CHAT, precision=Precision.INT4), "us-east-1").quantised == ()
    assert advise(TUNE, "us-east-1").quantised == ()


def test_qlora_needs_less_than_training_everything() -> None:
    adapted = replace(TUNE, task=Task.PEFT, adapter=Adapter.QLORA)
    less = advise(adapted, "us-east-1").leanest
    more = ADVISED[Task.FINE_TUNING].leanest
    assert less is not None
    assert more is not None
    assert less.money < more.money


def test_what_was_assumed_is_said() -> None:
    said = " ".join(ADVISED[Task.FINE_TUNING].assumptions)
    assert "fully sharded" in said
    assert "recomputed" in said
    assert "MLPerf" in " ".join(ADVISED[Task.INFERENCE].assumptions)


@pytest.mark.parametrize(
    ("workload", "region", "options", "message"),
    [
        (CHAT, "mars-1", {}, "known regions are"),
        (CHAT, "us-east-1", {"budget": 0}, "budget is 0"),
        (TUNE, "us-east-1", {"hours": -1}, "hours is -1"),
        (replace(CHAT, precision=None), "us-east-1", {}, "Precision must be declared"),
        (replace(CHAT, task=Task.PROCESSING), "us-east-1", {}, "must be one of"),
        (replace(CHAT, task=None), "us-east-1", {}, "must be one of"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_is_allowed(
    workload: Workload, region: str, options: dict[str, float], message: str
) -> None:
    with pytest.raises(InvalidValueError, match=message):
        advise(workload, region, **options)  # type: ignore[arg-type]
