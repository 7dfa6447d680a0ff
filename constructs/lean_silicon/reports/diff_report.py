"""What a change adds or saves, told as Markdown for a pull request, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lean_silicon.estimates import Change, Difference, Row
from lean_silicon.footprint.consumption import Total
from lean_silicon.harmless_text import markdown, printable, without_commands
from lean_silicon.quantity import Quantity
from lean_silicon.reports.estimate_report import plain_row, table_row
from lean_silicon.reports.quantities import kilograms, plain_all, short
from lean_silicon.reports.table import hanging, table
from lean_silicon.reports.terminal import Display

VERSION = 1
_HEADINGS = ("", "resource", "before", "after", "USD/month", "kWh/month", "kgCO2e/month")
_SIGNS = {"added": "+", "removed": "−", "changed": "~"}


def diff_markdown(difference: Difference) -> str:
    """A table of the changes, the sum first, for a pull request."""
    if not difference.changes:
        return f"**No change in silicon** ({difference.unchanged} places stay as they are)"
    rows = [table_row(_HEADINGS), table_row(["---"] * len(_HEADINGS))]
    rows += [table_row([sign, *map(markdown, cells)]) for sign, *cells in map(_cells, difference.changes)]
    lines = [
        f"**{_headline(difference.total())}**",
        "",
        *rows,
        "",
        *(f"- {markdown(line)}" for line in _notes(difference)),
    ]
    return "\n".join(lines)


def diff_text(difference: Difference, display: Display | None = None) -> str:
    """The same for a terminal."""
    display = display or Display()
    if not difference.changes:
        return f"no change in silicon ({difference.unchanged} places stay as they are)"
    palette, width = display.palette, display.table_width
    rows = table(_HEADINGS, map(_cells, difference.changes), width=width, palette=palette)
    notes = [line for note in _notes(difference) for line in hanging(printable(note), width)]
    lines = [palette.paint(_headline(difference.total()), "bold"), "", *rows, "", *notes]
    return without_commands("\n".join(lines))


def diff_json(difference: Difference, *, as_of: str) -> dict[str, Any]:
    """The difference as plain values. Keys are added, never renamed."""
    sums = difference.total()
    return {
        "version": VERSION,
        "catalog_as_of": as_of,
        "changes": [
            {
                "kind": change.kind,
                "before": plain_row(change.before) if change.before else None,
                "after": plain_row(change.after) if change.after else None,
                "adds": plain_all(change.adds.known()),
            }
            for change in difference.changes
        ],
        "unchanged": difference.unchanged,
        "total": {"adds": plain_all(sums.known.known()), "places": sums.parts, "unknown": dict(sums.unknown)},
    }


def _headline(sums: Total) -> str:
    cost, carbon = sums.known.cost, kilograms(sums.known.carbon)
    if cost is None:
        return "What the change costs is unknown"
    words = f"{_signed(cost)} a month"
    if carbon is not None:
        words += f", {_signed(carbon)} a month by location"
    unknown = sums.unknown.get("cost", 0)
    return f"{words}; {unknown} changes of unknown cost" if unknown else words


def _cells(change: Change) -> tuple[str, ...]:
    adds = change.adds
    return (
        _SIGNS[change.kind],
        change.row.place,
        _machines(change.before),
        _machines(change.after),
        _signed(adds.cost, unit=False),
        _signed(adds.energy, unit=False),
        _signed(kilograms(adds.carbon), unit=False),
    )


def _machines(row: Row | None) -> str:
    if row is None:
        return ""
    return f"{short(row.machines, unit=False)} × {row.label if row.unknown is None else 'unknown'}"


def _signed(quantity: Quantity | None, *, unit: bool = True) -> str:
    text = short(quantity, unit=unit)
    return f"+{text}" if quantity is not None and quantity.likely > 0 else text.replace("-", "−")


def _notes(difference: Difference) -> Iterator[str]:
    if difference.unchanged:
        yield f"{difference.unchanged} places stay as they are"
    for change in difference.changes:
        alternative = change.after.alternative if change.after else None
        if alternative is not None and alternative.saves.cost is not None:
            yield (
                f"{change.row.place}: {alternative.machines:g} × {alternative.instance_type} would save "
                f"{alternative.saves.cost} a month: {alternative.why}"
            )
    said = dict.fromkeys(said for change in difference.changes for said in change.row.assumptions)
    for each in list(said)[:6]:
        yield f"assumed: {each}"
