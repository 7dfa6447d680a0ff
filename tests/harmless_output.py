"""What no report may ever do with what a template says: command a log, move a cursor, link, mention, or be HTML."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt

_COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
_ANNOTATION = re.compile(r"::(error|warning|notice) file=[^:,\n]*(,line=\d+,col=\d+)?,title=[^:,\n]*::[^\n]*", re.ASCII)
_LINKING = re.compile(r"[@#]\w|://|\bwww\.", re.IGNORECASE)
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_OWN_MARKDOWN = frozenset(
    {
        "heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td", "bullet_list", "list_item", "strong", "text",
        "softbreak", "inline", "text_special",
    }
)  # fmt: skip
_OWN_HTML = frozenset(
    {
        "html", "head", "meta", "title", "style", "body", "header", "small", "div", "strong", "ul", "li", "b", "p", "h1", "h2", "h3",
        "h4", "code", "table", "tr", "th", "td", "span", "i", "svg", "line", "text", "polyline", "polygon", "circle",
    }
)  # fmt: skip


def require_harmless(style: str, text: str) -> None:
    """Refuse a report that does more than tell.

    Parameters
    ----------
    style
        A format of a report, or ``html``.
    text
        The report.
    """
    odd = {character for character in text if not (character.isprintable() or character == "\n")}
    assert not odd, f"{style} holds characters that are not printable: {sorted(odd)!r}"
    text.encode("utf-8")
    if style == "github":
        for line in text.split("\n") if text else ():
            assert _ANNOTATION.fullmatch(line), f"more than an annotation: {line!r}"
        return
    if style == "html":  # always written to a file, never to a log
        _require_own_html(text)
        return
    assert not _COMMAND.search(text), f"{style} holds a command for the log of a forge: {_COMMAND.search(text)}"
    checks = {
        "json": json.loads,
        "sarif": json.loads,
        "gitlab": json.loads,
        "junit": lambda report: ET.fromstring(report.encode()),
        "markdown": _require_plain_markdown,
    }
    if style in checks:
        checks[style](text)


def _require_plain_markdown(text: str) -> None:
    for token in _MARKDOWN.parse(text):
        assert token.type.rpartition("_")[0] in _OWN_MARKDOWN or token.type in _OWN_MARKDOWN, token
        for child in token.children or ():
            kind = child.type.removesuffix("_open").removesuffix("_close")
            assert kind in _OWN_MARKDOWN, f"{child.type} in {token.content!r}"
            if kind == "text":
                assert not _LINKING.search(child.content), f"a forge would link {child.content!r}"


def _require_own_html(text: str) -> None:
    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            assert tag in _OWN_HTML, tag
            for name, value in attributes:
                assert not name.startswith("on"), name
                assert name not in {"href", "src", "srcset", "action", "background", "http-equiv"}, name
                assert name != "style" or not re.search(r"url|expression|import|@", value or ""), value

    Reader().feed(text)
