"""The little of Markdown that text widgets of dashboards use, as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#+!|.-])")
_PRIVATE = 0xE000
_PRIVATE_LETTERS = re.compile("[\ue000-\ue07f]")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")


def to_html(markdown: str) -> str:
    """Headings, lists, tables, paragraphs, bold and code. Links are shown as text, and HTML is never let through."""
    blocks = groupby(markdown.splitlines(), key=_sort)
    return "".join(part for sort, lines in blocks for part in _block(sort, list(lines)))


def _sort(line: str) -> str:
    stripped = line.strip()
    if stripped.startswith("#"):
        return "heading"
    if stripped.startswith(("- ", "* ")):
        return "list"
    if stripped.startswith("|"):
        return "table"
    return "text" if stripped else "gap"


def _block(sort: str, lines: list[str]) -> Iterator[str]:
    if sort == "heading":
        for line in lines:
            level = min(4, len(line.strip()) - len(line.strip().lstrip("#")))
            yield f"<h{level}>{_inline(line.strip().lstrip('#').strip())}</h{level}>"
    elif sort == "list":
        yield f"<ul>{''.join(f'<li>{_inline(line.strip()[2:])}</li>' for line in lines)}</ul>"
    elif sort == "table":
        yield f"<table>{''.join(_table(lines))}</table>"
    elif sort == "text":
        yield f"<p>{_inline(' '.join(line.strip() for line in lines))}</p>"


def _table(lines: list[str]) -> Iterator[str]:
    for index, line in enumerate(lines):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if all(set(cell) <= set(":-") for cell in cells):
            continue
        tag = "th" if index == 0 else "td"
        yield f"<tr>{''.join(f'<{tag}>{_inline(cell)}</{tag}>' for cell in cells)}</tr>"


def _inline(text: str) -> str:
    # What a backslash takes its meaning from waits as a character for private use until the marks around it are read.
    hidden = _ESCAPED.sub(lambda found: chr(_PRIVATE + ord(found[1])), _PRIVATE_LETTERS.sub("", text))
    shown = _CODE.sub(r"<code>\1</code>", _STRONG.sub(r"<strong>\1</strong>", escape(hidden)))
    return _PRIVATE_LETTERS.sub(lambda found: escape(chr(ord(found[0]) - _PRIVATE)), shown)
