"""The verdict in a line a finding, and nothing where nothing is open: what ``--quiet`` leaves of the text."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.harmless_text import printable, without_commands
from lean_silicon.reports.terminal import Palette
from lean_silicon.rules import Finding, Verdict


def brief_parts(verdict: Verdict, *, coloured: bool = False, show_acknowledged: bool = False) -> Iterator[str]:
    """The lines, each with its end but the last: what writes a report ends it."""
    between = ""
    for line in _lines(verdict, Palette(coloured), show_acknowledged=show_acknowledged):
        yield between + without_commands(line)
        between = "\n"


def _lines(verdict: Verdict, palette: Palette, *, show_acknowledged: bool) -> Iterator[str]:
    for finding in verdict.findings:
        if show_acknowledged or finding.acknowledged is None:
            yield _line(finding, palette)
    for bad in verdict.unreadable:
        yield f"{palette.paint('unreadable', 'error')} {printable(bad.path)}: {printable(bad.error)}"


def _line(finding: Finding, palette: Palette) -> str:
    resource = finding.resource
    severity = palette.paint(finding.severity.value, finding.severity.value)
    kind = f" ({finding.instance_type})" if finding.instance_type else ""
    accepted = f"; accepted: {finding.acknowledged.reason}" if finding.acknowledged else ""
    return f"{severity} {palette.paint(finding.rule, 'bold')} " + printable(
        f"{resource.construct_path or resource.logical_id} in {resource.template.path}: {finding.title}{kind}{accepted}"
    )
