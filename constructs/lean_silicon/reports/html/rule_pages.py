"""The pages of the rules that found something, inside the report, so that they open without a network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lean_silicon.preview.markdown import to_html
from lean_silicon.reports.html.text import shown
from lean_silicon.rules import Rule, find_rule

_FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(\S.*)\n(-{3,}|={3,})$", re.MULTILINE)
_CONTINUED = re.compile(r"\n {2,}(?=\S)")


def rules_section(ids: Iterable[str]) -> str:
    """The page of each rule, closed until somebody asks; nothing where no rule found anything."""
    pages = "".join(_page(rule_id) for rule_id in sorted(set(ids)))
    if not pages:
        return ""
    return (
        '<section class="rules" aria-labelledby="rules"><h2 id="rules" tabindex="-1">Rules</h2>'
        f'<p class="lead">What each rule that found something means, with a bad and a good template.</p>{pages}</section>'
    )


def _page(rule_id: str) -> str:
    rule = find_rule(rule_id)
    title, body = (shown(rule.title), "".join(_body(rule))) if rule else ("", "<p>This rule is not installed here.</p>")
    return f'<details class="rule" id="rule-{shown(rule_id)}"><summary><h3>{shown(rule_id)} {title}</h3></summary>{body}</details>'


def _body(rule: Rule) -> Iterator[str]:
    facts = (
        f"At worst an {rule.severity.value}" if rule.severity.value == "error" else f"At worst a {rule.severity.value}"
    )
    yield f'<p class="facts">{facts}; evidence: {shown(rule.evidence.value.replace("-", " "))}. {shown(rule.advice)}</p>'
    yield from _document(rule.documentation())
    if rule.sources:
        yield f"<h4>Sources</h4><ul>{''.join(f'<li>{_source(source)}</li>' for source in rule.sources)}</ul>"


def _document(text: str) -> Iterator[str]:
    """Prose, and between its pieces the templates as they are."""
    for at, piece in enumerate(_FENCE.split(text)):
        if at % 2:
            yield f'<pre tabindex="0"><code>{_preformatted(piece)}</code></pre>'
        else:
            headed = _HEADING.sub(r"#### \1", piece).replace("``", "`")
            yield to_html(_CONTINUED.sub(" ", headed))


def _preformatted(text: str) -> str:
    return "\n".join(shown(line) for line in text.rstrip("\n").split("\n"))


def _source(source: str) -> str:
    if not source.startswith("https://"):
        return shown(source)
    return f'<a href="{shown(source)}" rel="noreferrer noopener">{shown(source)}</a>'
