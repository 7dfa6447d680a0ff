"""What to run a workload on, told to a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from lean_silicon.footprint.advice import Advice, ManagedOption, Option, Quantised
from lean_silicon.quantity import Quantity
from lean_silicon.reports.quantities import kilograms, short
from lean_silicon.reports.table import hanging
from lean_silicon.reports.terminal import Palette
from lean_silicon.sizing import Workload

_TITLES = {
    "ec2": "EC2",
    "sagemaker-hosting": "SageMaker endpoints",
    "sagemaker-training": "SageMaker training jobs",
    "sagemaker-hyperpod": "SageMaker HyperPod",
}


def advice_text(advice: Advice, *, limit: int = 3, width: int = 100, coloured: bool = False) -> str:
    """The advice for a person at a terminal: component by component, leanest first, with the reasons.

    Parameters
    ----------
    advice
        What came of asking.
    limit
        How many options of each component to show.
    width
        The columns to fill.
    coloured
        Whether to use ANSI colours.
    """
    palette = Palette(coloured)
    blocks = [_head(advice, palette, width)]
    for component in dict.fromkeys(option.component for option in advice.options):
        own = advice.of(component)
        lines = [palette.paint(_TITLES.get(component.value, component.value), "bold")]
        for option in own[:limit]:
            lines += _option(option, width)
        if len(own) > limit:
            lines.append(f"  and {len(own) - limit} more that hold it too (--limit {len(own)} shows them)")
        blocks.append("\n".join(lines))
    if not advice.options:
        blocks.append(_nothing(advice))
    if advice.managed:
        blocks.append("\n".join(_managed(advice, width)))
    if advice.quantised:
        blocks.append("\n".join(_quantised(advice.quantised, advice.leanest, width)))
    blocks.append("\n".join(_wrapped("assumed", "; ".join(advice.assumptions), width)))
    return "\n\n".join(blocks)


def _head(advice: Advice, palette: Palette, width: int) -> str:
    lines = [f"{subject(advice.workload)} in {advice.region}"]
    if advice.needed:
        lines.append(f"needs {advice.needed} on one GPU")
    if advice.over_budget:
        lines.append(f"{advice.over_budget} options cost more than the budget")
    verdict = [palette.paint(line, "good") for line in hanging(_verdict(advice), width)] if advice.leanest else []
    return "\n".join([*(line for each in lines for line in hanging(each, width)), *verdict])


def _verdict(advice: Advice) -> str:
    """The cheapest of all, where there is more than one kind to choose from."""
    leanest = advice.leanest
    if leanest is None:
        return ""
    span = "for the run" if leanest.run else "a month"
    own = f"{leanest.label} on {leanest.component}, {short(leanest.spent.cost)} {span}"
    managed = next((option for option in advice.managed if option.same_model and option.monthly), None)
    if managed is None or managed.monthly is None or managed.monthly.cost is None or leanest.spent.cost is None:
        return f"leanest: {own}"
    bedrock = f"{managed.price.model_id} on Bedrock, {short(managed.monthly.cost)} a month"
    if managed.monthly.cost.clearly_below(leanest.spent.cost):
        return f"leanest: {bedrock}; of machines of your own: {own}"
    return f"leanest: {own}; on Bedrock: {bedrock}"


def subject(workload: Workload) -> str:
    """The workload in a line: ``inference of llama-3.1-8b in bf16, 16 requests of 8,192 tokens``."""
    size = workload.model or f"{workload.parameters or 0:,} parameters"
    words = f"{workload.task} of {size}"
    if workload.precision:
        words += f" in {workload.precision}"
    if workload.task is not None and workload.task.trains:
        if workload.training_tokens:
            words += f" on {workload.training_tokens:,} tokens"
    elif workload.concurrency and workload.context_tokens:
        words += f", {workload.concurrency} requests of {workload.context_tokens:,} tokens"
    if workload.tokens_per_day:
        words += f", {workload.tokens_per_day:,} tokens a day"
    return words


def _option(option: Option, width: int) -> Iterator[str]:
    span = "for the run" if option.run else "a month"
    yield f"  {option.label}  ({option.silicon})"
    yield from _wrapped("costs", f"{short(option.spent.cost)} {span}", width)
    yield from _wrapped("emits", f"{_carbon(option)} {span}, drawing {short(option.hourly.power)}", width)
    if option.run is not None:
        yield from _wrapped("takes", f"{short(option.run.hours)}, {short(option.run.device_hours)}", width)
    if option.speed is not None:
        yield from _wrapped("answers", _pace(option), width)
    yield from _wrapped("why", option.because, width)
    for doubt in option.doubts:
        yield from _wrapped("but", doubt, width)


def _carbon(option: Option) -> str:
    located = short(kilograms(option.spent.carbon))
    market = option.spent.carbon_market_based
    return located if market is None else f"{located} by location, {short(kilograms(market))} market-based"


def _pace(option: Option) -> str:
    reached = option.speed
    if reached is None:
        return ""
    if reached.seconds_per_token is not None:
        time = f"{reached.seconds_per_token.in_unit('ms', 1000)} a token"
    else:
        time = f"{reached.seconds_to_answer.in_unit('ms', 1000)} an answer"
    million = option.per_million_tokens.cost if option.per_million_tokens else None
    busy = "" if option.busy is None else f", busy {option.busy:.0%} of the time"
    return f"{time}; {short(million)} a million tokens when always busy{busy}"


def _nothing(advice: Advice) -> str:
    if advice.over_budget:
        return "Nothing that holds it is within the budget: raise --budget, or narrow the precision, context or concurrency."
    return "No current type surely holds it there: narrow the precision, context or concurrency, or shard it."


def _managed(advice: Advice, width: int) -> Iterator[str]:
    yield "Amazon Bedrock on demand"
    for option in advice.managed:
        yield f"  {option.price.model_id}  {_through(option)}"
        monthly = "" if option.monthly is None else f"; {short(option.monthly.cost)} a month"
        yield from _wrapped("costs", f"{short(option.per_million_tokens.cost)} a million tokens{monthly}", width)
        energy = short(option.per_million_tokens.energy)
        yield from _wrapped("uses", f"{energy} a million tokens, by measurements of other providers' models", width)
        even = option.breaks_even_at(advice.leanest.spent.cost if advice.leanest else None)
        if even is not None and advice.leanest is not None:
            reason = f"cheaper than {advice.leanest.label} up to some {even:,.0f} tokens a day"
            yield from _wrapped(
                "why", reason if option.same_model else f"{reason}; another model: evaluate it first", width
            )


def _through(option: ManagedOption) -> str:
    price = option.price
    place = price.region or (f"profile {price.profile}" if price.profile else "list price")
    last = f", until {price.last_day}" if price.last_day else ""
    return f"({place}{last})"


def _quantised(quantised: Sequence[Quantised], leanest: Option | None, width: int) -> Iterator[str]:
    yield "Quantised"
    for narrower in quantised:
        yield from _wrapped(str(narrower.precision), _narrower(narrower, leanest), width)


def _narrower(narrower: Quantised, leanest: Option | None) -> str:
    needs = f"needs {narrower.needed}" if narrower.needed else "needs an unknown amount of memory"
    if narrower.leanest is None:
        return f"{needs}; no current type surely holds it there"
    where = f"{narrower.leanest.label} ({narrower.leanest.component})"
    if leanest is not None and leanest.label == narrower.leanest.label:
        return f"{needs}; {where} stays the leanest"
    return f"{needs}; {where} would do, {_saved(narrower.saves)}; evaluate the answers first"


def _saved(saves: Quantity | None) -> str:
    if saves is None:
        return "at an unknown difference"
    return f"saving {saves} a month" if saves.likely >= 0 else f"at {-1 * saves} a month more"


def _wrapped(label: str, text: str, width: int) -> Iterator[str]:
    lines = wrap(text, max(width - 12, 40), break_long_words=False, break_on_hyphens=False)
    for index, line in enumerate(lines):
        yield f"    {label if index == 0 else '':<8}{line}"
