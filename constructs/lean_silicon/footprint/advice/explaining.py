"""Why an option is the leanest or not needed, and what was assumed: in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lean_silicon.catalog import Component
from lean_silicon.footprint.advice.option import Option, leanest_of
from lean_silicon.footprint.advice.training import CHECKPOINTED, FULLY_SHARDED
from lean_silicon.sizing import Task, Workload

_CLEARLY_LESS = 0.95


def explained(options: Sequence[Option], components: Sequence[Component]) -> tuple[Option, ...]:
    """Component by component, the leanest first, and the others by money and compared with it."""
    explained: list[Option] = []
    for component in components:
        own = sorted((option for option in options if option.component is component), key=lambda one: one.money)
        leanest = leanest_of(own)
        if leanest is not None:
            own.sort(key=lambda option: option is not leanest)
            explained += [replace(option, because=_because(option, leanest)) for option in own]
    return tuple(explained)


def _because(option: Option, leanest: Option) -> str:
    if option is leanest:
        return f"the leanest of {option.component} that holds it: {option.fit.why}"
    cost, energy = option.ratio_of_cost(leanest), option.ratio_of_energy(leanest)
    costs = "its price is unknown" if cost is None else f"it costs {_times(cost)} as much"
    uses = "" if energy is None else f" and uses {_times(energy)} as much energy"
    verdict = "an alternative" if energy is not None and energy < _CLEARLY_LESS else "not needed"
    return f"{verdict}: {costs}{uses} as {leanest.label}, which holds it too"


def _times(ratio: float) -> str:
    return "about" if _CLEARLY_LESS <= ratio <= 1 / _CLEARLY_LESS else f"{ratio:.2g} times"


def assumptions(workload: Workload, task: Task) -> tuple[str, ...]:
    """What was assumed, one sentence each."""
    return tuple(_assumptions_of_training(workload) if task.trains else _assumptions_of_inference(workload))


def _assumptions_of_training(workload: Workload) -> Iterator[str]:
    if workload.sharding is None:
        yield FULLY_SHARDED
    if workload.activation_checkpointing is None:
        yield CHECKPOINTED
    if workload.training_tokens is None:
        yield "the tokens of the run are not declared, so options are compared by the month, not by the run"
    yield "accelerators are fully busy while the run lasts"


def _assumptions_of_inference(workload: Workload) -> Iterator[str]:
    if workload.tokens_per_day is None:
        yield "the tokens of a day are not declared: half-busy machines, as many as hold the requests in flight"
    else:
        yield "machines never stop and are planned for twice the mean load; one token in four is written"
    yield "limits are MLPerf Inference's: 0.1 s a token for text, 0.13 s an answer for other models"
