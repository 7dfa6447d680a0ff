"""How a verdict is told: text for people, and the formats that machines read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lean_silicon.harmless_text import json_text
from lean_silicon.reports.json_report import json_parts, json_report
from lean_silicon.reports.text_report import text_parts, text_report
from lean_silicon.rules import Verdict

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")
"""The formats of `rendered`, and of ``lean-silicon check --format``."""


def rendered(verdict: Verdict, style: str) -> str:
    """The verdict in one of `FORMATS`; plain text without colour for ``"text"``.

    Each format is imported when it is asked for, so that none slows the others down.
    """
    return "".join(rendered_parts(verdict, style))


def rendered_parts(verdict: Verdict, style: str) -> Iterable[str]:
    """The text of `rendered` in parts, where its format can be told finding by finding: a report may be larger than all it is about."""
    if style in _IN_PARTS:
        return _IN_PARTS[style](verdict)
    return (_WHOLE[style](verdict),)


def _sarif(verdict: Verdict) -> Iterable[str]:
    from lean_silicon.reports.sarif_report import sarif_parts

    return sarif_parts(verdict)


def _junit(verdict: Verdict) -> str:
    from lean_silicon.reports.junit_report import junit_report

    return junit_report(verdict)


def _github(verdict: Verdict) -> str:
    from lean_silicon.reports.annotations import github_report

    return github_report(verdict)


def _gitlab(verdict: Verdict) -> str:
    from lean_silicon.reports.annotations import gitlab_report

    return json_text(gitlab_report(verdict))


def _markdown(verdict: Verdict) -> str:
    from lean_silicon.reports.markdown_report import markdown_report

    return markdown_report(verdict)


_IN_PARTS: dict[str, Callable[[Verdict], Iterable[str]]] = {
    "text": text_parts,
    "json": json_parts,
    "sarif": _sarif,
}
_WHOLE: dict[str, Callable[[Verdict], str]] = {
    "junit": _junit,
    "github": _github,
    "gitlab": _gitlab,
    "markdown": _markdown,
}

__all__ = ["FORMATS", "json_report", "rendered", "rendered_parts", "text_parts", "text_report"]
