"""Judges machines by what they did: the smaller type that would have held it, what does nothing, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lean_silicon.catalog import Evidence, InstanceType
from lean_silicon.footprint import HOURS_PER_MONTH, Footprint, hourly_footprint, saving
from lean_silicon.live.measurements import Measure, Utilisation
from lean_silicon.live.right_sizing_candidates import UNMEASURED_WHY, candidates, lacks, need_of
from lean_silicon.live.running import Running
from lean_silicon.rules import Context, Finding, Severity, Suggestion
from lean_silicon.rules.describe import machine, offered, priced_by

OVERSIZED, IDLE, UNMEASURED = "RSZ001", "RSZ002", "RSZ003"
"""The reports' ids. They are no rules: templates do not tell them, and a policy does not switch them."""
TITLES = {
    OVERSIZED: "A smaller type would have held what this one did",
    IDLE: "Accelerators that did nothing",
    UNMEASURED: "Not known well enough to say",
}
_IDLE_PERCENT = 5.0
"""An accelerator whose busiest hour stays below this did nothing but be polled; the same as the idle alarm of a HyperPod cluster."""
_SOURCE = "CloudWatch, hourly values of the account"


@dataclass(frozen=True)
class Criteria:
    """When enough is known, and how much is kept free.

    Parameters
    ----------
    days
        How far back is looked. Default: 14, as AWS Compute Optimizer does.
    minimum_hours
        Hours that must be known of a measure, else it counts as unmeasured. Default: 168, a week, as load follows the week.
    """

    days: int = 14
    minimum_hours: int = 168


def judged(
    running: Running, known: Mapping[Measure, Utilisation], context: Context, criteria: Criteria
) -> Iterator[Finding]:
    """What is to be said of machines with these measurements: nothing where they are the right size."""
    present = context.type_of(running.use)
    if present is None or not present.specified:
        yield _finding(running, UNMEASURED, f"{running.use.instance_type} is not in the catalogue.")
        return
    enough = {measure: each for measure, each in known.items() if each.hours >= criteria.minimum_hours}
    accelerators = enough.get(Measure.ACCELERATORS)
    if present.is_accelerated and accelerators is not None and _busiest_machine(running, accelerators) < _IDLE_PERCENT:
        yield _idle(running, present, accelerators, context, criteria)
    elif not enough:
        yield _unmeasured(running, present, known, criteria)
    else:
        yield from _sized(running, present, enough, known, context, criteria)


def _sized(
    running: Running,
    present: InstanceType,
    enough: Mapping[Measure, Utilisation],
    known: Mapping[Measure, Utilisation],
    context: Context,
    criteria: Criteria,
) -> Iterator[Finding]:
    if context.price(present.name, running.use) is None:
        yield _unmeasured(
            running, present, known, criteria, (f"no price of it is known for {running.use.component} there",)
        )
        return
    need = need_of(present, enough, context.settings.head_room)
    smaller = list(candidates(running.use, present, context))
    fitting = [each for each in smaller if not lacks(each, present, need)]
    if fitting:
        yield _oversized(running, present, fitting[0], enough, context, criteria)
        return
    missing = [lacks(each, present, need) for each in smaller]
    unmeasured = next((each for each in missing if all(why in UNMEASURED_WHY.values() for why in each)), None)
    if unmeasured is not None:
        yield _unmeasured(running, present, known, criteria, unmeasured)


def _oversized(
    running: Running,
    present: InstanceType,
    smaller: InstanceType,
    known: Mapping[Measure, Utilisation],
    context: Context,
    criteria: Criteria,
) -> Finding:
    use = running.use
    busy = known.get(Measure.ACCELERATORS if present.is_accelerated else Measure.PROCESSORS)
    mean = min(busy.mean / 100, 1.0) if busy else None
    now = _footprint(present, running, mean, context)
    then = _footprint(smaller, running, None if mean is None else _carried(mean, present, smaller), context)
    saved = saving(now, then)
    fewer = ""
    if present.accelerators and smaller.accelerators and smaller.accelerators.count < present.accelerators.count:
        fewer = f" The software must be told that there {_devices(smaller.accelerators.count)}."
    return _finding(
        running,
        OVERSIZED,
        f"{machine(present)}{_number(running)}. Used in the last {criteria.days} days: {_told(known)}. "
        f"{offered(smaller, present, use, context)} and holds that with {context.settings.head_room:.0%} to spare; it costs "
        f"{then.cost} against {now.cost}.{_monthly(saved, running)} Network and disk were not looked at.",
        severity=Severity.WARNING,
        suggestion=Suggestion(
            f"Use {smaller.name}, after a load test with the load that you still expect.{fewer}",
            instance_type=smaller.name,
            saves=saved,
        ),
        sources=(_SOURCE, context.offer(smaller.name, use).basis, *priced_by(then)),
    )


def _idle(running: Running, present: InstanceType, known: Utilisation, context: Context, criteria: Criteria) -> Finding:
    now = _footprint(present, running, min(known.mean / 100, 1.0), context)
    return _finding(
        running,
        IDLE,
        f"{machine(present)}{_number(running)}: in its busiest of {known.hours} hours its accelerators were {known.busiest:.1f}% busy, in "
        f"the last {criteria.days} days. It costs {now.cost}.{_monthly(now, running)}",
        severity=Severity.WARNING,
        suggestion=Suggestion("Delete it, or let it scale to zero when nothing asks for it.", saves=now),
        sources=(_SOURCE, *priced_by(now)),
    )


def _busiest_machine(running: Running, known: Utilisation) -> float:
    """How busy any one machine may have been in an hour, percent: where one metric is the mean of several, one may have done all."""
    told = sum(metric.measure is Measure.ACCELERATORS for metric in running.metrics)
    return known.busiest * (running.use.count.desired or 1) if told == 1 else known.busiest


def _unmeasured(
    running: Running,
    present: InstanceType,
    known: Mapping[Measure, Utilisation],
    criteria: Criteria,
    reasons: Iterable[str] = (),
) -> Finding:
    hours = {measure: each.hours for measure, each in known.items()}
    few = [f"{measure}: {count} h" for measure, count in hours.items() if count < criteria.minimum_hours]
    why = "; ".join(reasons) or ("too little is known" if few else "CloudWatch has no metric of it")
    told = f" ({', '.join(few)} of at least {criteria.minimum_hours})" if few else ""
    return _finding(
        running,
        UNMEASURED,
        f"{machine(present)}{_number(running)}: {why}{told}, in the last {criteria.days} days. That is unknown, not idle.",
        suggestion=Suggestion(
            "Publish what is missing (docs/publishers.md): the CloudWatch agent for memory, the metrics publisher for accelerators."
        ),
        sources=(_SOURCE,),
    )


def _footprint(kind: InstanceType, running: Running, utilisation: float | None, context: Context) -> Footprint:
    """An hour of one machine, as busy as it was; as busy as usual where that is not known."""
    use = running.use
    if utilisation is None:
        return context.footprint(kind.name, use)
    region = context.region_of(use)
    return hourly_footprint(kind.name, use.component, region, utilisation=utilisation, catalog=context.catalog)


def _carried(mean: float, present: InstanceType, smaller: InstanceType) -> float:
    """How busy the smaller type would be with the same work."""
    old, new = present.vcpus, smaller.vcpus
    if present.accelerators and smaller.accelerators:
        old, new = present.accelerators.count, smaller.accelerators.count
    return min(mean * old / new, 1.0) if old and new else mean


def _told(known: Mapping[Measure, Utilisation]) -> str:
    parts = []
    for measure, each in known.items():
        is_memory = measure in (Measure.MEMORY, Measure.ACCELERATOR_MEMORY)
        height = f"at most {each.peak:.0f}%" if is_memory else f"up to {each.high:.0f}% in 99 of 100 hours"
        parts.append(f"{measure} {height} ({each.hours} h known)")
    return "; ".join(parts)


def _monthly(saved: Footprint, running: Running) -> str:
    count = running.use.count.desired
    if saved.cost is None or not count:
        return ""
    return f" On all {count} that is {(saved.cost * count * HOURS_PER_MONTH).in_unit('USD a month', 1)}, on demand."


def _number(running: Running) -> str:
    count = running.use.count.desired
    return f", {count} of them" if count and count > 1 else ""


def _devices(count: int) -> str:
    return "is 1 device" if count == 1 else f"are {count} devices"


def _finding(
    running: Running,
    identity: str,
    message: str,
    *,
    severity: Severity = Severity.NOTE,
    suggestion: Suggestion | None = None,
    sources: tuple[str, ...] = (_SOURCE,),
) -> Finding:
    return Finding(
        rule=identity,
        title=TITLES[identity],
        severity=severity,
        evidence=Evidence.MEASURED,
        message=message,
        resource=running.use.resource,
        property_path=running.use.property_path,
        instance_type=running.use.instance_type,
        suggestion=suggestion,
        sources=sources,
    )
