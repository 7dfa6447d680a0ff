"""What entries are filtered by, and the form that does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lean_silicon.reports.html.text import cut, shown
from lean_silicon.rules import Finding, Severity
from lean_silicon.templates import Resource, Template
from lean_silicon.templates.tags import tag_of

_LONGEST = 200
"""Characters of a name to filter by."""


@dataclass(frozen=True)
class Facets:
    """What one entry is filtered by; rule and severity are empty for a machine, team is `None` without the tag."""

    stack: str
    team: str | None
    rule: str = ""
    severity: str = ""

    def attributes(self) -> str:
        """As attributes of the entry's element."""
        pairs = (("stack", self.stack), ("team", self.team), ("rule", self.rule), ("severity", self.severity))
        return "".join(f' data-{name}="{shown(value)}"' for name, value in pairs if value)


def facets_of(finding: Finding, team_tag: str) -> Facets:
    """Those of a finding."""
    resource = finding.resource
    return Facets(stack_of(resource.template), team_of(resource, team_tag), finding.rule, finding.severity.value)


def stack_of(template: Template) -> str:
    """The stack's name, of a nested one its construct's path, else the template's file."""
    return cut(template.stack or template.construct_path or template.path, _LONGEST)


def team_of(resource: Resource, team_tag: str) -> str | None:
    """The value of the team's tag."""
    team = tag_of(resource, team_tag)
    return cut(team, _LONGEST) if team else None


def form(found: Sequence[Facets], accepted: Sequence[Facets], machines: Sequence[Facets], team_tag: str) -> str:
    """The filters. They are hidden until the script that obeys them has started."""
    both = [*found, *accepted, *machines]
    severities = Counter(each.severity for each in found)
    without = '<option value="-">without the tag</option>' if any(each.team is None for each in both) else ""
    boxes = "".join(
        f'<label><input type="checkbox" name="severity" value="{each.value}" checked> {each.value}s '
        f'<span class="count">{severities.get(each.value, 0):,}</span></label>'
        for each in Severity
    )
    return (
        '<search class="filters" aria-label="Filter" hidden><form id="filters">'
        '<label class="words">Search <input type="search" name="words" autocomplete="off" spellcheck="false"></label>'
        f"{_select('Stack', 'stack', (each.stack for each in both))}{_select('Rule', 'rule', (each.rule for each in both))}"
        f"{_select(f'Team (tag {team_tag})', 'team', (each.team for each in both), without)}"
        '<label>Order <select name="order"><option value="saving">largest saving</option>'
        '<option value="severity">worst severity</option><option value="stack">stack</option></select></label>'
        f'<fieldset class="severities"><legend>Severity</legend>{boxes}</fieldset>'
        '<button type="reset">Clear</button></form>'
        '<p id="shown" role="status"></p></search>'
    )


def _select(label: str, name: str, values: Iterable[str | None], more: str = "") -> str:
    options = "".join(
        f'<option value="={shown(value)}">{shown(value)}</option>'
        for value in sorted({value for value in values if value})
    )
    return f'<label>{shown(label)} <select name="{name}"><option value="">all</option>{options}{more}</select></label>'
