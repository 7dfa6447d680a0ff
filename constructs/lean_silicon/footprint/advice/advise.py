"""The leanest ways to run a workload, and why the larger ones are not needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lean_silicon.catalog import Catalog, Component, load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint.advice.candidates import INFERENCE_COMPONENTS, TRAINING_COMPONENTS
from lean_silicon.footprint.advice.draft import Draft, leanest_of_each
from lean_silicon.footprint.advice.explaining import assumptions, explained
from lean_silicon.footprint.advice.inference import inference_drafts, inference_option
from lean_silicon.footprint.advice.managed import ManagedOption, managed_options
from lean_silicon.footprint.advice.option import Option, leanest_of
from lean_silicon.footprint.advice.training import training_drafts, training_option
from lean_silicon.footprint.consumption import HOURS_PER_MONTH
from lean_silicon.footprint.site import site_of
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Precision, Task, Workload, memory_needed, missing_keys

# The leanest is among the few cheapest, so only those are costed in full.
_CLOSE = 8


@dataclass(frozen=True)
class Quantised:
    """What narrower weights would change.

    `needed` is the memory on one GPU, GiB; `saves` the difference of the leanest options per month, USD (negative where it costs more).
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
        Component by component, leanest first; each says why it is first or not needed.
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
        return leanest_of(self.options)

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
    search = _Search(workload, region, catalog or load_catalog(), tuple(components or ()), hours)
    search.require(budget)
    drafts = search.drafts()
    within = [draft for draft in drafts if budget is None or search.monthly(draft) <= budget]
    options = [search.option(draft) for draft in within]
    site = site_of(region, search.catalog)
    advice = Advice(
        workload=workload,
        region=region,
        needed=memory_needed(workload),
        options=explained(options, search.chosen),
        over_budget=len(drafts) - len(within),
        managed=managed_options(workload, search.task, region, site) if search.task.infers else (),
        quantised=(),
        assumptions=assumptions(workload, search.task),
    )
    return replace(advice, quantised=_quantised(advice, search)) if quantise and search.task.infers else advice


@dataclass(frozen=True)
class _Search:
    """What to look for, and where."""

    workload: Workload
    region: str
    catalog: Catalog
    components: tuple[Component, ...]
    hours: float | None

    @property
    def task(self) -> Task:
        """The declared task; `require` has made sure of it."""
        if self.workload.task is None:
            raise AssertionError("require() comes first")
        return self.workload.task

    @property
    def chosen(self) -> tuple[Component, ...]:
        """The components asked for, else those for the task."""
        return self.components or (TRAINING_COMPONENTS if self.task.trains else INFERENCE_COMPONENTS)

    def require(self, budget: float | None) -> None:
        """Refuse what cannot be answered, saying what is allowed."""
        if self.catalog.region(self.region) is None:
            codes = ", ".join(sorted(known.code for known in self.catalog.regions()))
            raise InvalidValueError(f"region {self.region!r} is unknown; known regions are {codes}")
        for name, value in (("budget", budget), ("hours", self.hours)):
            if value is not None and not value > 0:
                raise InvalidValueError(f"{name} is {value}; it must be positive")
        task = self.workload.task
        if task is None or not (task.trains or task.infers):
            allowed = ", ".join(task.value for task in Task if task.trains or task.infers)
            raise InvalidValueError(f"Task is {task}, which has no model to size; it must be one of {allowed}")
        missing = missing_keys(self.workload)
        if missing:
            raise InvalidValueError(f"{', '.join(missing)} must be declared: the size of the workload depends on it")

    def drafts(self) -> list[Draft]:
        """What holds the workload, cheapest first."""
        return leanest_of_each(self._drafts())

    def _drafts(self) -> Iterator[Draft]:
        for component in self.chosen:
            if self.task.trains:
                yield from training_drafts(
                    self.workload, self.task, self.catalog, component, self.region, hours=self.hours
                )
            else:
                yield from inference_drafts(self.workload, self.task, self.catalog, component, self.region)

    def option(self, draft: Draft) -> Option:
        """The draft with everything it costs."""
        if self.task.trains:
            return training_option(draft, self.catalog, self.region)
        return inference_option(draft, self.workload, self.task, self.catalog, self.region)

    def monthly(self, draft: Draft) -> float:
        """What a budget is compared with: USD per month, or for the run."""
        return draft.cost if draft.run is not None else draft.cost * HOURS_PER_MONTH


def _quantised(advice: Advice, search: _Search) -> tuple[Quantised, ...]:
    declared, present = search.workload.precision, advice.leanest
    if declared is None:
        return ()
    results = []
    for precision in (Precision.FP8, Precision.INT4):
        if precision.bytes_per_parameter >= declared.bytes_per_parameter:
            continue
        workload = replace(search.workload, precision=precision)
        narrower = replace(search, workload=workload)
        leanest = leanest_of([narrower.option(draft) for draft in narrower.drafts()[:_CLOSE]])
        before = present.spent.cost if present else None
        after = leanest.spent.cost if leanest else None
        saves = before - after if before is not None and after is not None else None
        results.append(Quantised(precision, memory_needed(workload), leanest, saves))
    return tuple(results)
