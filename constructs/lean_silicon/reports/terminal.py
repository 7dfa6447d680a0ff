"""What a terminal can show: colour where it is wanted, and no control characters from a template."""

from __future__ import annotations

import os
from typing import TextIO

_CODES = {"error": "31;1", "warning": "33;1", "note": "36", "bold": "1", "dim": "2", "good": "32"}


def wants_colour(stream: TextIO) -> bool:
    """Whether to colour: only on a terminal, and never where ``NO_COLOR`` is set (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Palette:
    """Paints texts, or leaves them as they are."""

    def __init__(self, coloured: bool) -> None:
        self._coloured = coloured

    def paint(self, text: str, style: str) -> str:
        """The text in that style."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self._coloured else text


def printable(text: str) -> str:
    """The text on one line without control characters, which could rewrite what stands on the terminal."""
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    return " " if character in "\n\r\t" else character.encode("unicode_escape").decode("ascii")
