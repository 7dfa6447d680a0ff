"""What stands beside the machines in advice: Bedrock on demand, narrower formats, and what was assumed."""

from __future__ import annotations

from collections.abc import Sequence

from lean_silicon.footprint.advice import Advice, ManagedOption, Option
from lean_silicon.reports.advice_words import narrower_of, offer_of
from lean_silicon.reports.html.figures import UNKNOWN, figure
from lean_silicon.reports.html.tables import table
from lean_silicon.reports.html.text import isolated, shown


def managed_section(advice: Advice) -> str:
    """Bedrock on demand, cheapest first; nothing where it has no such model."""
    if not advice.managed:
        return ""
    names = (
        "Model",
        "USD a million tokens",
        "kWh a million tokens",
        "USD a month",
        "Cheaper than the leanest machines up to",
    )
    rows = (_managed_row(option, advice.leanest) for option in advice.managed)
    caption = "Energy is by measurements of other providers' models. Another model than the declared one has to be evaluated first."
    return (
        '<section aria-labelledby="bedrock"><h2 id="bedrock" tabindex="-1">Amazon Bedrock on demand</h2>'
        f"{table('managed', 'Amazon Bedrock on demand', caption, names, rows)}</section>"
    )


def _managed_row(option: ManagedOption, leanest: Option | None) -> str:
    even = option.breaks_even_at(leanest.spent.cost if leanest else None)
    other = "" if option.same_model else "<br><small>another model</small>"
    million = option.per_million_tokens
    monthly = figure(option.monthly.cost, unit=False) if option.monthly else "tokens of a day not declared"
    return (
        f'<tr><th scope="row">{shown(option.price.model_id)}<br><small>{shown(offer_of(option))}</small>{other}</th>'
        f"<td>{figure(million.cost, unit=False)}</td><td>{figure(million.energy, unit=False)}</td><td>{monthly}</td>"
        f"<td>{UNKNOWN if even is None else f'some {even:,.0f} tokens a day'}</td></tr>"
    )


def quantised_section(advice: Advice) -> str:
    """What narrower formats would change; nothing where there are none."""
    if not advice.quantised:
        return ""
    items = "".join(
        f"<li><b>{shown(str(each.precision))}</b>: {shown(narrower_of(each, advice.leanest))}</li>"
        for each in advice.quantised
    )
    return f'<section aria-labelledby="quantised"><h2 id="quantised" tabindex="-1">Quantised</h2><ul>{items}</ul></section>'


def assumed_section(assumptions: Sequence[str]) -> str:
    """What was assumed, one by one."""
    items = "".join(f"<li>{isolated(said)}</li>" for said in assumptions)
    return (
        f'<section aria-labelledby="assumed"><h2 id="assumed" tabindex="-1">Assumed</h2><ul>{items}</ul></section>'
        if items
        else ""
    )
