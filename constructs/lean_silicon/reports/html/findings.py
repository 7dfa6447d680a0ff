"""The findings that nobody has accepted, each with what it saves to mend it."""

from __future__ import annotations

from collections.abc import Sequence

from lean_silicon.footprint import Footprint
from lean_silicon.footprint.consumption import Consumption
from lean_silicon.quantity import Quantity
from lean_silicon.reports.html.facets import Facets
from lean_silicon.reports.html.figures import figure
from lean_silicon.reports.html.marks import severity_mark
from lean_silicon.reports.html.savings import Saving
from lean_silicon.reports.html.text import isolated, plural, shown
from lean_silicon.reports.quantities import kilograms
from lean_silicon.rules import Finding


def findings_section(savings: Sequence[Saving], facets: Sequence[Facets]) -> str:
    """All of them, the largest saving first."""
    entries = "".join(
        f'<li class="finding" id="finding-{at}" data-entry="finding" data-at="{at}"{own.attributes()}>{_entry(saving, own, at)}</li>'
        for at, (saving, own) in enumerate(zip(savings, facets, strict=True), start=1)
    )
    body = f'<ol class="findings" role="list">{entries}</ol>' if entries else "<p>No finding stands open.</p>"
    return (
        '<section aria-labelledby="findings"><h2 id="findings" tabindex="-1">Findings</h2>'
        '<p class="lead">Ordered by what the fix likely saves in money: by the month, then by the hour where the month is unknown, '
        "then what costs more. What is unknown stands last. Fixes of one place are alternatives: their savings do not add up.</p>"
        f'{body}<p class="nothing" data-nothing="finding" hidden>No finding matches the filters.</p></section>'
    )


def _entry(saving: Saving, facets: Facets, at: int) -> str:
    finding = saving.finding
    fix = f"<dt>Fix</dt><dd>{isolated(finding.suggestion.text)}</dd>" if finding.suggestion else ""
    return (
        f'<article aria-labelledby="title-{at}"><h3 id="title-{at}">{severity_mark(finding.severity)} '
        f'<a href="#rule-{shown(finding.rule)}">{shown(finding.rule)}</a> {isolated(finding.title)}</h3>'
        f'<div class="saving">{saving_of(saving)}</div><dl><dt>Where</dt><dd>{_where(finding)}</dd>'
        f"<dt>Why</dt><dd>{isolated(finding.message)}</dd>{fix}</dl>{_basis(finding, facets)}</article>"
    )


def _where(finding: Finding) -> str:
    value = f" = <b>{shown(finding.instance_type)}</b>" if finding.instance_type else ""
    at = f"<br><code>{shown(finding.property_path)}</code>{value}" if finding.property_path else ""
    return f"<b>{isolated(place_of(finding))}</b> <code>{shown(finding.resource.type)}</code>{at}"


def _basis(finding: Finding, facets: Facets) -> str:
    """Where it comes from, on a line, and what it rests on, folded away."""
    made = [isolated(finding.resource.template.path)]
    if finding.resource.created_at:
        made.append(f"made at {isolated(finding.resource.created_at)}")
    if facets.team:
        made.append(f"team {isolated(facets.team)}")
    made.append(f"evidence: {shown(finding.evidence.value.replace('-', ' '))}")
    sources = "".join(f"<li>{isolated(source)}</li>" for source in finding.sources)
    rests = (
        f"<details><summary>{plural(len(finding.sources), 'source')}</summary><ul>{sources}</ul></details>"
        if sources
        else ""
    )
    return f'<div class="from"><p>{" · ".join(made)}</p>{rests}</div>'


def place_of(finding: Finding) -> str:
    """Where a reader finds it: the construct's path, else the logical id."""
    return finding.resource.construct_path or finding.resource.logical_id


def saving_of(saving: Saving) -> str:
    """What it saves, as a list; a month of all machines, else an hour of one."""
    if saving.monthly is not None:
        return _amounts(saving.monthly, "in a month")
    if saving.hourly is not None:
        gap = f'<p class="unknown">A month is unknown: {shown(saving.why_no_month)}.</p>'
        return f"{_amounts(saving.hourly, 'in an hour of a machine')}{gap}"
    return '<p class="unknown">Saving unknown</p>'


def _amounts(saved: Consumption | Footprint, span: str) -> str:
    """Money first, even where it is unknown; where it costs more, every line says which way it goes."""
    others = (saved.energy, kilograms(saved.carbon)) if isinstance(saved, Consumption) else (saved.power, saved.carbon)
    dearer = saved.cost is not None and saved.cost.likely < 0
    less = " less" if dearer else ""
    lines = [_amount(saved.cost, less) if saved.cost is not None else '<li class="unknown">money: unknown</li>']
    lines += [_amount(quantity, less) for quantity in others if quantity is not None]
    return f'<p class="of">{"Costs more" if dearer else "Saves"} {span}</p><ul>{"".join(lines)}</ul>'


def _amount(quantity: Quantity, less: str) -> str:
    if quantity.likely < 0:
        return f'<li class="dearer">{figure(-1 * quantity)} <strong>more</strong></li>'
    return f"<li>{figure(quantity)}{less}</li>"
