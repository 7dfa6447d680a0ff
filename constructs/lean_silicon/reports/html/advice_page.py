"""``lean-silicon advise --format html``: which types hold a workload, in dollars against watts."""

from __future__ import annotations

from collections.abc import Sequence

from lean_silicon._version import __version__
from lean_silicon.catalog import Component
from lean_silicon.footprint.advice import Advice, Option
from lean_silicon.quantity import Quantity
from lean_silicon.reports.advice_words import (
    nothing_of,
    pace_of,
    span_of,
    subject,
    title_of,
    verdict_of,
)
from lean_silicon.reports.html.advice_beside import assumed_section, managed_section, quantised_section
from lean_silicon.reports.html.bands import Scale, bar
from lean_silicon.reports.html.figures import UNKNOWN, figure
from lean_silicon.reports.html.scatter import SHAPES, Axis, Point, scatter
from lean_silicon.reports.html.shell import page
from lean_silicon.reports.html.tables import table
from lean_silicon.reports.html.text import isolated, plural, shown
from lean_silicon.reports.quantities import kilograms

_KINDS = {"neuron": "AWS Neuron (Inferentia, Trainium)", "gpu": "GPU", "cpu": "processor alone, or another accelerator"}


def advice_page(advice: Advice, *, as_of: str, made: str) -> str:
    """The page.

    Parameters
    ----------
    advice
        What came of asking.
    as_of
        The date of the catalogue.
    made
        The day of the page, ISO 8601.
    """
    axes = _axes(advice.options)
    sections = (
        _summary(advice),
        *(
            _component(advice, component, axes)
            for component in dict.fromkeys(each.component for each in advice.options)
        ),
        managed_section(advice),
        quantised_section(advice),
        assumed_section(advice.assumptions),
    )
    title = f"{subject(advice.workload)} in {advice.region}"
    facts = (("Made on", made), ("Prices and catalogue of", as_of), ("lean-silicon", __version__))
    basis = "".join(f"<div><dt>{name}</dt><dd>{shown(value)}</dd></div>" for name, value in facts)
    header = (
        f'<div><h1>What to run it on</h1><p class="paths">{isolated(title)}</p></div><dl class="basis">{basis}</dl>'
    )
    return page(
        f"What to run it on: {title}", header, "\n".join(each for each in sections if each), after_skip="summary"
    )


def _summary(advice: Advice) -> str:
    needs = f"<p>Needs {figure(advice.needed)} of memory on one GPU.</p>" if advice.needed else ""
    left_out = (
        f"<p>{plural(advice.over_budget, 'option')} beyond the budget left out.</p>" if advice.over_budget else ""
    )
    verdict = verdict_of(advice) or nothing_of(advice)
    return (
        '<section aria-labelledby="summary"><h2 id="summary" tabindex="-1">Summary</h2>'
        f'<p class="verdict">{shown(verdict[:1].upper() + verdict[1:])}</p>{needs}{left_out}{_key() if advice.options else ""}</section>'
    )


def _key() -> str:
    items = "".join(
        f'<li><svg class="{kind}" viewBox="-8 -8 16 16" aria-hidden="true">{SHAPES[kind]}</svg>{name}</li>'
        for kind, name in _KINDS.items()
    )
    return (
        f'<ul class="key" aria-label="Shapes in the pictures">{items}</ul><p class="lead">Everything listed holds the workload in memory. '
        "Points stand at the likely values, lines span low to high, both axes are logarithmic and the same in every picture; "
        "the ring marks the leanest: the least energy among those that cost hardly more than the cheapest.</p>"
    )


def _axes(options: Sequence[Option]) -> tuple[Axis, Axis]:
    drawn = [pair for option in options if (pair := _place(option)) is not None]
    return Axis(across for across, _ in drawn), Axis(up for _, up in drawn)


def _place(option: Option) -> tuple[Quantity, Quantity] | None:
    cost, power = option.spent.cost, option.hourly.power
    return None if cost is None or power is None else (cost, power)


def _component(advice: Advice, component: Component, axes: tuple[Axis, Axis]) -> str:
    options = advice.of(component)
    key, title, span = component.value, title_of(component), span_of(options[0])
    points = [
        Point(at, option.label, kind_of(option), *pair, chosen=at == 1)
        for at, option in enumerate(options, start=1)
        if (pair := _place(option)) is not None
    ]
    missing = len(options) - len(points)
    gaps = (
        f'<p class="unknown">Not drawn, for lack of a price or of watts: {plural(missing, "option")}.</p>'
        if missing
        else ""
    )
    first = options[0]
    says = f"{plural(len(points), 'option')}; the leanest is {first.label}, {first.spent.cost or 'at an unknown price'} {span}"
    name = f"{title}: dollars against watts"
    drawn = scatter(points, *axes, units=(f"USD {span}", "W of all machines"), title=name, says=says)
    picture = f'<div class="wide" role="region" aria-label="{name}" tabindex="0">{drawn}</div>'
    return (
        f'<section aria-labelledby="{key}"><h2 id="{key}" tabindex="-1">{title} <small>{plural(len(options), "option")}</small></h2>'
        f"{picture if points else ''}{gaps}{_table(options, title, span)}</section>"
    )


def kind_of(option: Option) -> str:
    """By which silicon it computes: a key of `SHAPES`."""
    accelerators = option.instance_type.accelerators
    if accelerators is not None and accelerators.is_neuron:
        return "neuron"
    return "gpu" if accelerators is not None and accelerators.is_gpu else "cpu"


def _table(options: Sequence[Option], title: str, span: str) -> str:
    pace = "Answers" if options[0].speed else "Takes"
    names = ("#", "Runs on", "Memory, GiB", f"USD {span}", "W", f"kgCO2e {span}", pace, "Why")
    rows = (_row(option, at) for at, option in enumerate(options, start=1))
    return table(
        "options", f"{title}, every option", f"{title}: what holds the workload, the leanest first", names, rows
    )


def _row(option: Option, at: int) -> str:
    amounts = (option.spent.cost, option.hourly.power, kilograms(option.spent.carbon))
    cells = "".join(f"<td>{figure(amount, unit=False)}</td>" for amount in amounts)
    doubts = "".join(f"<li>{isolated(doubt)}</li>" for doubt in option.doubts)
    but = (
        f"<details><summary>{plural(len(option.doubts), 'doubt')}</summary><ul>{doubts}</ul></details>"
        if doubts
        else ""
    )
    mark = " <small>(leanest)</small>" if at == 1 else ""
    return (
        f'<tr{" class=chosen" if at == 1 else ""}><td class="rank">{at}</td><th scope="row">{shown(option.label)}{mark}<br>'
        f"<small>{shown(option.silicon)}</small></th><td>{_memory(option)}</td>{cells}<td>{_time(option)}</td>"
        f"<td>{isolated(option.because)}{but}</td></tr>"
    )


def _memory(option: Option) -> str:
    """What is needed as a bar that is full where nothing is left."""
    has = option.fit.available_gib
    devices = f" on {option.fit.devices} devices" if option.fit.devices > 1 else ""
    room = UNKNOWN if has is None else f"<b>{has:,.3g}</b>"
    filled = bar(option.fit.needed, Scale(has), "now") if has else ""
    return f"{filled}needs {figure(option.fit.needed, unit=False)}<br>has {room}{devices}"


def _time(option: Option) -> str:
    if option.run is not None:
        return f"{figure(option.run.hours)}, {figure(option.run.device_hours)}"
    return shown(pace_of(option)) or UNKNOWN
