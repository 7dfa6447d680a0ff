"""What runs now against the leanest that still does: money, energy and carbon, in all and by stack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from lean_silicon.estimates import Estimate
from lean_silicon.footprint.consumption import Consumption, Total, total
from lean_silicon.quantity import Quantity
from lean_silicon.reports.html.bands import Scale, bar
from lean_silicon.reports.html.figures import UNKNOWN, figure
from lean_silicon.reports.html.tables import table
from lean_silicon.reports.html.text import isolated, plural
from lean_silicon.reports.quantities import kilograms


class Measure(NamedTuple):
    """One of three, as it is shown."""

    title: str
    unit: str
    name: str
    of: Callable[[Consumption], Quantity | None]


MEASURES = (
    Measure("Money", "USD", "cost", lambda used: used.cost),
    Measure("Energy", "kWh", "energy", lambda used: used.energy),
    Measure("Carbon", "kgCO2e", "carbon", lambda used: kilograms(used.carbon)),
)


def comparison_section(estimate: Estimate) -> str:
    """The sums; nothing where nothing runs."""
    if not estimate.rows:
        return ""
    now, lean = estimate.total(), estimate.leanest()
    saved = total(row.alternative.saves for row in estimate.rows if row.alternative and not row.run)
    cards = "".join(_card(measure, now, lean, saved) for measure in MEASURES)
    return (
        '<section aria-labelledby="comparison"><h2 id="comparison" tabindex="-1">A month now, against the leanest that still does</h2>'
        f'<div class="cards">{cards}</div>'
        '<p class="lead">Bars end at the likely value; the line across spans low to high, with an arrow where it reaches beyond the scale. '
        "Carbon is location-based and operational. What is unknown is counted, never added as zero."
        f"{_left_out(estimate)}</p>{_by_stack(estimate)}</section>"
    )


def _card(measure: Measure, now: Total, lean: Total, saved: Total) -> str:
    before, after, less = measure.of(now.known), measure.of(lean.known), measure.of(saved.known)
    scale = Scale.of((before, after))
    unknown = now.unknown.get(measure.name, 0)
    gaps = f'<p class="unknown">plus {plural(unknown, "place")} of {now.parts:,} unknown</p>' if unknown else ""
    if less is None:
        verdict = "<p>No leaner choice is known.</p>"
    elif less.likely >= 0:
        verdict = f"<p>likely saves {figure(less)}</p>"
    else:
        verdict = f"<p>the leanest in money uses {figure(-1 * less)} more</p>"
    return (
        f'<div class="card"><h3>{measure.title} <small>{measure.unit} a month</small></h3>'
        f"<dl>{_line('Now', before, scale, 'now')}{_line('Leanest', after, scale, 'lean')}</dl>{verdict}{gaps}</div>"
    )


def _line(label: str, quantity: Quantity | None, scale: Scale, kind: str) -> str:
    return f"<dt>{label}</dt><dd>{bar(quantity, scale, kind)}{figure(quantity, unit=False)}</dd>"


def _left_out(estimate: Estimate) -> str:
    said = ""
    if estimate.without_type:
        said += f" Not estimated: {plural(estimate.without_type, 'use')} of silicon without a machine (Lambda, Fargate and the like)."
    if estimate.definitions:
        said += f" Not estimated: {plural(estimate.definitions, 'launch template')} or configurations, which run nothing by themselves."
    return said


def _by_stack(estimate: Estimate) -> str:
    sums = [(stack, estimate.total(stack), estimate.leanest(stack)) for stack in estimate.stacks()]
    if len(sums) < 2:
        return ""
    sums.sort(key=lambda each: _saved(each[1], each[2]), reverse=True)
    scales = scales_of([each.known for _, now, lean in sums for each in (now, lean)])
    rows = (
        f'<tr><th scope="row">{isolated(stack)}</th>{cells(now.known, lean.known, scales, now.unknown)}</tr>'
        for stack, now, lean in sums
    )
    caption = "Each stack, now and on the leanest machines, by what that likely saves"
    return table("stacks", caption, caption, columns("Stack"), rows)


def _saved(now: Total, lean: Total) -> float:
    before, after = now.known.cost, lean.known.cost
    return -1.0 if before is None or after is None else before.likely - after.likely


def cells(
    now: Consumption,
    lean: Consumption | None,
    scales: Sequence[Scale],
    unknown: dict[str, int] | None = None,
    note: str = "",
) -> str:
    """The cells of the measures, now and, where there is such a choice, on the leanest; with how many places lack them."""
    return "".join(
        f"<td>{_pair(measure.of(now), None if lean is None else measure.of(lean), scale, lean is not None)}"
        f"{_gap((unknown or {}).get(measure.name, 0), beside=measure.of(now) is not None)}{f'<small>{note}</small>' if note else ''}</td>"
        for measure, scale in zip(MEASURES, scales, strict=True)
    )


def _pair(now: Quantity | None, lean: Quantity | None, scale: Scale, compared: bool) -> str:
    if now is None and lean is None:
        return UNKNOWN
    lines = [("now", now)] + ([("lean", lean)] if compared else [])
    return "".join(
        f'<div class="line"><span class="which">{"now" if kind == "now" else "leanest"}</span>{bar(quantity, scale, kind)}'
        f"{UNKNOWN if quantity is None else figure(quantity, unit=False)}</div>"
        for kind, quantity in lines
    )


def _gap(unknown: int, *, beside: bool) -> str:
    if not unknown:
        return ""
    return (
        f'<p class="unknown">{"plus " if beside else "in "}{plural(unknown, "place")}{" unknown" if beside else ""}</p>'
    )


def scales_of(used: Sequence[Consumption]) -> list[Scale]:
    """One scale for each of the measures."""
    return [Scale.of(measure.of(each) for each in used) for measure in MEASURES]


def columns(*first: str) -> list[str]:
    """The headings of a table that ends with the measures."""
    return [*first, *(f"{measure.title} <small>{measure.unit}/month</small>" for measure in MEASURES)]
