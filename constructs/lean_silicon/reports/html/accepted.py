"""Findings that somebody accepted: kept for audit, with the reason and when it expires."""

from __future__ import annotations

from collections.abc import Sequence

from lean_silicon.reports.html.facets import Facets
from lean_silicon.reports.html.findings import place_of
from lean_silicon.reports.html.marks import severity_mark
from lean_silicon.reports.html.tables import table
from lean_silicon.reports.html.text import isolated, shown
from lean_silicon.rules import Finding

_COLUMNS = ("Finding", "Where", "Reason", "Expires", "Accepted in")
_ORIGINS = {
    "metadata": "the template's metadata",
    "cdk": "the CDK app",
    "workload": "the workload's requirement",
    "baseline": "the baseline",
}


def accepted_section(findings: Sequence[Finding], facets: Sequence[Facets]) -> str:
    """A table of them; nothing where nothing is accepted."""
    if not findings:
        return ""
    rows = (_row(finding, own) for finding, own in zip(findings, facets, strict=True))
    caption = "Findings that do not count, since somebody accepted them with a reason"
    return (
        '<section aria-labelledby="accepted"><h2 id="accepted" tabindex="-1">Accepted</h2>'
        f"{table('accepted', 'Accepted findings', caption, _COLUMNS, rows)}"
        '<p class="nothing" data-nothing="accepted" hidden>No accepted finding matches the filters.</p></section>'
    )


def _row(finding: Finding, facets: Facets) -> str:
    reason = finding.acknowledged
    if reason is None:
        raise AssertionError("an accepted finding has an acknowledgment")
    origin = _ORIGINS.get(reason.origin, reason.origin)
    return (
        f'<tr data-entry="accepted"{facets.attributes()}><th scope="row">{severity_mark(finding.severity)} '
        f'<a href="#rule-{shown(finding.rule)}">{shown(finding.rule)}</a> {isolated(finding.title)}</th>'
        f"<td>{isolated(place_of(finding))}</td><td>{isolated(reason.reason)}</td>"
        f'<td class="date">{shown(reason.expires) if reason.expires else "never"}</td><td>{shown(origin)}</td></tr>'
    )
