"""The leanest ways to run a workload, and why the larger ones are not needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lean_silicon.catalog import Catalog, Component, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint.advice.candidates import INFERENCE_COMPONENTS, TRAINING_COMPONENTS
from lean_silicon.footprint.advice.inference import inference_options
from lean_silicon.footprint.advice.managed import ManagedOption, managed_options
from lean_silicon.footprint.advice.option import Option
from lean_silicon.footprint.advice.training import FULLY_SHARDED, training_options
from lean_silicon.footprint.site import site_of
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Precision, Task, Workload, memory_needed, missing_keys


@dataclass(frozen=True)
class Quantised:
    """What narrower weights would change.

    `saves` is the difference of the two leanest options per month (of the run, for training), USD; negative where it costs more.
    """

    precision: Precision
    needed: Quantity | None
    leanest: Option | None
    saves: Quantity | None


@dataclass(frozen=True)
class Advice:
    """What to run a workload on.

    Parameters
    ----------
    workload, region
        What was asked.
    needed
        Memory of one replica on one GPU, GiB.
    options
        Leanest first within each component; each says why it is first or not needed.
    over_budget
        How many options cost more than the budget and were left out.
    managed
        Bedrock on demand, cheapest first.
    quantised
        What narrower formats would change, widest first.
    assumptions
        What was assumed, one sentence each.
    """

    workload: Workload
    region: str
    needed: Quantity | None
    options: tuple[Option, ...]
    over_budget: int
    managed: tuple[ManagedOption, ...]
    quantised: tuple[Quantised, ...]
    assumptions: tuple[str, ...]

    @property
    def leanest(self) -> Option | None:
        """The leanest of all components."""
        return min(self.options, key=lambda option: option.leanness, default=None)

    def of(self, component: Component) -> tuple[Option, ...]:
        """The options of one component, leanest first."""
        return tuple(option for option in self.options if option.component is component)


def advise(
    workload: Workload,
    region: str,
    *,
    components: Sequence[Component] | None = None,
    budget: float | None = None,
    hours: float | None = None,
    quantise: bool = True,
    catalog: Catalog | None = None,
) -> Advice:
    """Rank what a workload could run on, leanest first.

    Parameters
    ----------
    workload
        What is declared; it must suffice for its memory (see `lean_silicon.sizing.missing_keys`).
    region
        Where.
    components
        Which service components to look at; by default EC2, SageMaker's component for the task, and HyperPod.
    budget
        The most that it may cost, USD per month; for a training run with declared tokens, USD for the run.
    hours
        The longest that a training run may take.
    quantise
        Whether to look at narrower formats too.
    catalog
        The packaged one where none is given.

    Raises
    ------
    InvalidValueError
        If the region is unknown, the declaration does not suffice, or a number is not positive.
    """
    known = catalog or load_catalog()
    task = _require(workload, region, known, budget=budget, hours=hours)
    chosen = tuple(components or (TRAINING_COMPONENTS if task.trains else INFERENCE_COMPONENTS))
    found = _leanest_of_each(_options(workload, task, known, chosen, region, hours))
    within = [option for option in found if budget is None or _cost(option) <= budget]
    managed = managed_options(workload, task, region, site_of(region, known)) if task.infers else ()
    advice = Advice(
        workload=workload,
        region=region,
        needed=memory_needed(workload),
        options=_explained(within, chosen),
        over_budget=len(found) - len(within),
        managed=managed,
        quantised=(),
        assumptions=_assumptions(workload, task),
    )
    if not (quantise and task.infers):
        return advice
    return replace(advice, quantised=_quantised(advice, task, known, chosen))


def _require(workload: Workload, region: str, catalog: Catalog, *, budget: float | None, hours: float | None) -> Task:
    if catalog.region(region) is None:
        codes = ", ".join(sorted(known.code for known in catalog.regions()))
        raise InvalidValueError(f"region {region!r} is unknown; known regions are {codes}")
    for name, value in (("budget", budget), ("hours", hours)):
        if value is not None and not value > 0:
            raise InvalidValueError(f"{name} is {value}; it must be positive")
    missing = missing_keys(workload)
    if missing:
        raise InvalidValueError(f"{', '.join(missing)} must be declared: the size of the workload depends on it")
    if workload.task is None or not (workload.task.trains or workload.task.infers):
        allowed = ", ".join(task.value for task in Task if task.trains or task.infers)
        raise InvalidValueError(f"task {workload.task} has no model to size; it must be one of {allowed}")
    return workload.task


def _options(
    workload: Workload,
    task: Task,
    catalog: Catalog,
    components: Iterable[Component],
    region: str,
    hours: float | None,
) -> Iterable[Option]:
    for component in components:
        if task.trains:
            yield from training_options(workload, task, catalog, component, region, hours=hours)
        else:
            yield from inference_options(workload, task, catalog, component, region)


def _leanest_of_each(options: Iterable[Option]) -> list[Option]:
    """Of types that differ in processors, disks or network only, the leanest; sorted."""
    best: dict[tuple[Component, str, int], Option] = {}
    for option in options:
        key = (option.component, option.silicon, option.instances)
        if key not in best or option.leanness < best[key].leanness:
            best[key] = option
    return sorted(best.values(), key=lambda option: option.leanness)


def _cost(option: Option) -> float:
    cost = option.monthly.cost
    return cost.likely if cost else float("inf")


def _explained(options: Sequence[Option], components: Sequence[Component]) -> tuple[Option, ...]:
    """Component by component, the first of each being its leanest and the others compared with it."""
    explained: list[Option] = []
    for component in components:
        own = [option for option in options if option.component is component]
        explained += [replace(option, because=_because(option, own[0])) for option in own]
    return tuple(explained)


def _because(option: Option, leanest: Option) -> str:
    if option is leanest:
        return f"the leanest of {option.component} that holds it: {option.fit.why}"
    cost, power = option.ratio_of_cost(leanest), option.ratio_of_power(leanest)
    costs = "its price is unknown" if cost is None else f"it costs {cost:.2g} times"
    draws = "" if power is None else f" and draws {power:.2g} times the power"
    return f"not needed: {costs}{draws} of {leanest.label}, which holds it too"


def _quantised(advice: Advice, task: Task, catalog: Catalog, components: Sequence[Component]) -> tuple[Quantised, ...]:
    declared, present = advice.workload.precision, advice.leanest
    if declared is None:
        return ()
    narrower = [p for p in (Precision.FP8, Precision.INT4) if p.bytes_per_parameter < declared.bytes_per_parameter]
    results = []
    for precision in narrower:
        workload = replace(advice.workload, precision=precision)
        found = _leanest_of_each(_options(workload, task, catalog, components, advice.region, None))
        leanest = found[0] if found else None
        before, after = (present.monthly.cost if present else None), (leanest.monthly.cost if leanest else None)
        saves = before - after if before is not None and after is not None else None
        results.append(Quantised(precision, memory_needed(workload), leanest, saves))
    return tuple(results)


def _assumptions(workload: Workload, task: Task) -> tuple[str, ...]:
    said = []
    if task.trains:
        if workload.sharding is None:
            said.append(FULLY_SHARDED)
        if workload.training_tokens is None:
            said.append("the tokens of the run are not declared, so options are compared by the month, not by the run")
        said.append("accelerators are fully busy while the run lasts")
    else:
        if workload.tokens_per_day is None:
            said.append(
                "the tokens of a day are not declared: half-busy machines, as many as hold the requests in flight"
            )
        else:
            said.append("machines never stop and are planned for twice the mean load; one token in four is written")
        said.append("limits are MLPerf Inference's: 0.1 s a token for text, 0.13 s an answer for other models")
    return tuple(said)
