"""What is on, how busy it is, what it costs and draws by the hour, and what idles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial, reduce

from aws_cdk import aws_cloudwatch as cloudwatch

from lean_silicon.monitoring.budget import Budgets
from lean_silicon.monitoring.curve import Band
from lean_silicon.monitoring.formula import Formula
from lean_silicon.monitoring.observation import Chart, Observation, Row
from lean_silicon.monitoring.observers.machines import COLORS
from lean_silicon.monitoring.sections.widgets import (
    COLUMNS,
    MOST_STATES,
    alarm_states,
    beside,
    graph,
    graphs,
    numbers,
    text,
)

BUSY_PERCENT = 30
"""The line below which accelerators count as underused."""
_TITLES = {
    "tokens": ("Tokens per Wh", "tokens/Wh", 1.0, "USD per million tokens", "USD", 1_000_000.0),
    "requests": ("Requests per Wh", "requests/Wh", 1.0, "USD per thousand requests", "USD", 1000.0),
}
_AMOUNTS = (("cost", "Money", "USD"), ("energy", "Energy", "kWh"), ("carbon", "Carbon", "gCO2e"))


def overview(
    observations: Sequence[Observation],
    alarms: Sequence[cloudwatch.IAlarm],
    budgets: Budgets,
    heading: str,
) -> Iterator[cloudwatch.IWidget]:
    """The first part of the dashboard, row by row."""
    yield text(heading)
    yield from _state(observations, alarms)
    yield from _use(observations)
    yield from _rates(observations, budgets)
    yield from _parts(observations, budgets)
    yield from _amounts(observations)
    yield from _by_the_piece(observations)


def totals(observations: Sequence[Observation], name: str) -> Band | None:
    """A rate summed up over everything that reports it."""
    return Band.total(band for each in observations if (band := each.rates.get(name)) is not None)


def _state(observations: Sequence[Observation], alarms: Sequence[cloudwatch.IAlarm]) -> Iterator[cloudwatch.IWidget]:
    counted = [Row(each.name, each.machines) for each in observations if each.machines is not None]
    parts = []
    if counted:
        parts.append(numbers("Machines that are on", counted, width=12 if alarms else 24, height=5))
    if alarms:
        parts.append(alarm_states("Alarms", alarms[:MOST_STATES], width=12 if counted else 24, height=5))
    if parts:
        yield beside(*parts)
    for first in range(MOST_STATES, len(alarms), MOST_STATES):
        yield alarm_states("More alarms", alarms[first : first + MOST_STATES], width=COLUMNS, height=5)


def _use(observations: Sequence[Observation]) -> Iterator[cloudwatch.IWidget]:
    busy = tuple(Row(each.name, each.utilisation) for each in observations if each.utilisation is not None)
    idle = tuple(Row(each.name, found) for each in observations if (found := each.idle_accelerators) is not None)
    parts = []
    if busy:
        chart = Chart("How busy", "%", busy, BUSY_PERCENT, "underused")
        parts.append(graph(chart, width=12 if idle else 24))
    if idle:
        parts.append(
            graph(
                Chart("Accelerators that are on and idle", "accelerators", idle), width=12 if busy else 24, stacked=True
            )
        )
    if parts:
        yield beside(*parts)


def _rates(observations: Sequence[Observation], budgets: Budgets) -> Iterator[cloudwatch.IWidget]:
    costs = tuple(
        Row(each.name, each.rates.cost.likely.filled()) for each in observations if each.rates.cost is not None
    )
    parts = []
    if costs:
        line = budgets.whole.usd_per_hour if budgets.whole else None
        parts.append(
            graph(Chart("Money by the hour, on demand", "USD/h", costs, line, "budget"), width=8, stacked=True)
        )
    for name, title, unit in (("power", "Power of what reports", "W"), ("carbon", "Carbon by the hour", "gCO2e/h")):
        band = totals(observations, name)
        if band is not None:
            line = budgets.whole.watts if budgets.whole and name == "power" else None
            parts.append(graph(Chart(title, unit, _band_rows(band), line, "budget"), width=8))
    if parts:
        yield beside(*parts)


def _parts(observations: Sequence[Observation], budgets: Budgets) -> Iterator[cloudwatch.IWidget]:
    """Each capability against its own budget."""
    charts = []
    for capability, budget in (budgets.parts or {}).items():
        own = [each for each in observations if each.capability is capability]
        for name, limit, unit in (("cost", budget.usd_per_hour, "USD/h"), ("power", budget.watts, "W")):
            band = totals(own, name)
            if limit is not None and band is not None:
                charts.append(Chart(f"{capability} against its budget", unit, _band_rows(band), limit, "budget"))
    yield from graphs(charts, most=4, height=5)


def _amounts(observations: Sequence[Observation]) -> Iterator[cloudwatch.IWidget]:
    """Sums over the range that is shown. The period of a metric tells how long it is."""
    clock = _clock(observations)
    if clock is None:
        return
    parts = []
    for name, title, unit in _AMOUNTS:
        band = totals(observations, name)
        if band is not None:
            summed = band.mapped(partial(_timed, clock=clock))
            parts.append(
                numbers(f"{title} in this range", _amount_rows(summed, unit), width=6, height=3, whole_range=True)
            )
    idle = [found.filled() for each in observations if (found := each.idle_accelerators) is not None]
    if idle:
        row = Row("accelerator-hours", _timed(reduce(Formula.__add__, idle), clock))
        parts.append(numbers("Idle accelerator-hours", [row], width=6, height=3, whole_range=True))
    if parts:
        yield beside(*parts)


def _by_the_piece(observations: Sequence[Observation]) -> Iterator[cloudwatch.IWidget]:
    for unit, (done_title, done_unit, done_factor, cost_title, cost_unit, cost_factor) in _TITLES.items():
        per_energy, per_piece = [], []
        for each in observations:
            if each.work is None or each.work.unit != unit:
                continue
            if each.rates.energy is not None:
                energy = each.rates.energy.likely.per_period(each.work.period_of)
                per_energy.append(Row(each.name, _ratio(each.work.done * done_factor, energy * 1000)))
            if each.rates.cost is not None:
                cost = each.rates.cost.likely.per_period(each.work.period_of)
                per_piece.append(Row(each.name, _ratio(cost * cost_factor, each.work.done)))
        charts = [
            Chart(title, axis, tuple(rows))
            for title, axis, rows in ((done_title, done_unit, per_energy), (cost_title, cost_unit, per_piece))
            if rows
        ]
        if charts:
            yield from graphs(charts, most=2, height=6)


def _ratio(above: Formula, below: Formula) -> Formula:
    """A quotient; CloudWatch has no data where it would divide by zero."""
    return above.joined("({}) / ({})", below)


def _timed(rate: Formula, clock: Formula) -> Formula:
    return rate.joined("({}) * PERIOD({}) / 3600", clock)


def _clock(observations: Sequence[Observation]) -> Formula | None:
    """Any metric that an alarm could watch too: it has a period, which a search has not."""
    for each in observations:
        for shown in (each.utilisation, each.machines, each.work.done if each.work else None):
            if shown is not None:
                for name, metric in shown.metrics.items():
                    return Formula.of(name, metric)
    return None


def _band_rows(band: Band) -> tuple[Row, ...]:
    if band.low.expression == band.high.expression:
        return (Row("list price", band.likely, COLORS["likely"]),)
    return tuple(Row(end, band.end(end), COLORS[end]) for end in ("high", "likely", "low"))


def _amount_rows(band: Band, unit: str) -> tuple[Row, ...]:
    if band.low.expression == band.high.expression:
        return (Row(unit, band.likely),)
    return tuple(Row(f"{unit}, {end}", band.end(end), COLORS[end]) for end in ("likely", "low", "high"))
