"""The first screen: what stands open, and what to do first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lean_silicon.reports.html.figures import figure
from lean_silicon.reports.html.findings import place_of
from lean_silicon.reports.html.savings import Saving
from lean_silicon.reports.html.text import isolated, listed, plural, shown
from lean_silicon.rules import Severity, Verdict
from lean_silicon.templates import Resource

_FIRST = 5


def summary_section(verdict: Verdict) -> str:
    """A verdict in a sentence, and the counts."""
    counts = (
        (verdict.count(Severity.ERROR), "errors", "error"),
        (verdict.count(Severity.WARNING), "warnings", "warning"),
        (verdict.count(Severity.NOTE), "notes", "note"),
        (verdict.acknowledged, "accepted", "accepted"),
        (len(verdict.unreadable), "unreadable", "error"),
    )
    tiles = "".join(
        f'<div class="{kind if number else "none"}"><dt>{name}</dt><dd>{number:,}</dd></div>'
        for number, name, kind in counts
    )
    return (
        f'<section aria-labelledby="summary"><h2 id="summary" tabindex="-1">Summary</h2><p class="verdict">{_sentence(verdict)}</p>'
        f'<dl class="tiles">{tiles}</dl></section>'
    )


def _sentence(verdict: Verdict) -> str:
    worst = [plural(verdict.count(severity), severity.value) for severity in Severity if verdict.count(severity)]
    judged = listed(
        [
            plural(verdict.templates, "template"),
            plural(verdict.resources, "resource"),
            f"{plural(verdict.uses, 'use')} of silicon",
        ]
    )
    open_ones = (
        f"{listed(worst)} stand{'s' if worst[0].startswith('1 ') and len(worst) == 1 else ''} open"
        if worst
        else "Nothing stands open"
    )
    missing = (
        f" <strong>{plural(len(verdict.unreadable), 'input')} could not be read: what is in there is not judged.</strong>"
        if verdict.unreadable
        else ""
    )
    return f"{open_ones} in {judged}.{missing}"


def first_section(savings: Sequence[Saving]) -> str:
    """The largest savings, to begin with; nothing where none is known."""
    steps = "".join(_step(saving, at) for saving, at in _one_each(savings))
    if not steps:
        return ""
    return (
        '<section aria-labelledby="first"><h2 id="first" tabindex="-1">Do first</h2>'
        '<p class="lead">The largest likely savings in a month, one for each place. Each is of one fix; '
        "the leanest choice above may save more.</p>"
        f'<ol class="first">{steps}</ol></section>'
    )


def _one_each(savings: Sequence[Saving]) -> Iterator[tuple[Saving, int]]:
    """The largest saving of each place, with the position of its finding."""
    seen: set[Resource] = set()
    for at, saving in enumerate(savings, start=1):
        if len(seen) == _FIRST or saving.order[0] > 0:
            return
        resource = saving.finding.resource
        if resource not in seen:
            seen.add(resource)
            yield saving, at


def _step(saving: Saving, at: int) -> str:
    fix = saving.finding.suggestion
    return (
        f'<li><span class="worth">{figure(saving.cost)} a month</span> <a href="#finding-{at}">{isolated(place_of(saving.finding))}</a> '
        f'<span class="fix">{shown(saving.finding.rule)}: {isolated(fix.text if fix else "")}</span></li>'
    )
