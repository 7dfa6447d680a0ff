"""``lean-silicon report``: verdict and estimate as one page, for who decides and for who mends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lean_silicon.estimates import Estimate
from lean_silicon.reports.html.accepted import accepted_section
from lean_silicon.reports.html.comparison import comparison_section
from lean_silicon.reports.html.facets import Facets, facets_of, form, stack_of, team_of
from lean_silicon.reports.html.findings import findings_section
from lean_silicon.reports.html.machines import by_saving, machines_section
from lean_silicon.reports.html.rule_pages import rules_section
from lean_silicon.reports.html.savings import savings_of
from lean_silicon.reports.html.shell import page
from lean_silicon.reports.html.summary import first_section, summary_section
from lean_silicon.reports.html.text import isolated, plural, shown
from lean_silicon.reports.html.unread import skipped_section, unread_section
from lean_silicon.rules import Verdict

_PATHS = 6


@dataclass(frozen=True)
class Basis:
    """What a report rests on.

    Parameters
    ----------
    paths
        What was judged, as the user named it.
    made
        The day, ISO 8601.
    version
        Of lean-silicon.
    catalog_as_of
        The date of the catalogue and its prices.
    account_as_of
        What the user's own account said instead, and when: sentences' ends.
    policy
        By whose name it was judged.
    team_tag
        The key of the tag that names the team.
    """

    paths: tuple[str, ...]
    made: str
    version: str
    catalog_as_of: str
    policy: str
    account_as_of: tuple[str, ...] = ()
    team_tag: str = "team"


def report_page(verdict: Verdict, estimate: Estimate, basis: Basis) -> str:
    """The page. It holds everything it shows, and every text of a template as text."""
    savings = savings_of((finding for finding in verdict.findings if finding.acknowledged is None), estimate)
    accepted = [finding for finding in verdict.findings if finding.acknowledged is not None]
    rows = sorted(estimate.rows, key=by_saving)
    found = [facets_of(saving.finding, basis.team_tag) for saving in savings]
    known = [facets_of(finding, basis.team_tag) for finding in accepted]
    running = [Facets(stack_of(row.use.resource.template), team_of(row.use.resource, basis.team_tag)) for row in rows]
    sections = (
        summary_section(verdict),
        unread_section(verdict),
        comparison_section(estimate),
        first_section(savings),
        form(found, known, running, basis.team_tag) if found or known or running else "",
        findings_section(savings, found),
        accepted_section(accepted, known),
        machines_section(rows, running),
        _assumptions(estimate),
        skipped_section(verdict),
        rules_section(finding.rule for finding in verdict.findings),
    )
    title = f"Silicon report: {', '.join(basis.paths[:_PATHS])}"
    return page(title, _header(basis), "\n".join(section for section in sections if section), after_skip="summary")


def _header(basis: Basis) -> str:
    paths = [isolated(path) for path in basis.paths[:_PATHS]]
    more = f" and {len(basis.paths) - _PATHS} more" if len(basis.paths) > _PATHS else ""
    prices = "; ".join((basis.catalog_as_of, *basis.account_as_of))
    facts = (
        ("Made on", basis.made),
        ("Prices and catalogue of", prices),
        ("Policy", basis.policy),
        ("lean-silicon", basis.version),
    )
    listed = "".join(f"<div><dt>{name}</dt><dd>{shown(value)}</dd></div>" for name, value in facts)
    return f'<div><h1>Silicon report</h1><p class="paths">{", ".join(paths)}{more}</p></div><dl class="basis">{listed}</dl>'


def _assumptions(estimate: Estimate) -> str:
    """Each once, with how many places it concerns."""
    counts: Counter[str] = Counter(said for row in estimate.rows for said in row.assumptions)
    if not counts:
        return ""
    return (
        '<section aria-labelledby="assumed"><h2 id="assumed" tabindex="-1">Assumed</h2>'
        f"<details><summary>{plural(len(counts), 'assumption')} behind the figures</summary>"
        f'<ul class="assumed">{_ranked(counts.most_common())}</ul></details></section>'
    )


def _ranked(counts: Sequence[tuple[str, int]]) -> str:
    return "".join(f"<li>{isolated(said)} <small>({plural(count, 'place')})</small></li>" for said, count in counts)
