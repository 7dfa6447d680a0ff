"""What could not be read, in full and near the top: a report that hides it would be taken for a whole one."""

from __future__ import annotations

from collections.abc import Iterable

from lean_silicon.reports.html.text import isolated, plural
from lean_silicon.rules import Verdict


def unread_section(verdict: Verdict) -> str:
    """Inputs that could not be read, and parts of templates that were not understood; nothing where all was."""
    unreadable = [(bad.path, bad.error) for bad in verdict.unreadable]
    parts = []
    if unreadable:
        parts.append(f"<h3>{plural(len(unreadable), 'input')} could not be read</h3>{_list(unreadable)}")
    if verdict.problems:
        heading = f"{plural(len(verdict.problems), 'part')} of templates not understood; the rest was judged"
        parts.append(f"<h3>{heading}</h3>{_list(verdict.problems)}")
    if not parts:
        return ""
    return (
        '<section class="unread" aria-labelledby="unread"><h2 id="unread" tabindex="-1">This report is incomplete</h2>'
        f"{''.join(parts)}</section>"
    )


def skipped_section(verdict: Verdict) -> str:
    """Files that were found and are no templates; nothing where there are none."""
    if not verdict.skipped:
        return ""
    return (
        '<section aria-labelledby="skipped"><h2 id="skipped" tabindex="-1">Not judged</h2>'
        f"<details><summary>{plural(len(verdict.skipped), 'file')} skipped as no template</summary>"
        f"{_list((each.path, each.reason) for each in verdict.skipped)}</details></section>"
    )


def _list(pairs: Iterable[tuple[str, str]]) -> str:
    items = "".join(f"<li>{isolated(path)}: {isolated(why)}</li>" for path, why in pairs)
    return f'<ul class="paths" role="list" tabindex="0">{items}</ul>'
