"""The verdict as Markdown, for a comment on a pull request."""

from __future__ import annotations

import re

from lean_silicon.reports.text_report import savings
from lean_silicon.rules import Finding, Severity, Verdict

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~@&])")
_MOST = 200


def markdown_report(verdict: Verdict) -> str:
    """A heading with the counts, and a table of the findings that count; accepted ones are counted."""
    counts = ", ".join(
        f"{number} {name}{'' if number == 1 else 's'}"
        for name, number in ((severity.value, verdict.count(severity)) for severity in Severity)
    )
    accepted = f", {verdict.acknowledged} accepted" if verdict.acknowledged else ""
    lines = [f"### lean-silicon: {counts}{accepted}", ""]
    shown = [finding for finding in verdict.findings if finding.acknowledged is None]
    if shown:
        lines += ["| | rule | where | why | fix | saves an hour |", "|---|---|---|---|---|---|"]
        lines += [_row(finding) for finding in shown[:_MOST]]
    if len(shown) > _MOST:
        lines += ["", f"… and {len(shown) - _MOST} more."]
    for bad in verdict.unreadable:
        lines += ["", f"**unreadable** {_plain(bad.path)}: {_plain(bad.error)}"]
    return "\n".join(lines)


def _row(finding: Finding) -> str:
    suggestion = finding.suggestion
    cells = (
        finding.severity.value,
        finding.rule,
        _plain(finding.resource.construct_path or finding.resource.logical_id),
        _plain(finding.message),
        _plain(suggestion.text) if suggestion else "",
        _plain(savings(suggestion.saves)) if suggestion and suggestion.saves else "",
    )
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """The text on one line with nothing in it that Markdown or HTML would act on."""
    one_line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return _SPECIAL.sub(r"\\\1", one_line)
