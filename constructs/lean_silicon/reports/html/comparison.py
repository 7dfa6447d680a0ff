"""What runs now against the leanest that still does: money, energy and carbon, in all, by stack and place by place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from lean_silicon.estimates import Estimate, Row
from lean_silicon.footprint.consumption import Consumption, Total, total
from lean_silicon.quantity import Quantity
from lean_silicon.reports.html.bands import Scale, bar
from lean_silicon.reports.html.facets import Facets
from lean_silicon.reports.html.figures import UNKNOWN, figure
from lean_silicon.reports.html.tables import table
from lean_silicon.reports.html.text import isolated, plural, shown
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
    stacks = sorted(estimate.stacks(), key=lambda stack: _saved_by(estimate, stack), reverse=True)
    if len(stacks) < 2:
        return ""
    sums = [
        (estimate.total(stack).known, estimate.leanest(stack).known, estimate.total(stack).unknown) for stack in stacks
    ]
    scales = _scales([used for now, lean, _ in sums for used in (now, lean)])
    rows = (
        f'<tr><th scope="row">{isolated(stack)}</th>{_cells(now, lean, scales, unknown)}</tr>'
        for stack, (now, lean, unknown) in zip(stacks, sums, strict=True)
    )
    caption = "Each stack, now and on the leanest machines, by what that likely saves"
    return table("stacks", caption, caption, _columns("Stack"), rows)


def _saved_by(estimate: Estimate, stack: str) -> float:
    now, lean = estimate.total(stack).known.cost, estimate.leanest(stack).known.cost
    return -1.0 if now is None or lean is None else now.likely - lean.likely


def machines_section(rows: Sequence[Row], facets: Sequence[Facets]) -> str:
    """Every place with machines, by what the leanest likely saves; nothing where there is none."""
    if not rows:
        return ""
    scales = _scales([used for row in rows for used in (row.monthly, row.leanest_monthly) if used is not None])
    drawn = (_row(row, own, scales) for row, own in zip(rows, facets, strict=True))
    caption = "Every place that runs machines, by what the leanest that still does likely saves"
    return (
        '<section aria-labelledby="machines"><h2 id="machines" tabindex="-1">Machines</h2>'
        f"{table('machines', 'Machines', caption, _columns('Place', 'Runs on'), drawn)}"
        '<p class="nothing" data-nothing="machines" hidden>No place matches the filters.</p></section>'
    )


def by_saving(row: Row) -> tuple[int, float]:
    """Sorts places by what their leanest alternative saves, then by what they cost; the unknown last."""
    if row.alternative is not None and row.alternative.saves.cost is not None:
        return 0, -row.alternative.saves.cost.likely
    cost = row.monthly.cost if row.monthly else None
    return (1, -cost.likely) if cost is not None else (2, 0.0)


def _row(row: Row, facets: Facets, scales: Sequence[Scale]) -> str:
    team = f"<br><small>team {isolated(facets.team)}</small>" if facets.team else ""
    place = f"{isolated(row.place)}<br><small>{isolated(facets.stack)}</small>{team}"
    return (
        f'<tr data-entry="machines"{facets.attributes()}><th scope="row">{place}</th>'
        f"<td>{_runs(row)}{_alternative(row)}</td>{_figures(row, scales)}</tr>"
    )


def _runs(row: Row) -> str:
    if row.unknown is not None:
        return f'<span class="unknown">unknown: {shown(row.unknown)}</span>'
    return f"{figure(row.machines, unit=False)} × <code>{shown(row.label)}</code>"


def _alternative(row: Row) -> str:
    found = row.alternative
    if found is None:
        return ""
    return (
        f'<p class="leaner">Leanest: <b>{found.machines:g} × <code>{shown(found.instance_type)}</code></b></p>'
        f"<details><summary>Why it does</summary>{isolated(found.why)}</details>"
    )


def _figures(row: Row, scales: Sequence[Scale]) -> str:
    """Of a month; of a training run where that is what is known; else what is known of an hour."""
    if row.monthly is not None:
        lean = row.leanest_monthly if row.alternative is not None and not row.run else None
        return _cells(row.monthly, lean, scales)
    if row.run is not None:
        lean = row.alternative.uses if row.alternative else None
        own = _scales([used for used in (row.run, lean) if used is not None])
        return _cells(row.run, lean, own, note="for the run")
    rates = (row.hourly.cost, row.hourly.power, row.hourly.carbon)
    return "".join(
        f"<td>{figure(rate)}{'' if rate is None else '<p class=unknown>a month is unknown</p>'}</td>" for rate in rates
    )


def _cells(
    now: Consumption,
    lean: Consumption | None,
    scales: Sequence[Scale],
    unknown: dict[str, int] | None = None,
    note: str = "",
) -> str:
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


def _scales(used: Sequence[Consumption]) -> list[Scale]:
    return [Scale.of(measure.of(each) for each in used) for measure in MEASURES]


def _columns(*first: str) -> list[str]:
    return [*first, *(f"{measure.title} <small>{measure.unit}/month</small>" for measure in MEASURES)]
