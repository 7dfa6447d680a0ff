"""The search for a better accelerator, and how sure one can be that it is better.

An alternative earns an error only if it holds the workload, is offered where the template goes, is covered by a
published claim or a measurement, and neither its price nor our estimate of its energy contradicts that (see
`Comparison.is_earned`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from lean_silicon.catalog import Claim, InstanceType, Lifecycle, Offer
from lean_silicon.footprint import HARDLY_MORE, Footprint, saving
from lean_silicon.quantity import Quantity
from lean_silicon.rules.claims import covering_claim, quoted
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import priced_by
from lean_silicon.rules.finding import Suggestion
from lean_silicon.rules.shared_work import instances_sharing
from lean_silicon.sizing import Fit, FitVerdict, Workload, fit
from lean_silicon.sizing.pace import is_too_slow, keeps_up, service_of
from lean_silicon.templates import SiliconUse

_SMALLEST_SHARE = 0.5
_NEURON = r"(?:trn|inf)\d"


class Comparison(NamedTuple):
    """One alternative beside what is asked for.

    `holds` says why it is large enough; `share` is the share of an hour in which it does what the present type does
    in one; `now` and `then` are the footprints of that work, `saves` their difference; `objections` are the reasons,
    as sentences, why it is not clearly better.
    """

    present: InstanceType
    suggested: InstanceType
    holds: str
    offer: Offer
    claim: Claim | None
    share: float
    now: Footprint
    then: Footprint
    saves: Footprint
    objections: tuple[str, ...]

    @property
    def is_earned(self) -> bool:
        """Whether the evidence agrees that the alternative is better."""
        return self.claim is not None and not self.objections

    @property
    def is_dearer(self) -> bool:
        """Whether the same costs so much more that `advise` would leave the alternative aside."""
        now, then = self.now.cost, self.then.cost
        return now is not None and then is not None and then.likely > now.likely * HARDLY_MORE

    @property
    def sources(self) -> tuple[str, ...]:
        """What the comparison rests on."""
        return (*((quoted(self.claim),) if self.claim else ()), self.offer.basis, *priced_by(self.saves))

    @property
    def doubts(self) -> str:
        """What keeps the alternative from being clearly better, with both bands."""
        why = "; ".join(self.objections) or "no published claim or measurement covers this comparison"
        figures = [
            f"{then} against {now}"
            for now, then in ((self.now.cost, self.then.cost), (self.now.power, self.then.power))
            if now is not None and then is not None
        ]
        return f"{why}. Estimated: {', '.join(figures)}" if figures else why

    def suggestion(self, text: str) -> Suggestion:
        """The alternative as a fix."""
        return Suggestion(text=text, instance_type=self.suggested.name, saves=self.saves)


def better_accelerator(use: SiliconUse, context: Context, suits: Callable[[InstanceType], bool]) -> Comparison | None:
    """The cheapest Neuron type that suits, holds the workload and is offered; an earned one goes before a cheaper one that is not."""
    present = context.type_of(use)
    if present is None or present.accelerators is None:
        return None
    chosen_by = (suits.__module__, suits.__qualname__)
    key = (
        chosen_by,
        present.name,
        use.component,
        context.region_of(use),
        use.task,
        use.declared,
        instances_sharing(use),
    )
    return context.remembered(key, lambda: _better(use, context, present, suits))


def _better(
    use: SiliconUse, context: Context, present: InstanceType, suits: Callable[[InstanceType], bool]
) -> Comparison | None:
    compared = [
        _compare(use, context, present, candidate, holds) for candidate, holds in _holding(use, context, present, suits)
    ]
    offered = [comparison for comparison in compared if comparison.offer.is_offered]
    return min(
        offered, key=lambda comparison: (not comparison.is_earned, _cost(comparison, context, use)), default=None
    )


def _holding(
    use: SiliconUse, context: Context, present: InstanceType, suits: Callable[[InstanceType], bool]
) -> Iterator[tuple[InstanceType, str]]:
    """Current types that suit and are large enough, each with the reason why it is."""
    for candidate in context.types(use.component, named=_NEURON):
        if candidate.accelerators is None or candidate.lifecycle is not Lifecycle.CURRENT or not suits(candidate):
            continue
        holds = _why_it_holds(use, present, candidate)
        if holds is not None:
            yield candidate, holds


def _why_it_holds(use: SiliconUse, present: InstanceType, candidate: InstanceType) -> str | None:
    """By the declared workload where that can be sized, else by having at least as much accelerator memory."""
    if use.declared is not None:
        judged = fit(use.declared, candidate, task=use.task)
        if judged.verdict is FitVerdict.FITS:
            return judged.why if _may_answer(use, use.declared, candidate, judged) else None
        if judged.verdict is FitVerdict.DOES_NOT_FIT or _surely_fits(use, present):
            return None
    have = present.accelerators.memory_gib if present.accelerators else None
    gets = candidate.accelerators.memory_gib if candidate.accelerators else None
    if have is None or gets is None or gets < have:
        return None
    return f"it has {gets:g} GiB of accelerator memory where the present type has {have:g} GiB"


def _may_answer(use: SiliconUse, workload: Workload, candidate: InstanceType, judged: Fit) -> bool:
    """Whether a type may answer in time, and as many machines of it as are asked for do the declared tokens of a day."""
    if use.task is None or not use.task.infers:
        return True
    instances = instances_sharing(use)
    service = service_of(workload, use.task, candidate, devices=judged.devices, instances=instances)
    if service is None:
        return True
    in_time = not is_too_slow(service.speed, workload, use.task)
    return in_time and keeps_up(workload, use.task, service.speed, service.replicas)


def _surely_fits(use: SiliconUse, kind: InstanceType) -> bool:
    """Whether the workload fits a type without doubt: what may not fit is then no alternative, whatever its memory."""
    return fit(use.declared, kind, task=use.task).verdict is FitVerdict.FITS


def _compare(
    use: SiliconUse, context: Context, present: InstanceType, candidate: InstanceType, holds: str
) -> Comparison:
    share = _share_of_work(use, present, candidate)
    now = context.footprint(present.name, use)
    then = context.footprint(candidate.name, use, count=share)
    objections = [*_doubts_about_size(use, share), *_doubts_about_cost(use, now, then)]
    objections += _doubts_about_work(use, present, candidate, now, context.footprint(candidate.name, use))
    return Comparison(
        present=present,
        suggested=candidate,
        holds=holds,
        offer=context.offer(candidate.name, use),
        claim=covering_claim(context.catalog, present, candidate),
        share=share,
        now=now,
        then=then,
        saves=saving(now, then),
        objections=tuple(objections),
    )


def _share_of_work(use: SiliconUse, present: InstanceType, candidate: InstanceType) -> float:
    """The share of an hour in which the candidate does what the present type does in one.

    A training job ends when its work is done, so a faster machine is needed for less time, in proportion to dense BF16
    compute. An endpoint runs whether it is asked or not: its share is 1.
    """
    if use.task is None or not use.task.trains:
        return 1.0
    have = present.accelerators.bf16_tflops if present.accelerators else None
    get = candidate.accelerators.bf16_tflops if candidate.accelerators else None
    return have / get if have and get else 1.0


def _doubts_about_size(use: SiliconUse, share: float) -> Iterator[str]:
    if share < _SMALLEST_SHARE and use.declared is None:
        yield f"it is {1 / share:.1f} times the machine, and no declared workload says that it would be busy"


def _doubts_about_cost(use: SiliconUse, now: Footprint, then: Footprint) -> Iterator[str]:
    if now.cost is None or then.cost is None:
        yield "the price of one of the two is unknown"
    elif then.cost.likely > now.cost.likely:
        what = "the same work" if use.task is not None and use.task.trains else "an hour"
        yield f"{what} costs more: {then.cost} against {now.cost}"


def _doubts_about_work(
    use: SiliconUse, present: InstanceType, candidate: InstanceType, now: Footprint, then: Footprint
) -> Iterator[str]:
    """Money or energy per unit of work that is worse beyond the band."""
    for name, of_present, of_candidate in _work(use, present, candidate):
        for now_figure, then_figure in ((now.cost, then.cost), (now.power, then.power)):
            if now_figure is None or then_figure is None:
                continue
            before = _per(now_figure, of_present, name)
            after = _per(then_figure, of_candidate, name)
            if before.clearly_below(after):
                yield f"it takes more for the same work: {after} against {before}"


def _work(use: SiliconUse, present: InstanceType, candidate: InstanceType) -> Iterator[tuple[str, float, float]]:
    """The measures of work that both types have: compute for all, bandwidth too for answers, which it bounds."""
    have, get = present.accelerators, candidate.accelerators
    if have is None or get is None:
        return
    if have.bf16_tflops and get.bf16_tflops:
        yield "PFLOPS", have.bf16_tflops / 1000, get.bf16_tflops / 1000
    if use.task is not None and use.task.infers and have.bandwidth_gb_s and get.bandwidth_gb_s:
        yield "TB/s", have.bandwidth_gb_s / 1000, get.bandwidth_gb_s / 1000


def _per(figure: Quantity, work: float, name: str) -> Quantity:
    return (figure / work).in_unit(f"{figure.unit} per {name}", 1)


def _cost(comparison: Comparison, context: Context, use: SiliconUse) -> tuple[float, float]:
    price = context.price(comparison.suggested.name, use)
    memory = comparison.suggested.accelerators.memory_gib if comparison.suggested.accelerators else None
    return (price.usd_per_hour.likely if price else float("inf"), memory or float("inf"))
