"""What an app's silicon costs, told as text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lean_silicon.estimates import Estimate, Row
from lean_silicon.footprint.consumption import Total
from lean_silicon.harmless_text import markdown, printable, without_commands
from lean_silicon.quantity import Quantity
from lean_silicon.reports.quantities import kilograms, plain, plain_all, short
from lean_silicon.reports.table import hanging, table
from lean_silicon.reports.terminal import Display
from lean_silicon.templates import Unreadable

VERSION = 1
_HEADINGS = ("resource", "runs on", "machines", "USD/month", "W", "kgCO2e/month", "leanest that still does")
_MOST_NOTES = 12


def estimate_text(estimate: Estimate, unreadable: Sequence[Unreadable] = (), display: Display | None = None) -> str:
    """A table per stack with its total, the grand total, what to do first, and what was assumed or is unknown."""
    display = display or Display()
    palette, blocks = display.palette, []
    for stack in estimate.stacks():
        rows = [*(_cells(row) for row in estimate.of(stack)), _total_cells(estimate.total(stack))]
        lines = table(_HEADINGS, rows, width=display.table_width, indent="  ", palette=palette, total=True)
        blocks.append("\n".join([palette.paint(printable(stack), "bold"), *lines]))
    said = (line for each in _summary(estimate, unreadable) for line in hanging(each, display.table_width))
    blocks.append("\n".join(said))
    return without_commands("\n\n".join(blocks))


def estimate_markdown(estimate: Estimate, unreadable: Sequence[Unreadable] = ()) -> str:
    """The same as Markdown."""
    blocks = []
    for stack in estimate.stacks():
        rows = [*(_cells(row) for row in estimate.of(stack)), _total_cells(estimate.total(stack))]
        lines = [f"### {markdown(stack)}", "", table_row(_HEADINGS), table_row(["---"] * len(_HEADINGS))]
        blocks.append("\n".join([*lines, *(table_row([markdown(cell) for cell in row]) for row in rows)]))
    blocks.append("\n".join(f"- {markdown(line.strip())}" for line in _summary(estimate, unreadable)))
    return "\n\n".join(blocks)


def table_row(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def _cells(row: Row) -> tuple[str, ...]:
    monthly = row.monthly
    return (
        printable(row.place),
        printable(row.label if row.unknown is None else f"unknown: {row.unknown}"),
        short(row.machines, unit=False),
        short(monthly.cost if monthly else None, unit=False),
        short(row.hourly.power, unit=False),
        short(kilograms(monthly.carbon) if monthly else None, unit=False),
        _alternative(row),
    )


def _alternative(row: Row) -> str:
    if row.alternative is None:
        return ""
    saves = row.alternative.saves.cost
    span = "run" if row.run else "month"
    return f"{row.alternative.machines:g} × {row.alternative.instance_type}, saves {short(saves)} a {span}"


def _total_cells(sums: Total) -> tuple[str, ...]:
    return (
        "total",
        "",
        "",
        _sum(sums, "cost", sums.known.cost),
        "",
        _sum(sums, "carbon", kilograms(sums.known.carbon)),
        "",
    )


def _sum(sums: Total, name: str, quantity: Quantity | None) -> str:
    unknown = sums.unknown.get(name, 0)
    lacks = f" + {unknown} unknown" if unknown else ""
    return f"{short(quantity, unit=False)}{lacks}" if quantity else f"{unknown} unknown"


def _summary(estimate: Estimate, unreadable: Sequence[Unreadable]) -> Iterator[str]:
    sums = estimate.total()
    known = sums.known
    yield f"total a month: {_sum(sums, 'cost', known.cost)} USD; {_sum(sums, 'energy', known.energy)} kWh"
    yield (
        f"carbon a month: {_sum(sums, 'carbon', kilograms(known.carbon))} kgCO2e by location, "
        f"{_sum(sums, 'carbon_market_based', kilograms(known.carbon_market_based))} market-based, "
        f"{_sum(sums, 'embodied', kilograms(known.embodied))} embodied"
    )
    yield f"water a month: {_sum(sums, 'water', known.water)} L on site"
    yield from _first(estimate)
    if estimate.without_type:
        yield f"not estimated: {estimate.without_type} uses that name no machine (Lambda, Fargate and the like)"
    if estimate.definitions:
        yield f"not estimated: {estimate.definitions} launch templates or configurations, which run nothing by themselves"
    for bad in unreadable:
        yield f"unreadable: {printable(bad.path)}: {printable(bad.error)}"
    yield from _notes(estimate)


def _first(estimate: Estimate) -> Iterator[str]:
    """The alternative that likely saves most."""
    saving = [
        (saves.likely, row)
        for row in estimate.rows
        if row.alternative and (saves := row.alternative.saves.cost) is not None and saves.likely > 0
    ]
    if saving:
        _, most = max(saving, key=lambda pair: pair[0])
        yield f"saves most: {printable(most.place)} ({printable(most.stack)}): {_alternative(most)}"


def _notes(estimate: Estimate) -> Iterator[str]:
    """What was assumed, once each, with how many places it concerns."""
    counts: dict[str, int] = {}
    for row in estimate.rows:
        for said in row.assumptions:
            counts[said] = counts.get(said, 0) + 1
    ranked = sorted(counts.items(), key=lambda pair: -pair[1])
    for said, count in ranked[:_MOST_NOTES]:
        yield f"assumed for {count}: {printable(said)}"
    if len(ranked) > _MOST_NOTES:
        yield f"and {len(ranked) - _MOST_NOTES} more assumptions (--format json lists them)"


def estimate_json(estimate: Estimate, unreadable: Sequence[Unreadable] = (), *, as_of: str) -> dict[str, Any]:
    """The estimate as plain values. Keys are added, never renamed."""
    return {
        "version": VERSION,
        "catalog_as_of": as_of,
        "rows": [plain_row(row) for row in estimate.rows],
        "stacks": {stack: _plain_total(estimate.total(stack)) for stack in estimate.stacks()},
        "total": _plain_total(estimate.total()),
        "without_type": estimate.without_type,
        "definitions": estimate.definitions,
        "unreadable": [{"path": bad.path, "error": bad.error} for bad in unreadable],
    }


def plain_row(row: Row) -> dict[str, Any]:
    """One place as plain values."""
    alternative = row.alternative
    return {
        "stack": row.stack,
        "logical_id": row.use.resource.logical_id,
        "type": row.use.resource.type,
        "construct_path": row.use.resource.construct_path,
        "template": row.use.resource.template.path,
        "property_path": row.use.property_path,
        "component": row.component.value,
        "region": row.use.region,
        "instance_types": list(row.instance_types),
        "machines": plain(row.machines),
        "hourly": plain_all(row.hourly.known()),
        "monthly": plain_all(row.monthly.known()) if row.monthly else None,
        "run": plain_all(row.run.known()) if row.run else None,
        "alternative": {
            "instance_type": alternative.instance_type,
            "machines": alternative.machines,
            "saves": plain_all(alternative.saves.known()),
            "why": alternative.why,
        }
        if alternative
        else None,
        "assumptions": list(row.assumptions),
        "unknown": row.unknown,
    }


def _plain_total(sums: Total) -> dict[str, Any]:
    return {"known": plain_all(sums.known.known()), "places": sums.parts, "unknown": dict(sums.unknown)}
