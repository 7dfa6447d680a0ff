"""The findings that nobody has accepted, each with what it saves to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lean_silicon.footprint import Footprint
from lean_silicon.footprint.consumption import Consumption
from lean_silicon.quantity import Quantity
from lean_silicon.reports.html.facets import Facets
from lean_silicon.reports.html.figures import figure
from lean_silicon.reports.html.marks import severity_mark
from lean_silicon.reports.html.savings import Saving
from lean_silicon.reports.html.text import isolated, shown
from lean_silicon.reports.quantities import kilograms
from lean_silicon.rules import Finding


def findings_section(savings: Sequence[Saving], facets: Sequence[Facets]) -> str:
    """All of them, the largest saving first."""
    entries = "".join(
        f'<li class="finding" id="finding-{at}" data-entry="finding" data-at="{at}"{own.attributes()}>{_entry(saving, own, at)}</li>'
        for at, (saving, own) in enumerate(zip(savings, facets, strict=True), start=1)
    )
    body = f'<ol class="findings">{entries}</ol>' if entries else "<p>No finding stands open.</p>"
    return (
        '<section aria-labelledby="findings"><h2 id="findings" tabindex="-1">Findings</h2>'
        '<p class="lead">Ordered by what the fix likely saves in money: by the month, then by the hour where the month is unknown, '
        "then what costs more. What is unknown stands last. Fixes of one place are alternatives: their savings do not add up.</p>"
        f'{body}<p class="nothing" data-nothing="finding" hidden>No finding matches the filters.</p></section>'
    )


def _entry(saving: Saving, facets: Facets, at: int) -> str:
    finding = saving.finding
    details = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in _details(finding, facets))
    sources = "".join(f"<li>{isolated(source)}</li>" for source in finding.sources)
    basis = f"<details><summary>Sources</summary><ul>{sources}</ul></details>" if sources else ""
    return (
        f'<article aria-labelledby="title-{at}"><h3 id="title-{at}">{severity_mark(finding.severity)} '
        f'<a href="#rule-{shown(finding.rule)}">{shown(finding.rule)}</a> {isolated(finding.title)}</h3>'
        f'<div class="saving">{saving_of(saving)}</div><dl>{details}</dl>{basis}</article>'
    )


def _details(finding: Finding, facets: Facets) -> Iterator[tuple[str, str]]:
    resource = finding.resource
    yield "Where", f"{isolated(place_of(finding))} <code>{shown(resource.type)}</code>"
    value = f" = <b>{shown(finding.instance_type)}</b>" if finding.instance_type else ""
    if finding.property_path:
        yield "Property", f"<code>{shown(finding.property_path)}</code>{value}"
    yield "Template", isolated(resource.template.path)
    if resource.created_at:
        yield "Made at", f"<code>{shown(resource.created_at)}</code>"
    if facets.team:
        yield "Team", isolated(facets.team)
    yield "Why", isolated(finding.message)
    if finding.suggestion:
        yield "Fix", isolated(finding.suggestion.text)
    yield "Known by", shown(finding.evidence.value.replace("-", " "))


def place_of(finding: Finding) -> str:
    """Where a reader finds it: the construct's path, else the logical id."""
    return finding.resource.construct_path or finding.resource.logical_id


def saving_of(saving: Saving) -> str:
    """What it saves, as a list; a month of all machines, else an hour of one."""
    if saving.monthly is not None:
        return _amounts(saving.monthly, "a month")
    if saving.hourly is not None:
        return f'{_amounts(saving.hourly, "a machine")}<p class="unknown">A month is unknown: {shown(saving.why_no_month)}.</p>'
    return '<p class="unknown">Saving unknown</p>'


def _amounts(saved: Consumption | Footprint, span: str) -> str:
    """Money first, even where it is unknown."""
    others = (saved.energy, kilograms(saved.carbon)) if isinstance(saved, Consumption) else (saved.power, saved.carbon)
    lines = [_amount(saved.cost, span) if saved.cost is not None else '<li class="unknown">money: unknown</li>']
    lines += [_amount(quantity, span) for quantity in others if quantity is not None]
    return f"<ul>{''.join(lines)}</ul>"


def _amount(quantity: Quantity, span: str) -> str:
    if quantity.likely < 0:
        return f'<li class="dearer">costs {figure(-1 * quantity)} {span} more</li>'
    return f"<li>saves {figure(quantity)} {span}</li>"
