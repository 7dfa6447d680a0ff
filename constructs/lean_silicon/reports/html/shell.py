"""The page around the content: what a browser may do, the styles and the script, the switch of the theme."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from lean_silicon.reports.html.text import shown

_SWITCH = (
    '<fieldset class="theme" hidden><legend>Theme</legend>'
    + "".join(
        f'<label><input type="radio" name="theme" value="{value}"{checked}><span>{name}</span></label>'
        for value, name, checked in (("", "System", " checked"), ("light", "Light", ""), ("dark", "Dark", ""))
    )
    + "</fieldset>"
)


def page(title: str, header: str, content: str, *, after_skip: str) -> str:
    """A whole page.

    Parameters
    ----------
    title
        As text.
    header
        Markup of the banner.
    content
        Markup of the main part.
    after_skip
        The id of what the skip link leads to.
    """
    style, script = _part("page.css"), _part("page.js")
    allowed = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{shown(title)}</title>\n<style>{style}</style>\n<script>{script}</script>\n</head>\n<body>\n"
        f'<a class="skip" href="#{after_skip}">Skip to the content</a>\n'
        f'<header class="top">{header}{_SWITCH}</header>\n<main>\n{content}\n</main>\n</body>\n</html>'
    )


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """As a Content-Security-Policy names an inline style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"
