"""Text of templates as text of a page: it can neither become markup nor turn what stands around it."""

from __future__ import annotations

from html import escape

from lean_silicon.harmless_text import printable

LONGEST = 2_000
"""Characters of one text that are shown: a template may hold megabytes, and a page must stay readable."""


def shown(text: str) -> str:
    """The text for a page, also for an attribute in quotes: control characters are written out, and what is too long is cut.

    Examples
    --------
    >>> shown('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    return escape(printable(cut(text)))


def isolated(text: str) -> str:
    """The text such that its direction of writing is its own."""
    return f"<bdi>{shown(text)}</bdi>"


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning and how long it is."""
    return text if len(text) <= longest else f"{text[:longest]}… (cut: {len(text):,} characters)"


def plural(number: int, name: str) -> str:
    """A number of things.

    Examples
    --------
    >>> plural(1, "note"), plural(1200, "note")
    ('1 note', '1,200 notes')
    """
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def listed(parts: list[str]) -> str:
    """The parts as in a sentence.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
