"""What to run a workload on, told to a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from lean_silicon.footprint.advice import Advice, Option, Quantised
from lean_silicon.reports.advice_words import (
    narrower_of,
    nothing_of,
    offer_of,
    pace_of,
    span_of,
    subject,
    title_of,
    verdict_of,
)
from lean_silicon.reports.quantities import kilograms, short
from lean_silicon.reports.table import hanging
from lean_silicon.reports.terminal import Palette


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
        lines = [palette.paint(title_of(component), "bold")]
        for option in own[:limit]:
            lines += _option(option, width)
        if len(own) > limit:
            lines.append(f"  and {len(own) - limit} more that hold it too (--limit {len(own)} shows them)")
        blocks.append("\n".join(lines))
    if not advice.options:
        blocks.append(nothing_of(advice))
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
    verdict = [palette.paint(line, "good") for line in hanging(verdict_of(advice), width)] if advice.leanest else []
    return "\n".join([*(line for each in lines for line in hanging(each, width)), *verdict])


def _option(option: Option, width: int) -> Iterator[str]:
    span = span_of(option)
    yield f"  {option.label}  ({option.silicon})"
    yield from _wrapped("costs", f"{short(option.spent.cost)} {span}", width)
    yield from _wrapped("emits", f"{_carbon(option)} {span}, drawing {short(option.hourly.power)}", width)
    if option.run is not None:
        yield from _wrapped("takes", f"{short(option.run.hours)}, {short(option.run.device_hours)}", width)
    if option.speed is not None:
        yield from _wrapped("answers", pace_of(option), width)
    yield from _wrapped("why", option.because, width)
    for doubt in option.doubts:
        yield from _wrapped("but", doubt, width)


def _carbon(option: Option) -> str:
    located = short(kilograms(option.spent.carbon))
    market = option.spent.carbon_market_based
    return located if market is None else f"{located} by location, {short(kilograms(market))} market-based"


def _managed(advice: Advice, width: int) -> Iterator[str]:
    yield "Amazon Bedrock on demand"
    for option in advice.managed:
        yield f"  {option.price.model_id}  ({offer_of(option)})"
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


def _quantised(quantised: Sequence[Quantised], leanest: Option | None, width: int) -> Iterator[str]:
    yield "Quantised"
    for narrower in quantised:
        yield from _wrapped(str(narrower.precision), narrower_of(narrower, leanest), width)


def _wrapped(label: str, text: str, width: int) -> Iterator[str]:
    lines = wrap(text, max(width - 12, 40), break_long_words=False, break_on_hyphens=False)
    for index, line in enumerate(lines):
        yield f"    {label if index == 0 else '':<8}{line}"
