"""Every place that runs machines: what it is, what it uses now, and the leanest that still does."""

from __future__ import annotations

from collections.abc import Sequence

from lean_silicon.estimates import Row
from lean_silicon.reports.html.bands import Scale
from lean_silicon.reports.html.comparison import cells, columns, scales_of
from lean_silicon.reports.html.facets import Facets
from lean_silicon.reports.html.figures import figure
from lean_silicon.reports.html.tables import table
from lean_silicon.reports.html.text import isolated, shown


def machines_section(rows: Sequence[Row], facets: Sequence[Facets]) -> str:
    """Every place with machines, by what the leanest likely saves; nothing where there is none."""
    if not rows:
        return ""
    scales = scales_of([used for row in rows for used in (row.monthly, row.leanest_monthly) if used is not None])
    drawn = (_row(row, own, scales) for row, own in zip(rows, facets, strict=True))
    caption = "Every place that runs machines, by what the leanest that still does likely saves"
    return (
        '<section aria-labelledby="machines"><h2 id="machines" tabindex="-1">Machines</h2>'
        f"{table('machines', 'Machines', caption, columns('Place', 'Runs on'), drawn)}"
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
        return cells(row.monthly, lean, scales)
    if row.run is not None:
        lean = row.alternative.uses if row.alternative else None
        own = scales_of([used for used in (row.run, lean) if used is not None])
        return cells(row.run, lean, own, note="for the run")
    rates = (row.hourly.cost, row.hourly.power, row.hourly.carbon)
    return "".join(
        f"<td>{figure(rate)}{'' if rate is None else '<p class=unknown>a month is unknown</p>'}</td>" for rate in rates
    )
