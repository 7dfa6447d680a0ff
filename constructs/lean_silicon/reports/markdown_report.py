"""The verdict as Markdown, for a comment on a pull request."""

from __future__ import annotations

from lean_silicon.harmless_text import markdown
from lean_silicon.reports.text_report import savings
from lean_silicon.rules import Finding, Severity, Verdict

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
        lines += ["", f"**unreadable** {markdown(bad.path)}: {markdown(bad.error)}"]
    return "\n".join(lines)


def _row(finding: Finding) -> str:
    suggestion = finding.suggestion
    cells = (
        finding.severity.value,
        finding.rule,
        markdown(finding.resource.construct_path or finding.resource.logical_id),
        markdown(finding.message),
        markdown(suggestion.text) if suggestion else "",
        markdown(savings(suggestion.saves)) if suggestion and suggestion.saves else "",
    )
    return f"| {' | '.join(cells)} |"
